/** Keys of rows of several editions, each of which may have the same questions and calls. */

/** A number for a key (see tables/keys.ts) within an edition. */
export function editionKey(edition: string, key: string): string {
  return `bitXor(${key}, sipHash64(${edition}))`
}

/**
 * A number for a question in a revision within an edition: joins by one number take a third of the time of joins by
 * these three. @param edition, revision where they are not the row's own
 */
export function revisionKey(edition = 'edition', revision = 'revision'): string {
  return editionKey(edition, `(question_key + ${revision})`)
}

/**
 * What stands at the end of a view that looks up keys in sets: else ClickHouse would sort each set, to leave out rows
 * by the table's order, which has nothing to do with keys; that takes ten times as long as the query.
 */
export const UNSORTED_SETS = 'SETTINGS use_index_for_in_with_subqueries = 0'
