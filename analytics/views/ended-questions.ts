import { revisionKey } from './edition-key.ts'
import { sharedSums } from './shared-rows.ts'

/** The rows of a table that is always an edition's own, counted by question and revision: `asked_key`. */
export function ownCounts(table: string, counts: string): string {
  return `(
    SELECT ${revisionKey()} AS asked_key, ${counts}
    FROM ${table}
    GROUP BY asked_key
)`
}

/**
 * A subquery: every question of an edition in its newest revision, by `asked_key`, how many chains of thought were kept
 * of it, how many records were made, and whether it has ended: nothing is left to be done, or to be paid, for it.
 */
export const endedQuestions = `(
    SELECT
        edition,
        asked_key,
        question_key,
        question_id,
        revision,
        kind,
        source,
        kept,
        unsolved,
        records,
        kind = 'withdrawn' OR unsolved > 0 OR (kept > 0 AND records >= kept) AS has_ended
    FROM (
        SELECT
            shared.edition AS edition,
            ${revisionKey('shared.edition')} AS asked_key,
            question_key,
            question_id,
            revision,
            kind,
            source
        FROM ${sharedSums(
          `
            SELECT
                edition,
                question_key,
                any(questions.question_id) AS question_id,
                max(questions.revision) AS revision,
                argMax(questions.kind, questions.revision) AS kind,
                argMax(questions.source, questions.revision) AS source
            FROM questions
            GROUP BY edition, question_key
        `,
          'questions',
        )}
    ) AS asked
    LEFT JOIN ${ownCounts('kept', 'count() AS kept')} AS chosen USING (asked_key)
    LEFT JOIN ${ownCounts('unsolved', 'count() AS unsolved')} AS given_up USING (asked_key)
    LEFT JOIN ${ownCounts('records', "countIf(kind = 'record') AS records")} AS summarised USING (asked_key)
)`
