import type { TopicName } from '../../schemas/topics.ts'
import { numberOf } from '../tables/keys.ts'
import { revisionKey, UNSORTED_SETS } from './edition-key.ts'
import { newestQuestions } from './ended-questions.ts'
import { ownerOf } from './shared-rows.ts'
import type { View } from './view.ts'

/** The rows of a table, counted by question and revision, to be joined by such a key. */
function counted(table: string, counts: string, { key = 'asked_key', where = '' } = {}): string {
  return `(
    SELECT ${revisionKey()} AS ${key}, ${counts}
    FROM ${table}${where === '' ? '' : `\n    WHERE ${where}`}
    GROUP BY ${key}
)`
}

/** The key of a question where a topic's rows are: those of another edition, where they are shared. */
function keyIn(topic: TopicName): string {
  return revisionKey(ownerOf(topic))
}

/** How far every question has come. */
export const questionProgress: View = {
  name: 'question_progress',
  comment:
    'A row is a question of an edition in its newest revision, and how far it has come: done, unsolved, withdrawn, or what it waits for.',
  select: `
SELECT
    edition,
    question_id,
    revision,
    source,
    paths,
    missing,
    verdicts,
    tier,
    kept,
    records,
    letters AS dead_letters,
    multiIf(
        kind = 'withdrawn', 'withdrawn',
        unsolved > 0, 'unsolved',
        kept > 0 AND records >= kept, 'done',
        kept > 0, 'waits for summaries',
        tier = 'difficult' OR escalated > 0, 'waits for a new path',
        ranked > 0, 'waits for mended paths',
        tier != '', 'waits for a ranking',
        missing > 0, 'waits for a failed path',
        paths > verdicts, 'waits for verdicts',
        'waits for paths'
    ) AS state
FROM (
    SELECT *, ${keyIn('raw-paths')} AS written_key, ${keyIn('verdicts')} AS judged_key
    FROM ${newestQuestions}
) AS asked
LEFT JOIN ${counted('raw_paths', "countIf(kind = 'path') AS paths, countIf(kind = 'missing') AS missing", { key: 'written_key' })} AS written USING (written_key)
LEFT JOIN ${counted('verdicts', 'count() AS verdicts', { key: 'judged_key', where: "kind = 'verdict'" })} AS judged USING (judged_key)
LEFT JOIN ${counted('triaged', 'any(triaged.tier) AS tier')} AS sorted USING (asked_key)
LEFT JOIN ${counted('ranked', 'count() AS ranked')} AS ordered USING (asked_key)
LEFT JOIN ${counted('escalated', 'count() AS escalated')} AS passed_on USING (asked_key)
LEFT JOIN ${counted('kept', 'count() AS kept')} AS chosen USING (asked_key)
LEFT JOIN ${counted('unsolved', 'count() AS unsolved')} AS given_up USING (asked_key)
LEFT JOIN ${counted('records', "countIf(kind = 'record') AS records")} AS summarised USING (asked_key)
LEFT JOIN (
    SELECT edition, ${numberOf('dead_letters.question_id')} AS question_key, count() AS letters
    FROM dead_letters
    WHERE dead_letters.question_id IS NOT NULL
    GROUP BY edition, question_key
) AS failed USING (edition, question_key)
${UNSORTED_SETS}`,
}
