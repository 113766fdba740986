import { sharedRows } from './shared-rows.ts'
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
    toDate(_time, 'UTC') AS day,
    countIf(judge_verdict != '') AS judged,
    countIf(judge_verdict != '' AND code_check IN ('match', 'mismatch')) AS comparable,
    countIf((judge_verdict = 'Correct' AND code_check = 'match') OR (judge_verdict = 'Error' AND code_check = 'mismatch')) AS agreed,
    agreed / comparable AS share_agreed,
    countIf(judge_verdict = 'Correct' AND code_check = 'mismatch') AS false_correct,
    countIf(judge_verdict = 'Error' AND code_check = 'match') AS false_error,
    countIf(judge_verdict != '' AND NOT is_readable) AS unreadable,
    countIf(judge_verdict = '') AS settled_by_code
FROM ${sharedRows('verdicts', 'verdicts')}
WHERE kind = 'verdict'
GROUP BY edition, verifier, model, day
ORDER BY edition, verifier, model, day`,
}
