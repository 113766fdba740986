/** Counts what has begun and not ended, and tells when nothing is left. */
export class UnderWay {
  #count = 0
  /** Made by who waits. */
  #none: PromiseWithResolvers<void> | null = null

  /** How much has begun and not ended. */
  get count(): number {
    return this.#count
  }

  /** Counts this work until it has ended, however it ends. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count++
    try {
      return await work()
    } finally {
      if (--this.#count === 0) {
        this.#none?.resolve()
        this.#none = null
      }
    }
  }

  /** Resolves when nothing is under way. */
  async none(): Promise<void> {
    while (this.#count > 0) {
      this.#none ??= Promise.withResolvers<void>()
      await this.#none.promise
    }
  }
}
