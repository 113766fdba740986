/**
 * A clock that stands still until it is told to go on. Sleepers wake in the order of their time; between two
 * of them everything that can run without waiting runs, so that what one wakes may sleep again in time.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../models/clock.ts'

interface Sleeper {
  readonly due: number
  wake(): void
}

export class ManualClock implements Clock {
  #now: number
  readonly #sleepers = new Set<Sleeper>()

  /** @param now milliseconds since 1970. */
  constructor(now = 0) {
    this.#now = now
  }

  /** How many wait on this clock. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  now(): number {
    return this.#now
  }

  date(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = (): void => {
        this.#sleepers.delete(sleeper)
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      const sleeper: Sleeper = { due: this.#now + Math.max(0, ms), wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Lets so many milliseconds pass. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let next = this.#earliest(end); next !== null; next = this.#earliest(end)) {
      this.#now = Math.max(this.#now, next.due)
      next.wake()
      await turn()
    }
    this.#now = end
    await turn()
  }

  #earliest(end: number): Sleeper | null {
    let first: Sleeper | null = null
    for (const sleeper of this.#sleepers) {
      if (sleeper.due <= end && (first === null || sleeper.due < first.due)) first = sleeper
    }
    return first
  }
}
