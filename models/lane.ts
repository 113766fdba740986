import type { Endpoint } from '../config/types.ts'
import type { Clock } from './clock.ts'
import type { ChatEndpoint } from './endpoint.ts'
import type { CallFailure } from './errors.ts'
import { Limiter, type Permit } from './limiter.ts'
import { boundMs } from './retry.ts'

/** How long an endpoint is avoided, ms, at first and at most; it doubles with every trial that fails. */
const FIRST_AVOIDANCE_MS = 1_000
const LONGEST_AVOIDANCE_MS = 120_000
/** So many failures in a row, whosever they are, are the endpoint's; a server that is not there shows at once. */
const FAILURES_OF_ITS_OWN = 3
/** An endpoint that turns everybody away, and does not say for how long, is asked again after this long at most, ms. */
const LONGEST_REST_MS = 15_000
/** So much longer than a server asks for is waited at most, so that not all its clients come back at once. */
const JITTER = 0.1

/** What a lane needs of its endpoint's configuration. */
export type LaneSpec = Pick<
  Endpoint,
  'name' | 'maxConcurrency' | 'requestsPerMinute' | 'tokensPerMinute' | 'giveUp'
>

/** How a lane is run. */
export interface LaneOptions {
  readonly clock: Clock
  /** Whether calls can go elsewhere: only then is it avoided when it fails. */
  readonly hasSiblings: boolean
  /** A number in [0, 1). */
  readonly random: () => number
}

/** An endpoint with its limits, and what is known of its health. */
export class Lane {
  readonly spec: LaneSpec
  readonly endpoint: ChatEndpoint
  readonly limiter: Limiter
  readonly #options: LaneOptions
  #answers = 0
  #failuresInARow = 0
  #avoidances = 0

  constructor(spec: LaneSpec, endpoint: ChatEndpoint, options: LaneOptions) {
    this.spec = spec
    this.endpoint = endpoint
    this.limiter = new Limiter(spec, options.clock)
    this.#options = options
  }

  get name(): string {
    return this.spec.name
  }

  get giveUp(): Endpoint['giveUp'] {
    return this.spec.giveUp
  }

  /** How many calls it has answered. */
  get answers(): number {
    return this.#answers
  }

  /** It answered, be it with a refusal of what the call says. To be told before the permit is released. */
  answered({ round }: Permit): void {
    this.#answers++
    this.#failuresInARow = 0
    this.limiter.window.answered(round)
    if (this.#avoidances === 0) return
    this.#avoidances = 0
    this.limiter.trust()
  }

  /**
   * It failed. A server that says how long to wait makes everybody at this endpoint wait. To be told before the permit
   * is released.
   */
  failed(failure: CallFailure, permit: Permit): void {
    const now = this.#options.clock.now()
    const restMs = failure.turnedAway ? this.#restMs(failure, permit) : failure.retryAfterMs
    if (restMs !== null) this.limiter.pauseUntil(now + restMs)
    if (!this.#options.hasSiblings || (!failure.owed && !failure.unreached)) return
    this.#failuresInARow++
    const isTrial = this.#avoidances > 0
    if (!isTrial && !failure.unreached && this.#failuresInARow < FAILURES_OF_ITS_OWN) return
    // Those that were under way already fail with it, and prove nothing new.
    if (isTrial && this.limiter.isPaused) return
    const ms = Math.min(LONGEST_AVOIDANCE_MS, FIRST_AVOIDANCE_MS * 2 ** Math.min(this.#avoidances, 20))
    this.#avoidances++
    this.limiter.doubt()
    this.limiter.pauseUntil(now + ms)
  }

  /** How long an endpoint that turned a call away is left alone, ms; null when fewer calls at once will do. */
  #restMs({ retryAfterMs, message }: CallFailure, { round }: Permit): number | null {
    const { clock, random } = this.#options
    const { window, active } = this.limiter
    const now = clock.now()
    const isFirst = window.refused(round, active, now, message)
    if (retryAfterMs !== null && retryAfterMs > 0) {
      const ms = retryAfterMs * (1 + JITTER * random())
      window.waitsUntil(now + ms, now)
      return ms
    }
    if (!isFirst) return null
    if (window.fruitless === 0) return null
    return Math.min(LONGEST_REST_MS, boundMs(window.fruitless)) * (0.5 + random() / 2)
  }
}
