import type { TopicName } from '../../schemas/topics.ts'
import { numberOf } from '../tables/keys.ts'
import { editionKey } from './edition-key.ts'
import { endedQuestions, ownCounts } from './ended-questions.ts'
import { sharedSums } from './shared-rows.ts'
import type { View } from './view.ts'

/** A table's rows by question and revision, where the table may be another edition's. */
function counted(table: string, topic: TopicName, counts: string, names: string): string {
  const sums = `
        SELECT edition, question_key + revision AS asked, ${counts}
        FROM ${table}
        GROUP BY edition, asked
    `
  return `(
    SELECT ${editionKey('shared.edition', 'asked')} AS asked_key, ${names}
    FROM ${sharedSums(sums, topic)}
)`
}

const KEY = 'USING (asked_key)'

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
FROM ${endedQuestions} AS ended
LEFT JOIN ${counted('raw_paths', 'raw-paths', "countIf(kind = 'path') AS paths, countIf(kind = 'missing') AS missing", 'paths, missing')} AS written ${KEY}
LEFT JOIN ${counted('verdicts', 'verdicts', "countIf(kind = 'verdict') AS verdicts", 'verdicts')} AS judged ${KEY}
LEFT JOIN ${ownCounts('triaged', 'any(triaged.tier) AS tier')} AS sorted ${KEY}
LEFT JOIN ${ownCounts('ranked', 'count() AS ranked')} AS ordered ${KEY}
LEFT JOIN ${ownCounts('escalated', 'count() AS escalated')} AS passed_on ${KEY}
LEFT JOIN (
    SELECT edition, ${numberOf('dead_letters.question_id')} AS question_key, count() AS letters
    FROM dead_letters
    WHERE dead_letters.question_id IS NOT NULL
    GROUP BY edition, question_key
) AS failed USING (edition, question_key)`,
}
