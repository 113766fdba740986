/**
 * The tokens by which an insert that is sent twice is one.
 *
 * A single server writes down the token before the rows: killed in between, it confirms the same insert later and does
 * not have the rows. So who was in doubt looks whether they are there, and if not, inserts them under the next token. All
 * who try begin with the first one, so that they meet at the same. On replicated tables Keeper takes token and rows in one
 * step, and a replica may have confirmed rows a moment later: there the first token is the only one.
 */

/** More often no server loses the same rows. */
export const MOST_TRIES = 10

/** The token of a try, counted from 1. @param token names the rows */
export function tokenOfTry(token: string, attempt: number): string {
  return attempt === 1 ? token : `${token}/${attempt}`
}
