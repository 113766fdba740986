import type { Clock } from './clock.ts'

const MINUTE_MS = 60_000
/** A bucket holds a tenth of a minute's share: no minute sees more than 1.1 times its limit. */
const BURST = 0.1

/** An allowance that refills evenly with time. */
export class TokenBucket {
  readonly #clock: Clock
  #perMs: number
  #capacity: number
  #level: number
  #at: number

  constructor(perMinute: number, clock: Clock) {
    this.#clock = clock
    this.#perMs = perMinute / MINUTE_MS
    this.#capacity = Math.max(1, perMinute * BURST)
    this.#level = this.#capacity
    this.#at = clock.now()
  }

  /** From now on it refills at another pace. */
  refillAt(perMinute: number): void {
    this.waitMs(0)
    this.#perMs = perMinute / MINUTE_MS
    this.#capacity = Math.max(1, perMinute * BURST)
    this.#level = Math.min(this.#level, this.#capacity)
  }

  /** Milliseconds until so much may be taken; what the bucket can never hold may be taken when it is full. */
  waitMs(amount: number): number {
    const now = this.#clock.now()
    this.#level = Math.min(this.#capacity, this.#level + Math.max(0, now - this.#at) * this.#perMs)
    this.#at = now
    const lacking = Math.min(amount, this.#capacity) - this.#level
    return lacking <= 1e-9 ? 0 : Math.ceil(lacking / this.#perMs)
  }

  /** Takes so much, if need be into debt; a negative amount gives back. */
  take(amount: number): void {
    this.#level = Math.min(this.#capacity, this.#level - amount)
  }
}
