/** How far groups are behind, read from the broker at most every few seconds, however often it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { GroupLag } from '../progress/lags.ts'
import type { LagsRead } from './reading.ts'

/** How old an answer may be before the broker is asked again, ms. */
export const FRESH_MS = 5_000
/** Longer ago, and it tells nothing of now, ms. */
const OLD_MS = 60_000
/** Whoever asks waits this long for a fresh one, ms; a broker that is slow or away holds up nobody. */
const PATIENCE_MS = 1_000

/** Reads, and remembers. */
export class LagReader {
  readonly #read: () => Promise<readonly GroupLag[]>
  readonly #now: () => number
  #known: { readonly lags: readonly GroupLag[]; readonly at: number; readonly date: number } | null = null
  #begun = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | null = null

  /**
   * @param read asks the broker
   * @param now milliseconds on a clock that only goes forward
   */
  constructor(read: () => Promise<readonly GroupLag[]>, now: () => number = () => performance.now()) {
    this.#read = read
    this.#now = now
  }

  /** What is known by now; null before anything is. Asks the broker where that is not fresh, one request at a time. */
  async look(): Promise<LagsRead | null> {
    if (this.#now() - this.#begun >= FRESH_MS) this.#reading ??= this.#refresh()
    if (this.#reading !== null) {
      const over = new AbortController()
      await Promise.race([
        this.#reading,
        sleep(PATIENCE_MS, undefined, { signal: over.signal }).catch(() => {}),
      ])
      over.abort()
    }
    if (this.#known === null) return null
    const { lags, at, date } = this.#known
    return { lags, at: date, isOld: this.#now() - at > OLD_MS }
  }

  /** What goes wrong shows as numbers that grow old. */
  async #refresh(): Promise<void> {
    this.#begun = this.#now()
    try {
      const lags = await this.#read()
      this.#known = { lags, at: this.#now(), date: Date.now() }
    } catch {
      // The next look tries again.
    } finally {
      this.#reading = null
    }
  }
}
