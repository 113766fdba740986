/**
 * How long somebody has been silent, on a clock of one's own running time: while this process did not run, as one that
 * was stopped or whose machine slept, it could hear nobody.
 */
export class Silence {
  readonly #now: () => number
  readonly #checkMs: number
  #heard: number
  #checked: number

  /**
   * @param checkMs how often `check` is called
   * @param now milliseconds on a clock that only goes on
   */
  constructor(checkMs: number, now: () => number) {
    this.#checkMs = checkMs
    this.#now = now
    this.#heard = now()
    this.#checked = this.#heard
  }

  /** A sign of life, or something that excuses the silence until now. */
  excuse(): void {
    this.#heard = this.#now()
  }

  /** To be called every `checkMs`. @returns how long it lasts, ms, without the time in which this was not called */
  check(): number {
    const now = this.#now()
    const missed = now - this.#checked - this.#checkMs
    // Half of it late is the machine's load; more is time in which nothing ran here.
    if (missed > this.#checkMs / 2) this.#heard = Math.min(now, this.#heard + missed)
    this.#checked = now
    return now - this.#heard
  }
}
