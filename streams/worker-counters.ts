/**
 * What a worker counts of its own doings since it was started: a few additions a record, a call and a fetch. Work that
 * was lost to another worker before it was committed is not among it; it counts where it is done again.
 */
import type { CallRecord } from '../models/journal-port.ts'
import { addCall, nothingSpent, type Spent } from '../models/spent.ts'
import type { Result } from './task.ts'
import type { Chunk } from './transport/group-consumer.ts'

/** What was counted of one step. */
export interface StepCounts {
  /** Records worked off, those that failed for good among them. */
  readonly done: number
  readonly deadLetters: number
  /** The same by class. */
  readonly failures: ReadonlyMap<string, number>
  readonly spent: Readonly<Spent>
  /** How many of the offsets that were fetched hold a record: others are marks of transactions; null before any. */
  readonly density: number | null
}

interface Counted {
  done: number
  /** Dead letters by class. */
  readonly failures: Map<string, number>
  readonly spent: Spent
  records: number
  offsets: number
}

/** Counts. */
export class WorkerCounters {
  readonly #deadLetters: string
  readonly #steps = new Map<string, Counted>()
  /** By step, then by topic. */
  readonly #written = new Map<string, Map<string, number>>()

  /** @param deadLetters the full name of the topic of dead letters */
  constructor(deadLetters: string) {
    this.#deadLetters = deadLetters
  }

  /** A step was given what was fetched, whether or not it had room for it. */
  fetched(step: string, { from, through, records }: Chunk): void {
    const counted = this.#counted(step)
    counted.records += records.length
    counted.offsets += through - from + 1
  }

  /** A transaction has committed these. */
  committed(results: readonly Result[]): void {
    for (const { task, records, failure } of results) {
      const counted = this.#counted(task.processor.step)
      const isDead = failure !== null
      counted.done++
      if (isDead) counted.failures.set(failure, (counted.failures.get(failure) ?? 0) + 1)
      // What stands in for a failed output is none.
      for (const { topic } of records) {
        if (!isDead || topic === this.#deadLetters) this.#wrote(task.processor.step, topic)
      }
    }
  }

  /** A call was made. @param payer the step it was for */
  called(payer: string, call: CallRecord): void {
    addCall(this.#counted(payer).spent, call)
  }

  /** What was counted of a step. */
  of(step: string): StepCounts {
    const { done, failures, spent, records, offsets } = this.#counted(step)
    const deadLetters = [...failures.values()].reduce((sum, count) => sum + count, 0)
    return { done, deadLetters, failures, spent, density: offsets === 0 ? null : records / offsets }
  }

  /** How many records were written to a topic, by its full name; what stands in for failed ones is left out. */
  written(topic: string, step?: string): number {
    const by = step === undefined ? [...this.#written.values()] : [this.#written.get(step)]
    return by.reduce((sum, topics) => sum + (topics?.get(topic) ?? 0), 0)
  }

  #wrote(step: string, topic: string): void {
    const topics = this.#written.get(step) ?? new Map<string, number>()
    topics.set(topic, (topics.get(topic) ?? 0) + 1)
    this.#written.set(step, topics)
  }

  #counted(step: string): Counted {
    const known = this.#steps.get(step)
    if (known !== undefined) return known
    const counted = {
      done: 0,
      failures: new Map<string, number>(),
      spent: nothingSpent(),
      records: 0,
      offsets: 0,
    }
    this.#steps.set(step, counted)
    return counted
  }
}
