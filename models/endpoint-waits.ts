/** Which endpoints are waited for now, and why. */
import type { Wait } from './caller.ts'

/** An endpoint that keeps calls waiting. */
export interface EndpointWait {
  readonly endpoint: string
  /** What it said last; holds no secret. */
  readonly reason: string
  /** When the call that waits longest is sent again, milliseconds on the clock of `performance.now()`. */
  readonly until: number
  /** How often the call that failed most has failed. */
  readonly failures: number
}

/** Shorter waits after a first failure are usual, and nothing to speak of. */
const NOTABLE_MS = 1_000
const NOTABLE_FAILURES = 3

/** Remembers the latest notable wait of each endpoint. */
export class EndpointWaits {
  readonly #waits = new Map<string, EndpointWait>()

  /** A call waits. @param now milliseconds on the clock of `performance.now()` */
  add({ endpoint, reason, failures, waitMs }: Wait, now: number): void {
    if (waitMs < NOTABLE_MS && failures < NOTABLE_FAILURES) return
    const known = this.#current(endpoint, now)
    const until = Math.max(now + waitMs, known?.until ?? 0)
    this.#waits.set(endpoint, { endpoint, reason, until, failures: Math.max(failures, known?.failures ?? 0) })
  }

  /** Those that are not over. */
  at(now: number): EndpointWait[] {
    return [...this.#waits.keys()].flatMap((endpoint) => this.#current(endpoint, now) ?? [])
  }

  #current(endpoint: string, now: number): EndpointWait | null {
    const wait = this.#waits.get(endpoint)
    return wait !== undefined && wait.until > now ? wait : null
  }
}
