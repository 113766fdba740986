import { editionKey, revisionKey } from './edition-key.ts'

/**
 * Whether a row of a table is of the newest revision that its question has there. Earlier ones are few, if any, and are
 * looked up: to find the newest of each question by grouping takes ten times as long. To be used with UNSORTED_SETS.
 */
export function isNewestIn(table: string): string {
  return `${revisionKey()} NOT IN (
            SELECT ${editionKey('edition', '(question_key + arrayJoin(range(revision)))')}
            FROM ${table}
            WHERE revision > 1
        )`
}
