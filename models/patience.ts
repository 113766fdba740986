import type { GiveUp } from '../config/types.ts'
import type { CallFailure } from './errors.ts'

const MINUTE_MS = 60_000

/**
 * How long one request is tried. An endpoint that is away or fails with everything is waited for; a request that
 * fails while others are answered is at fault itself. Where there are no others, time tells.
 */
export class Patience {
  /** Failures while the endpoint answered others. */
  #alone = 0
  #failures = 0
  #since = 0

  /**
   * @param othersAnswered whether the endpoint answered any other call while this one failed
   * @returns why it is given up, in words; null to try again
   */
  tried(failure: CallFailure, othersAnswered: boolean, now: number, limit: GiveUp): string | null {
    if (failure.unreached) {
      // While the endpoint was away, time told nothing.
      this.#failures = 0
      return null
    }
    // A server that has too much to do says nothing about a request.
    if (failure.turnedAway) return null
    if (this.#failures++ === 0) this.#since = now
    if (othersAnswered) this.#alone++
    if (this.#alone >= limit.failures) return `failed ${this.#alone} times while others were answered`
    const minutes = (now - this.#since) / MINUTE_MS
    if (this.#failures < limit.failures || minutes < limit.minutes) return null
    return `failed ${this.#failures} times in ${Math.round(minutes)} minutes`
  }
}
