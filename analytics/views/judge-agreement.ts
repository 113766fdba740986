import { VERDICT_DAY } from '../tables/verdicts.ts'
import { sharedSums } from './shared-rows.ts'
import { verdictCounts } from './verdict-counts.ts'
import type { View } from './view.ts'

/** How far the judge can be trusted, by the one thing code can check: the final answer. */
export const judgeAgreement: View = {
  name: 'judge_agreement',
  comment:
    'A row is a judge, a model whose paths it judged, and a day (UTC): how often it agreed with the answer key as read by code. false_correct: it said Correct of a path whose answer is not the key. false_error: it said Error of one whose answer is; that may be right, for it judges the argument as well.',
  select: `
SELECT
    shared.edition AS edition,
    verifier,
    model,
    day,
    judged,
    comparable,
    agreed,
    agreed / comparable AS share_agreed,
    false_correct,
    false_error,
    unreadable,
    settled_by_code
FROM ${sharedSums(
    `
    SELECT
        edition,
        verifier,
        model,
        day,
        sumIf(paths, judge_verdict != '') AS judged,
        sumIf(paths, judge_verdict != '' AND code_check IN ('match', 'mismatch')) AS comparable,
        sumIf(paths, (judge_verdict = 'Correct' AND code_check = 'match') OR (judge_verdict = 'Error' AND code_check = 'mismatch')) AS agreed,
        sumIf(paths, judge_verdict = 'Correct' AND code_check = 'mismatch') AS false_correct,
        sumIf(paths, judge_verdict = 'Error' AND code_check = 'match') AS false_error,
        sumIf(paths, judge_verdict != '' AND NOT is_readable) AS unreadable,
        sumIf(paths, judge_verdict = '') AS settled_by_code
    FROM ${verdictCounts(['verifier', 'model', `${VERDICT_DAY} AS day`, 'judge_verdict', 'code_check', 'is_readable'])} AS counted
    GROUP BY edition, verifier, model, day
`,
    'verdicts',
  )}
ORDER BY edition, verifier, model, day`,
}
