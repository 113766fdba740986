import { editionKey, revisionKey } from './edition-key.ts'
import { sharedSums } from './shared-rows.ts'

/** Revisions of questions that have a later one: that was admitted because the earlier one is wrong. Few, if any. */
const SUPERSEDED = `(
        SELECT ${editionKey('shared.edition', 'before')}
        FROM ${sharedSums(
          'SELECT edition, question_key + toUInt64(revision - 1) AS before FROM questions WHERE revision > 1',
          'questions',
        )}
    )`

/**
 * Whether a row of a table that is always an edition's own counts, by its `edition`, `question_key` and `revision`: as
 * in an export, not where its question was revised or taken back since.
 */
export const IS_CURRENT = `${revisionKey()} NOT IN ${SUPERSEDED}`
