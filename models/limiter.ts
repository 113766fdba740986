import type { Endpoint } from '../config/types.ts'
import type { Clock } from './clock.ts'
import { CongestionWindow } from './congestion-window.ts'
import { PriorityQueue } from './priority-queue.ts'
import { TokenBucket } from './token-bucket.ts'

/** What an endpoint may be asked at most. */
export type Limits = Pick<Endpoint, 'maxConcurrency' | 'requestsPerMinute' | 'tokensPerMinute'>

/** A place in the queue. */
export interface Turn {
  /** The higher goes first. */
  readonly priority: number
  /** Among equals the smaller goes first; kept when a call is tried again. */
  readonly order: number
  /** Estimate of the tokens it will use. */
  readonly tokens: number
}

/** The right to make one call. */
export interface Permit {
  /** When it was given, to the window: see {@link CongestionWindow.enter}. */
  readonly round: number
  /** Ends the call. @param usedTokens what it really used; null = unknown, the estimate stands. */
  release(usedTokens: number | null): void
}

/** Somebody in a queue, or in several at once. */
export interface Waiting extends Turn {
  /** Shared by all queues it stands in: whether it has given up, or had its turn elsewhere. */
  readonly state: { gone: boolean }
  admit(permit: Permit): void
}

/**
 * Who may call an endpoint, and when: as many calls at once as it takes, so many requests and tokens a minute, the
 * later step first. The limits are this process' share of the machine's: see {@link Limiter.limitTo}.
 */
export class Limiter {
  /** How many calls at once the endpoint takes. */
  readonly window: CongestionWindow
  readonly #requests: TokenBucket | null
  readonly #tokens: TokenBucket | null
  readonly #clock: Clock
  readonly #queue = new PriorityQueue<Waiting>(
    (a, b) => a.priority > b.priority || (a.priority === b.priority && a.order < b.order),
  )
  #active = 0
  /** Until when nobody starts; null when nobody is kept. */
  #pausedUntil: number | null = null
  #hushed = false
  #doubted = false
  #admitting = false
  #alarm: { due: number; cancel: AbortController } | null = null

  constructor(limits: Limits, clock: Clock) {
    const { maxConcurrency, requestsPerMinute, tokensPerMinute } = limits
    this.window = new CongestionWindow(maxConcurrency)
    this.#requests = requestsPerMinute === null ? null : new TokenBucket(requestsPerMinute, clock)
    this.#tokens = tokensPerMinute === null ? null : new TokenBucket(tokensPerMinute, clock)
    this.#clock = clock
  }

  /** Calls under way. */
  get active(): number {
    return this.#active
  }

  /** Whether nothing is under way, and nobody waits. */
  get isIdle(): boolean {
    return this.#active === 0 && this.#first() === undefined
  }

  /** How many may call at once, as things stand. */
  get limit(): number {
    return this.#doubted ? 1 : this.window.size
  }

  /** How many more may. */
  get free(): number {
    return this.isPaused || this.#hushed ? 0 : Math.max(0, this.limit - this.#active)
  }

  /** Whether nobody may start now, whoever is in the queue. */
  get isPaused(): boolean {
    return this.pausedMs > 0
  }

  /** For how long nobody may start, ms. */
  get pausedMs(): number {
    return this.#pausedUntil === null ? 0 : Math.max(0, this.#pausedUntil - this.#clock.now())
  }

  /** Whether it may be called as usual. */
  get isTrusted(): boolean {
    return !this.#doubted && !this.isPaused
  }

  /** Puts into the queue; whoever is called may be told at once. */
  enqueue(waiting: Waiting): void {
    this.#queue.push(waiting)
    this.admit()
  }

  /** Lets nobody start before this moment of the clock. */
  pauseUntil(moment: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil ?? moment, moment)
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

  /** From now on these are the limits: what a process may of the machine's changes as others come and go. */
  limitTo({ maxConcurrency, requestsPerMinute, tokensPerMinute }: Limits): void {
    this.window.ceiling = maxConcurrency
    if (requestsPerMinute !== null) this.#requests?.refillAt(requestsPerMinute)
    if (tokensPerMinute !== null) this.#tokens?.refillAt(tokensPerMinute)
    this.admit()
  }

  /** Whether nobody may start any more, not even who was given a turn and has not begun. */
  get isHushed(): boolean {
    return this.#hushed
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
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      if (!this.#mayStart(first)) break
      this.#queue.pop()
      this.#active++
      this.#requests?.take(1)
      this.#tokens?.take(first.tokens)
      first.admit(this.#permit(first.tokens))
    }
    this.#admitting = false
  }

  /** Who is first and has not given up. */
  #first(): Waiting | undefined {
    while (this.#queue.peek()?.state.gone) this.#queue.pop()
    return this.#queue.peek()
  }

  /** Whether this turn has come; if not, it is looked at again when it may have. */
  #mayStart(turn: Turn): boolean {
    if (this.#pausedUntil !== null) {
      if (this.isPaused) return this.#wakeAt(this.#pausedUntil)
      this.#pausedUntil = null
      this.window.resume(this.#active, this.#clock.now())
    }
    if (this.#active >= this.limit && !this.#grow()) return false
    const wait = Math.max(this.#requests?.waitMs(1) ?? 0, this.#tokens?.waitMs(turn.tokens) ?? 0)
    return wait <= 0 || this.#wakeAt(this.#clock.now() + wait)
  }

  /** Whether there is one more place than there was. */
  #grow(): boolean {
    const { window } = this
    if (this.#doubted || window.size >= window.ceiling) return false
    if (window.grow(this.#clock.now())) return this.#active < window.size
    const { growsBy } = window
    return growsBy !== null && this.#wakeAt(growsBy)
  }

  #permit(estimate: number): Permit {
    let held = true
    return {
      round: this.window.enter(),
      release: (usedTokens) => {
        if (!held) return
        held = false
        this.#active--
        if (usedTokens !== null) this.#tokens?.take(usedTokens - estimate)
        this.admit()
      },
    }
  }

  /** @returns false: nobody starts before that */
  #wakeAt(due: number): false {
    if (this.#alarm !== null && this.#alarm.due <= due) return false
    this.#alarm?.cancel.abort()
    const alarm = { due, cancel: new AbortController() }
    this.#alarm = alarm
    const ring = (): void => {
      if (this.#alarm !== alarm) return
      this.#alarm = null
      this.admit()
    }
    // Rejected only when a nearer alarm, or the end, has taken its place.
    this.#clock.sleep(due - this.#clock.now(), alarm.cancel.signal).then(ring, () => {})
    return false
  }
}
