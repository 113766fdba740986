/** The first wait after a failure, in milliseconds, and the longest. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
/**
 * A server may ask for this much patience at most, in milliseconds; one that wants more is asked again after that, for
 * its clock may be wrong, and a day's quota may have been raised.
 */
const MOST_PATIENCE_MS = 3_600_000

/**
 * Statuses that say nothing against the request: too slow, a conflict, too early, too many, an empty purse
 * (which somebody can fill), and whatever the server calls its own fault.
 */
export function isWorthWaiting(status: number): boolean {
  return (
    status === 402 || status === 408 || status === 409 || status === 425 || status === 429 || status >= 500
  )
}

/** Whether a status that is worth waiting for may stand for an answer that was worked on, and paid. */
export function isAnswerOwed(status: number): boolean {
  return status !== 429 && status !== 402
}

/** The longest wait after so many failures, in milliseconds: it doubles from half a second to a minute. */
export function boundMs(failures: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20))
}

/**
 * How long to wait before the next try, in milliseconds: as long as the server asked, plus up to a tenth so
 * that not all come back at once; else anything up to a bound that doubles with each failure ("full jitter"),
 * which also holds where the server asked for next to nothing and is asked again and again.
 * @param failures how often this request has failed, from 1.
 * @param random a number in [0, 1).
 */
export function waitMs(failures: number, retryAfterMs: number | null, random: number): number {
  if (retryAfterMs === null || retryAfterMs < FIRST_WAIT_MS)
    return Math.max(retryAfterMs ?? 0, boundMs(failures) * random)
  return retryAfterMs * (1 + random / 10)
}

/** Response headers by name, as the client gives them. */
export type ResponseHeaders = Pick<Headers, 'get'>

/**
 * How long a server's headers ask to wait, in milliseconds: Azure's and OpenAI's `retry-after-ms`, else `Retry-After`,
 * else what of OpenAI's `x-ratelimit-remaining-…` is used up and its `x-ratelimit-reset-…`; null when they do not say.
 * @param now milliseconds since 1970, by the server's clock
 */
export function waitAskedFor(headers: ResponseHeaders, now: number): number | null {
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (exact >= 0) return within(exact)
  const waits = ['requests', 'tokens'].map((what) =>
    Number(headers.get(`x-ratelimit-remaining-${what}`) ?? Number.NaN) === 0
      ? durationMs(headers.get(`x-ratelimit-reset-${what}`))
      : null,
  )
  const resets = waits.filter((wait) => wait !== null)
  return retryAfterMs(headers.get('retry-after'), now) ?? (resets.length > 0 ? Math.max(...resets) : null)
}

/**
 * A Retry-After header in milliseconds, be it seconds or an HTTP date; null when it says neither.
 * @param now milliseconds since 1970.
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | null {
  const text = header?.trim() ?? ''
  if (text === '') return null
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(wait) ? null : within(wait)
}

/** What a server may ask for. */
export function within(ms: number): number {
  return Math.min(Math.max(ms, 0), MOST_PATIENCE_MS)
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration as Go writes it ("1s", "6m0s", "20ms"), or seconds alone; null of anything else. */
function durationMs(text: string | null): number | null {
  if (text === null || !/^(?:\d+(?:\.\d+)?(?:ms|[smhd])?)+$/.test(text)) return null
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])?/g)]
  return within(
    parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? 's'] ?? 0), 0),
  )
}
