/**
 * For how long a member's partitions are its own whatever happens: a session from when the coordinator heard of it last.
 * A process that stood still for longer does not know whose they are, and must ask before it goes on with them.
 *
 * When the coordinator heard of it is told by what it answers; but an answer may have lain here while the process stood
 * still. What it answers was sent after the answer before had come: only that much is certain.
 */
export class Lease {
  readonly #sessionTimeoutMs: number
  readonly #now: () => number
  #heardAt: number | null = null
  #heldFrom = Number.NEGATIVE_INFINITY
  /** Made by who waits. */
  #renewal: PromiseWithResolvers<void> | null = null

  /** @param now milliseconds on a clock that only goes on, also while the process stands still */
  constructor(sessionTimeoutMs: number, now: () => number) {
    this.#sessionTimeoutMs = sessionTimeoutMs
    this.#now = now
  }

  /** Since the coordinator was heard of last, ms; null before the first time. */
  get heardAgeMs(): number | null {
    return this.#heardAt === null ? null : this.#now() - this.#heardAt
  }

  /** The coordinator has answered. */
  heard(): void {
    this.#renew(this.#heardAt ?? this.#heldFrom)
    this.#heardAt = this.#now()
  }

  /** Partitions were dealt anew, and what was lost by it is given up. */
  dealt(): void {
    this.#renew(this.#now())
  }

  /** Null while it holds; otherwise resolves when it is renewed. */
  renewed(): Promise<void> | null {
    if (this.#holds) return null
    this.#renewal ??= Promise.withResolvers()
    return this.#renewal.promise
  }

  get #holds(): boolean {
    return this.#now() - this.#heldFrom < this.#sessionTimeoutMs
  }

  #renew(from: number): void {
    this.#heldFrom = from
    if (!this.#holds) return
    this.#renewal?.resolve()
    this.#renewal = null
  }
}
