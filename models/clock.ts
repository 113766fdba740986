import { setTimeout as sleep } from 'node:timers/promises'

/** Where time comes from, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds on a clock that only ever goes on, from any beginning: for whatever lasts, ends or is waited for. */
  now(): number
  /** Milliseconds since 1970, to be written down or held against a date: somebody may set it forward or back. */
  date(): number
  /**
   * Resolves after so many milliseconds.
   * @throws the signal's reason once it is aborted.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal })
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
}
