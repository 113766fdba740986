import { revisionKey } from './edition-key.ts'
import { isNewestIn } from './newest-revision.ts'
import { sharedSums } from './shared-rows.ts'

/** A subquery: every question of an edition in its newest revision, by `asked_key`. */
export const newestQuestions = `(
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
        SELECT edition, question_key, question_id, revision, kind, source
        FROM questions
        WHERE ${isNewestIn('questions')}
    `,
      'questions',
    )}
)`

/**
 * Whether nothing is left to be done, or to be paid, for a row of {@link newestQuestions}: it was taken back or given
 * up, or a record was made of every chain of thought that was kept of it. Looked up in sets: to be used with
 * UNSORTED_SETS.
 */
export const HAS_ENDED = `(
        kind = 'withdrawn'
        OR asked_key IN (SELECT ${revisionKey()} FROM unsolved)
        OR asked_key IN (
            SELECT own_key
            FROM (
                SELECT ${revisionKey()} AS own_key, 1 AS kept, 0 AS made FROM kept
                UNION ALL
                SELECT ${revisionKey()}, 0, 1 FROM records WHERE records.kind = 'record'
            )
            GROUP BY own_key
            HAVING sum(kept) > 0 AND sum(made) >= sum(kept)
        )
    )`
