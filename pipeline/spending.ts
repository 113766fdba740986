/**
 * Keeps this machine's account of an edition up to what `completions` says: what was spent on other machines, and
 * what the account has not heard of because it is new. One worker of the machine reads at a time.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import { OTHERS_LATE_MS } from '../models/budget.ts'
import { BudgetStore, budgetPath, type Spending } from '../models/budget-store.ts'
import { NO_SPENDING } from '../models/purses.ts'
import { acquireLock, type Lock, waitForLock } from '../stack/lock.ts'
import { readCompletions } from './completions-reading.ts'
import type { Session } from './session.ts'

/** The first reading of millions of calls takes minutes; a second worker waits for the first. */
const LOCK_TIMEOUT_MS = 3_600_000

/** An edition's spending, read now and then until disposed of. */
export class SpendingReader implements AsyncDisposable {
  readonly #session: Session
  readonly #store: BudgetStore
  readonly #cluster: string
  readonly #lockPath: string
  readonly #end = new AbortController()
  #reading: Promise<void> = Promise.resolve()

  private constructor(session: Session, store: BudgetStore, cluster: string) {
    this.#session = session
    this.#store = store
    this.#cluster = cluster
    this.#lockPath = `${budgetPath(session.config)}.reading`
  }

  /** Reads all there is, then goes on reading. */
  static async start(session: Session): Promise<SpendingReader> {
    const store = await BudgetStore.open(budgetPath(session.config))
    const reader = new SpendingReader(session, store, await session.client.clusterId())
    try {
      await reader.#read(await waitForLock(reader.#lockPath, { timeoutMs: LOCK_TIMEOUT_MS }))
    } catch (error) {
      store.close()
      throw error
    }
    reader.#reading = reader.#readOn()
    return reader
  }

  /** What is spent and set aside, as this machine knows it: in all, or for a role. */
  spending(role: string | null = null): Spending {
    if (role === null) return this.#store.spending()
    return this.#store.spendings().get(role) ?? NO_SPENDING
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    await this.#reading
    this.#store.close()
  }

  async #readOn(): Promise<void> {
    const { signal } = this.#end
    for (;;) {
      await sleep(OTHERS_LATE_MS, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      const lock = acquireLock(this.#lockPath)
      if (lock === null) continue
      await this.#read(lock).catch((error) =>
        this.#session.log.warn({ error: messageOf(error) }, 'what was spent could not be read'),
      )
    }
  }

  /** Counts what is new. What one transaction does not count, the next reading does. */
  async #read(lock: Lock): Promise<void> {
    using _lock = lock
    const topic = this.#session.fullName('completions')
    // Another cluster's offsets mean nothing here.
    const placeOf = (partition: number) => `${this.#cluster} ${topic}/${partition}`
    const positionOf = (partition: number) => this.#store.positionOf(placeOf(partition))
    for await (const { partition, completions, next } of readCompletions(this.#session, topic, positionOf)) {
      this.#store.countRead(placeOf(partition), completions, next)
      if (this.#end.signal.aborted) return
    }
  }
}
