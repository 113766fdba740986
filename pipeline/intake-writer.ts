/** Writes what sources yield into topic `intake`, a transaction a few hundred questions. */
import type { LineProblem } from '../sources/line-problem.ts'
import type { SourceItem } from '../sources/source-item.ts'
import { RecordError } from '../streams/processor.ts'
import type { OutgoingRecord } from '../streams/transport/transaction.ts'
import { Publisher, type RecordSink } from './publish.ts'
import { questionIdOf } from './sample.ts'
import type { Session } from './session.ts'

/** Questions a transaction. */
const BATCH = 500
/** A question waits no longer than this for others to share its transaction, ms. */
const LINGER_MS = 250

/** How many questions were written, and how many lines were not because of an error. */
export interface LoadSummary {
  readonly loaded: number
  readonly bad: number
}

/** A writer; dispose of it. One call of `write` at a time. */
export class IntakeWriter implements AsyncDisposable {
  readonly #publisher: RecordSink
  #batch: OutgoingRecord[] = []

  /** @param publisher belongs to the writer from now on */
  constructor(publisher: RecordSink) {
    this.#publisher = publisher
  }

  static async open(session: Session): Promise<IntakeWriter> {
    return new IntakeWriter(await Publisher.open(session))
  }

  /**
   * Writes all there is, and returns when the broker has it. A source that falls silent keeps nothing back.
   * @param onProblem told each problem, in order with the questions around it
   */
  async write(
    items: AsyncIterable<SourceItem>,
    onProblem: (problem: LineProblem) => void,
  ): Promise<LoadSummary> {
    const { count, tell } = counting(onProblem)
    const iterator = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = iterator.next()
        // It may fail before anybody waits for it.
        next.catch(() => {})
        if (this.#batch.length > 0 && !(await isSoon(next))) await this.#flush()
        const { done, value: item } = await next
        if (done) break
        const record = item.kind === 'problem' ? tell(item.problem) : this.#encode(item, tell)
        if (record) {
          this.#batch.push(record)
          count.loaded++
        }
        if (this.#batch.length >= BATCH) await this.#flush()
      }
      await this.#flush()
      return count
    } finally {
      await iterator.return?.()
    }
  }

  /** Says what `write` would say of these, and writes nothing. */
  async check(
    items: AsyncIterable<SourceItem>,
    onProblem: (problem: LineProblem) => void,
  ): Promise<LoadSummary> {
    const { count, tell } = counting(onProblem)
    for await (const item of items) {
      if (item.kind === 'problem') tell(item.problem)
      else if (this.#encode(item, tell) !== null) count.loaded++
    }
    return count
  }

  /** The question as a record; null where no broker would take it. */
  #encode(
    item: SourceItem & { kind: 'question' },
    tell: (problem: LineProblem) => void,
  ): OutgoingRecord | null {
    const { intake, line, place, file } = item
    try {
      // Under its own id it lands where `admit` remembers it; what has none is for `admit` to explain.
      const key = questionIdOf(intake) ?? intake.id ?? ''
      return this.#publisher.encode({ topic: 'intake', key, value: intake })
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      const remedy = 'Shorten its passages, or leave the question out.'
      tell({
        severity: 'error',
        file,
        line,
        place,
        what: `the question is too long: ${error.message}`,
        remedy,
      })
      return null
    }
  }

  async #flush(): Promise<void> {
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    await this.#publisher.publishEncoded(batch)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#publisher.close()
  }
}

/** Passes problems on, and counts those that cost a question. */
function counting(onProblem: (problem: LineProblem) => void) {
  const count = { loaded: 0, bad: 0 }
  const tell = (problem: LineProblem): void => {
    if (problem.severity === 'error') count.bad++
    onProblem(problem)
  }
  return { count, tell }
}

async function isSoon(next: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, LINGER_MS, false)
  })
  try {
    return await Promise.race([next.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
