/** How long to wait after a failure: longer each time, and never the same for everybody who met it together. */

/** Between which pauses, ms. */
export interface Pauses {
  readonly firstMs: number
  readonly maxMs: number
}

/**
 * The pause after so many failures in a row, ms: doubled with each, and of that a random part between half and all
 * ("equal jitter", Brooker, Exponential Backoff And Jitter, 2015).
 * @param failures from 1
 */
export function backOff(failures: number, { firstMs, maxMs }: Pauses, random = Math.random): number {
  const longest = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30))
  return longest / 2 + (longest / 2) * random()
}
