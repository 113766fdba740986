/** Something that is needed and at times does not answer: since when, told once when it goes and once when it is back. */
import type { Away, WatchListener } from './transport/broker-watch.ts'

/** One thing's absence, as those who ask it find out. */
export class Absence {
  readonly #listener: WatchListener
  #now: Away | null = null

  constructor(listener: WatchListener) {
    this.#listener = listener
  }

  /** The absence; null while nothing is known of one. */
  get now(): Away | null {
    return this.#now
  }

  /** It has not answered. @param since when that was first noticed; now, if it is left out */
  missed(reason: string, since = new Date()): void {
    const isNews = this.#now === null
    this.#now = { since: this.#now?.since ?? since, reason }
    if (isNews) this.#listener.went(this.#now)
  }

  /** It has answered. */
  answered(): void {
    const away = this.#now
    this.#now = null
    if (away !== null) this.#listener.returned(away)
  }
}
