/** One call and those who wait for it. */
interface Flight<T> {
  readonly controller: AbortController
  readonly result: Promise<T>
  askers: number
}

/** Those who ask under one signal; one listener serves them all. */
export class AskerGroup {
  readonly signal: AbortSignal
  /** Who leaves when the signal is aborted, with what they ask for. */
  readonly #leaving = new Map<() => void, string>()

  constructor(signal: AbortSignal) {
    this.signal = signal
    const abort = (): void => {
      for (const leave of this.#leaving.keys()) leave()
      this.#leaving.clear()
    }
    signal.addEventListener('abort', abort, { once: true })
  }

  /** What is asked for now; the same may be there more than once. */
  get keys(): Iterable<string> {
    return this.#leaving.values()
  }

  /** Calls back when the group is aborted, unless `forget` is called before. */
  onAbort(key: string, leave: () => void): { forget(): void } {
    this.#leaving.set(leave, key)
    return { forget: () => this.#leaving.delete(leave) }
  }
}

/**
 * Calls under way by key: who asks for the same joins the one there is. A call is told by its signal when the last
 * of its askers has left; an equal one then begins only when that one has ended, for its answer may yet come.
 */
export class SharedCalls<T> {
  readonly #flights = new Map<string, Flight<T>>()
  readonly #ending = new Map<string, Promise<unknown>>()
  readonly #onEnd: (key: string) => void
  #closed: Error | null = null

  /** @param onEnd told when a call has ended, however it has */
  constructor(onEnd: (key: string) => void = () => {}) {
    this.#onEnd = onEnd
  }

  /** How many calls are under way that somebody waits for. */
  get size(): number {
    return this.#flights.size
  }

  /**
   * The call of this key, begun if there is none.
   * @throws what the call throws; the group's reason once the group is aborted.
   */
  join(key: string, begin: (signal: AbortSignal) => Promise<T>, group: AskerGroup | null): Promise<T> {
    if (this.#closed !== null) return Promise.reject(this.#closed)
    if (group?.signal.aborted) return Promise.reject(group.signal.reason)
    const flight = this.#flights.get(key) ?? this.#begin(key, begin)
    flight.askers++
    return group === null ? flight.result : this.#until(key, flight, group)
  }

  /** Aborts all calls and waits until they have ended. Nothing can be asked afterwards. */
  async close(reason: Error): Promise<void> {
    this.#closed = reason
    const ends = [...this.#ending.values()]
    for (const [key, flight] of this.#flights) ends.push(this.#abort(key, flight, reason))
    await Promise.allSettled(ends)
  }

  #begin(key: string, begin: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const { signal } = controller
    const earlier = this.#ending.get(key)
    const start = (): Promise<T> => (signal.aborted ? Promise.reject(signal.reason) : begin(signal))
    const result = (earlier === undefined ? start() : earlier.then(start, start)).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
      this.#onEnd(key)
    })
    const flight: Flight<T> = { controller, result, askers: 0 }
    this.#flights.set(key, flight)
    return flight
  }

  #until(key: string, flight: Flight<T>, group: AskerGroup): Promise<T> {
    return new Promise((resolve, reject) => {
      const leaving = group.onAbort(key, () => {
        reject(group.signal.reason)
        flight.askers--
        if (flight.askers === 0) void this.#abort(key, flight, group.signal.reason)
      })
      flight.result.then(resolve, reject).finally(leaving.forget)
    })
  }

  #abort(key: string, flight: Flight<T>, reason: unknown): Promise<unknown> {
    if (this.#flights.get(key) !== flight) return Promise.resolve()
    this.#flights.delete(key)
    const end: Promise<unknown> = flight.result
      .catch(() => null)
      .finally(() => {
        if (this.#ending.get(key) === end) this.#ending.delete(key)
      })
    this.#ending.set(key, end)
    flight.controller.abort(reason)
    return end
  }
}
