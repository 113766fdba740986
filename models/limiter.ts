import type { Endpoint } from '../config/types.ts'
import type { Clock } from './clock.ts'
import { PriorityQueue } from './priority-queue.ts'
import { TokenBucket } from './token-bucket.ts'

/** What an endpoint may be asked at most. */
export type Limits = Pick<Endpoint, 'maxConcurrency' | 'requestsPerMinute' | 'tokensPerMinute'>

/** A place in the queue. */
export interface Turn {
  /** The higher goes first. */
  readonly priority: number
  /** Among equals the smaller goes first; from {@link Limiter.ticket}, kept when a call is tried again. */
  readonly order: number
  /** Estimate of the tokens it will use. */
  readonly tokens: number
}

/** The right to make one call. */
export interface Permit {
  /** Ends the call. @param usedTokens what it really used; null = unknown, the estimate stands. */
  release(usedTokens: number | null): void
}

interface Waiting extends Turn {
  /** Shared by all queues it stands in: whether it has given up, or had its turn elsewhere. */
  readonly state: { gone: boolean }
  admit(permit: Permit): void
}

/**
 * Who may call an endpoint, and when: so many calls at once, so many requests and tokens a minute, the later
 * step first. The limits hold for this process.
 */
export class Limiter {
  readonly #maxConcurrency: number
  readonly #requests: TokenBucket | null
  readonly #tokens: TokenBucket | null
  readonly #clock: Clock
  readonly #queue = new PriorityQueue<Waiting>(
    (a, b) => a.priority > b.priority || (a.priority === b.priority && a.order < b.order),
  )
  #active = 0
  #tickets = 0
  #pausedUntil = 0
  #hushed = false
  #doubted = false
  #admitting = false
  #alarm: { due: number; cancel: AbortController } | null = null

  constructor(limits: Limits, clock: Clock) {
    this.#maxConcurrency = limits.maxConcurrency
    this.#requests =
      limits.requestsPerMinute === null ? null : new TokenBucket(limits.requestsPerMinute, clock)
    this.#tokens = limits.tokensPerMinute === null ? null : new TokenBucket(limits.tokensPerMinute, clock)
    this.#clock = clock
  }

  /** Calls under way. */
  get active(): number {
    return this.#active
  }

  /** How many may call at once, as things stand. */
  get limit(): number {
    return this.#most
  }

  /** The next number in line. */
  ticket(): number {
    return this.#tickets++
  }

  /** How many more may call at once, as things stand. */
  get free(): number {
    return this.isPaused || this.#hushed ? 0 : Math.max(0, this.#most - this.#active)
  }

  /** Whether nobody may start now, whoever is in the queue. */
  get isPaused(): boolean {
    return this.#pausedUntil > 0 && this.#pausedUntil > this.#clock.now()
  }

  /** Whether it may be called as usual. */
  get isTrusted(): boolean {
    return !this.#doubted && !this.isPaused
  }

  /**
   * Waits for this turn.
   * @throws the signal's reason once it is aborted.
   */
  async acquire(turn: Turn, signal?: AbortSignal): Promise<Permit> {
    return (await turnAtAny([this], turn, signal)).permit
  }

  /** Puts into the queue; whoever is called may be told at once. */
  enqueue(waiting: Waiting): void {
    this.#queue.push(waiting)
    this.admit()
  }

  /** Lets nobody start before this moment of the clock. */
  pauseUntil(moment: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, moment)
  }

  /** Lets only one call at a time from now on, to see whether there is an answer. */
  doubt(): void {
    this.#doubted = true
  }

  /** Lets as many call at once as may. */
  trust(): void {
    this.#doubted = false
    this.admit()
  }

  /** Lets nobody start any more; calls under way go on. */
  hush(): void {
    this.#hushed = true
  }

  /** Stops waking anybody. */
  close(): void {
    this.#alarm?.cancel.abort()
    this.#alarm = null
  }

  /** Lets start whoever may; nothing while it is at it already. */
  admit(): void {
    if (this.#hushed || this.#admitting) return
    this.#admitting = true
    while (this.#active < this.#most) {
      const first = this.#first()
      if (first === undefined) break
      const wait = this.#waitMs(first)
      if (wait > 0) {
        this.#wakeIn(wait)
        break
      }
      this.#queue.pop()
      this.#active++
      this.#requests?.take(1)
      this.#tokens?.take(first.tokens)
      first.admit(this.#permit(first.tokens))
    }
    this.#admitting = false
  }

  get #most(): number {
    return this.#doubted ? 1 : this.#maxConcurrency
  }

  /** Who is first and has not given up. */
  #first(): Waiting | undefined {
    while (this.#queue.peek()?.state.gone) this.#queue.pop()
    return this.#queue.peek()
  }

  #waitMs(turn: Turn): number {
    return Math.max(
      this.#pausedUntil === 0 ? 0 : this.#pausedUntil - this.#clock.now(),
      this.#requests?.waitMs(1) ?? 0,
      this.#tokens?.waitMs(turn.tokens) ?? 0,
    )
  }

  #permit(estimate: number): Permit {
    let held = true
    return {
      release: (usedTokens) => {
        if (!held) return
        held = false
        this.#active--
        if (usedTokens !== null) this.#tokens?.take(usedTokens - estimate)
        this.admit()
      },
    }
  }

  #wakeIn(ms: number): void {
    const due = this.#clock.now() + ms
    if (this.#alarm !== null && this.#alarm.due <= due) return
    this.#alarm?.cancel.abort()
    const alarm = { due, cancel: new AbortController() }
    this.#alarm = alarm
    const ring = (): void => {
      if (this.#alarm !== alarm) return
      this.#alarm = null
      this.admit()
    }
    // Rejected only when a nearer alarm, or the end, has taken its place.
    this.#clock.sleep(ms, alarm.cancel.signal).then(ring, () => {})
  }
}

/**
 * Waits for a turn at the first of these that has one; the earlier in the list goes first.
 * @returns the permit, and the place of its limiter in the list.
 * @throws the signal's reason once it is aborted.
 */
export function turnAtAny(
  limiters: readonly Limiter[],
  turn: Turn,
  signal?: AbortSignal,
): Promise<{ place: number; permit: Permit }> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const state = { gone: false }
    // Whoever stood behind it elsewhere may go now.
    const leave = (): void => {
      state.gone = true
      for (const limiter of limiters) limiter.admit()
    }
    const abort = (): void => {
      reject(signal?.reason)
      leave()
    }
    for (const [place, limiter] of limiters.entries()) {
      if (state.gone) return
      const admit = (permit: Permit): void => {
        signal?.removeEventListener('abort', abort)
        resolve({ place, permit })
        leave()
      }
      limiter.enqueue({ ...turn, state, admit })
    }
    if (!state.gone) signal?.addEventListener('abort', abort, { once: true })
  })
}
