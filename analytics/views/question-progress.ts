import type { TopicName } from '../../schemas/topics.ts'
import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** A table's rows an edition, a question and a revision, where the table may be another edition's. */
function counted(table: string, topic: TopicName, counts: string): string {
  return `(
    SELECT shared.edition AS edition, question_id, revision, ${counts}
    FROM ${sharedRows(table, topic)}
    GROUP BY edition, question_id, revision
)`
}

/** The same of a table that is always the edition's own. */
function own(table: string, counts: string): string {
  return `(SELECT edition, question_id, revision, ${counts} FROM ${table} GROUP BY edition, question_id, revision)`
}

const KEYS = 'USING (edition, question_id, revision)'

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
    SELECT
        shared.edition AS edition,
        question_id,
        max(questions.revision) AS revision,
        argMax(questions.kind, questions.revision) AS kind,
        argMax(questions.source, questions.revision) AS source
    FROM ${sharedRows('questions', 'questions')}
    GROUP BY edition, question_id
) AS asked
LEFT JOIN ${counted('raw_paths', 'raw-paths', "countIf(kind = 'path') AS paths, countIf(kind = 'missing') AS missing")} AS written ${KEYS}
LEFT JOIN ${counted('verdicts', 'verdicts', "countIf(kind = 'verdict') AS verdicts")} AS judged ${KEYS}
LEFT JOIN ${own('triaged', 'any(triaged.tier) AS tier')} AS sorted ${KEYS}
LEFT JOIN ${own('ranked', 'count() AS ranked')} AS ordered ${KEYS}
LEFT JOIN ${own('escalated', 'count() AS escalated')} AS passed_on ${KEYS}
LEFT JOIN ${own('kept', 'count() AS kept')} AS chosen ${KEYS}
LEFT JOIN ${own('unsolved', 'count() AS unsolved')} AS given_up ${KEYS}
LEFT JOIN ${own('records', "countIf(kind = 'record') AS records")} AS summarised ${KEYS}
LEFT JOIN (
    SELECT edition, assumeNotNull(dead_letters.question_id) AS question_id, count() AS letters
    FROM dead_letters
    WHERE dead_letters.question_id IS NOT NULL
    GROUP BY edition, question_id
) AS failed USING (edition, question_id)`,
}
