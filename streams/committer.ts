/**
 * Makes results happen: once a tick, one transaction carries the outputs, dead letters, changelogs and
 * progress of all of a worker's tasks, and the journal's new entries.
 *
 * A result waits here until a transaction with it has committed, however many fail in between; it is dropped
 * only when its task was closed, since the partition's new owner does the work again (from the journal). A
 * group that is rebalancing takes no part: what its members finished waits for the new generation, and is
 * fenced off if the partition went elsewhere.
 *
 * Whether a transaction whose end was not heard of has committed is read back from the journal's offset, next
 * to which every transaction writes its own token. A cluster that is away is waited for: `giveUp` ends that.
 */
import { CommitTokens } from './commit-token.ts'
import type { CommitterOptions, Producer } from './committer-options.ts'
import { completionRecord } from './completion-record.ts'
import type { StoreChanges } from './state-store.ts'
import type { Result, Task } from './task.ts'
import { backOff } from './transport/back-off.ts'
import { outlookOf } from './transport/outlook.ts'
import {
  type BaseOffsets,
  Fenced,
  type GroupOffsets,
  type OutgoingRecord,
  sizeOf,
} from './transport/transaction.ts'

/** What one transaction carries at most, or little more, so that it ends well within its time. */
const MAX_TRANSACTION_BYTES = 8 * 1024 * 1024
const MAX_JOURNAL_BYTES = 4 * 1024 * 1024
/** So much may wait for a transaction, while one is under way, before no more is taken in. */
const TRANSACTIONS_WAITING = 2
/** So many failures in a row that nobody knows to pass have a cause that stays. */
const MAX_DOUBTFUL = 10
/** The pauses after failures, ms. */
const MIN_PAUSE_MS = 20
const MAX_PAUSE_MS = 2_000

interface Transaction {
  readonly token: string
  readonly results: readonly Result[]
  readonly records: readonly OutgoingRecord[]
  readonly offsets: readonly GroupOffsets[]
  readonly progress: ReadonlyMap<Task, readonly string[]>
  readonly journalEnd: number
}

/** Commits what tasks finish. One a worker. */
export class Committer {
  readonly #options: CommitterOptions
  readonly #maxTransactionBytes: number
  #producer: Producer | null = null
  #waiting: Result[] = []
  /** Of the records of those that wait. */
  #waitingBytes = 0
  /**
   * Results a transaction has carried that did not commit: their offsets count as finished already, so the next
   * transaction with their task's progress must carry them, whatever else it leaves out.
   */
  #carried = new Set<Result>()
  #published = 0
  /** Failures in a row, and those among them that may have a cause that stays. */
  #failures = 0
  #doubtful = 0
  readonly #tokens: CommitTokens
  readonly #givenUp = new AbortController()
  #wake: (() => void) | null = null
  #stirred = false
  #stopping = false
  #loop: Promise<void> | null = null

  constructor(options: CommitterOptions) {
    this.#options = options
    this.#maxTransactionBytes = options.maxTransactionBytes ?? MAX_TRANSACTION_BYTES
    this.#tokens = new CommitTokens(options.journalGroup)
  }

  /** Fences whatever ran in this slot before, and finds out how far the journal is published. */
  async open(): Promise<void> {
    const { journal, openProducer } = this.#options
    this.#producer = await openProducer(this.#givenUp.signal)
    const { offset, metadata } = await this.#readJournalProgress()
    this.#published = Math.max(0, offset)
    journal.continueFrom(this.#published)
    this.#tokens.continueFrom(metadata)
    this.stir()
  }

  /** Begins to commit. @returns a promise that rejects when committing is impossible for good. */
  run(): Promise<void> {
    this.#loop = this.#ticks()
    return this.#loop
  }

  /** Finished records that are not committed yet. */
  get uncommitted(): number {
    return this.#waiting.length
  }

  /** Entries of the journal that are not among the completions yet. */
  get unpublished(): number {
    return this.#options.journal.end - this.#published
  }

  /** Whether everything finished and everything paid is committed. */
  get idle(): boolean {
    return this.#waiting.length === 0 && this.unpublished === 0 && !this.#hasProgress()
  }

  /** Whether so much waits already that taking in more would only fill the memory. */
  get behind(): boolean {
    return this.#waitingBytes >= TRANSACTIONS_WAITING * this.#maxTransactionBytes
  }

  /** Takes a result. */
  add(result: Result): void {
    this.#waiting.push(result)
    this.#waitingBytes += bytesOf(result)
    this.stir()
  }

  /** There is something to commit. */
  stir(): void {
    this.#stirred = true
    this.#wake?.()
  }

  /** Waits for an away cluster no more: what is not committed stays in the journal, and its inputs in their topics. */
  giveUp(): void {
    this.#givenUp.abort(new Error('the cluster is away, and is not waited for'))
  }

  /** Commits what is there, as far as groups allow, and ends. @throws what kept the last of it from being committed */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake?.()
    await this.#loop
    await this.#producer?.close()
  }

  async #ticks(): Promise<void> {
    for (;;) {
      if (!this.#stirred && !this.#stopping)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      this.#wake = null
      const started = performance.now()
      await this.tick()
      if (this.#stopping && !this.#stirred) return
      if (!this.#stopping) await pause(this.#options.tickMs - (performance.now() - started))
    }
  }

  /** Commits what there is now, as far as groups allow. @throws when committing is impossible for good. */
  async tick(): Promise<void> {
    this.#stirred = false
    const transaction = this.#gather()
    if (transaction !== null) await this.#commit(transaction)
    // All of them: those that wait for room here need not be those that had something in the transaction.
    for (const task of this.#options.tasks()) task.committed()
  }

  /** Everything that can be committed now; null when there is nothing. */
  #gather(): Transaction | null {
    const { membershipOf, journal, codec, completionsTopic, journalGroup } = this.#options
    const results: Result[] = []
    const rest: Result[] = []
    let bytes = 0
    for (const result of this.#waiting) {
      if (result.task.closed) {
        this.#waitingBytes -= bytesOf(result)
        continue
      }
      const fits = bytes < this.#maxTransactionBytes || this.#carried.has(result)
      if (!fits || membershipOf(result.task.groupId) === null) {
        rest.push(result)
        continue
      }
      results.push(result)
      bytes += bytesOf(result)
    }
    if (bytes >= this.#maxTransactionBytes) this.#stirred = true
    this.#waiting = [...results, ...rest]
    for (const result of results) {
      result.task.include(result)
      this.#carried.add(result)
    }
    const entries = journal.entriesFrom(this.#published, MAX_JOURNAL_BYTES)
    const completions = entries.map((entry) => completionRecord(codec, entry))
    const { offsets, progress } = this.#progressOf()
    if (results.length === 0 && completions.length === 0 && offsets.length === 0) return null
    const token = this.#tokens.next()
    const journalEnd = (entries.at(-1)?.sequence ?? this.#published - 1) + 1
    if (journalEnd < journal.end) this.#stirred = true
    const journalOffset = { partition: 0, offset: journalEnd, metadata: token }
    return {
      token,
      results,
      records: [...results.flatMap(({ records }) => records), ...completions],
      offsets: [
        {
          groupId: journalGroup,
          membership: null,
          topics: [{ topic: completionsTopic, partitions: [journalOffset] }],
        },
        ...offsets,
      ],
      progress,
      journalEnd,
    }
  }

  #hasProgress(): boolean {
    for (const task of this.#options.tasks()) if (task.hasProgress) return true
    return false
  }

  /** The progress of all tasks whose groups stand, a group. */
  #progressOf(): { offsets: GroupOffsets[]; progress: Map<Task, string[]> } {
    const progress = new Map<Task, string[]>()
    const groups = new Map<string, Map<string, { partition: number; offset: number; metadata: string }[]>>()
    for (const task of this.#options.tasks()) {
      if (!task.running || this.#options.membershipOf(task.groupId) === null) continue
      const moved = task.takeProgress()
      if (moved.length === 0) continue
      progress.set(
        task,
        moved.map(({ topic }) => topic),
      )
      const topics = groups.get(task.groupId) ?? new Map()
      groups.set(task.groupId, topics)
      for (const { topic, offset, metadata } of moved) {
        const partitions = topics.get(topic) ?? []
        topics.set(topic, partitions)
        partitions.push({ partition: task.partition, offset, metadata })
      }
    }
    const offsets = [...groups].map(([groupId, topics]) => ({
      groupId,
      membership: this.#options.membershipOf(groupId),
      topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    }))
    return { offsets, progress }
  }

  async #commit(transaction: Transaction): Promise<void> {
    const started = performance.now()
    let bases: BaseOffsets | null
    try {
      const { records, offsets } = transaction
      bases = await this.#producer!.commit(records, offsets, this.#options.sent)
    } catch (error) {
      this.#options.log.warn({ token: transaction.token, error: String(error) }, 'a transaction failed')
      this.#failures++
      if (error instanceof Fenced) this.#options.fenced(error.groupId, error.membership)
      else this.#requireHope(error)
      if (!(await this.#recover(transaction.token))) {
        for (const [task, topics] of transaction.progress) task.returnProgress(topics)
        return
      }
      bases = null
    }
    await this.#settle(transaction, bases)
    const durationMs = performance.now() - started
    const { records, results } = transaction
    this.#options.committed({ records: records.length, durationMs, results })
  }

  /** After a failure: a new epoch, and whether the transaction has committed all the same. */
  async #recover(token: string): Promise<boolean> {
    const { log, openProducer, tickMs } = this.#options
    await this.#producer?.close().catch(() => {})
    this.#producer = await openProducer(this.#givenUp.signal)
    const { metadata } = await this.#readJournalProgress()
    const committed = this.#tokens.hasCommitted(token, metadata)
    log.info({ token, committed }, 'transactions go on with a new epoch')
    this.#stirred = true
    if (!committed)
      await pause(backOff(this.#failures, { firstMs: Math.max(tickMs, MIN_PAUSE_MS), maxMs: MAX_PAUSE_MS }))
    return committed
  }

  /** @throws the error, when trying again would not help */
  #requireHope(error: unknown): void {
    const outlook = outlookOf(error)
    if (outlook === 'doubtful') this.#doubtful++
    if (outlook === 'lasting' || this.#doubtful >= MAX_DOUBTFUL) throw error
  }

  /** The transaction has happened: let go of what it carried. */
  async #settle(
    { token, results, records, journalEnd }: Transaction,
    bases: BaseOffsets | null,
  ): Promise<void> {
    this.#failures = 0
    this.#doubtful = 0
    this.#tokens.committed(token)
    const done = new Set(results)
    this.#waiting = this.#waiting.filter((result) => !done.has(result))
    this.#published = journalEnd
    for (const result of results) {
      this.#carried.delete(result)
      this.#waitingBytes -= bytesOf(result)
    }
    await this.#applyStores(results, records, bases)
  }

  /** Brings the local copies of stores up to what was committed, as soon as there is room for it. */
  async #applyStores(
    results: readonly Result[],
    records: readonly OutgoingRecord[],
    bases: BaseOffsets | null,
  ): Promise<void> {
    const changes = new Map<Task, StoreChanges[]>()
    for (const { task, changes: changed } of results) {
      // A closed task's partition may have moved on elsewhere: its next owner here brings the copy up to date.
      if (changed === null || task.closed) continue
      const known = changes.get(task)
      if (known === undefined) changes.set(task, [changed])
      else known.push(changed)
    }
    for (const [task, changed] of changes) {
      const position = this.#changelogPosition(task, records, bases)
      const apply = (): void => {
        if (!task.closed) task.store?.apply(changed, position)
      }
      const { room } = this.#options
      if (room === undefined) apply()
      else await room.write(apply)
    }
  }

  /** The changelog offset after this transaction's own records, or null when it is not known. */
  #changelogPosition(
    task: Task,
    records: readonly OutgoingRecord[],
    bases: BaseOffsets | null,
  ): number | null {
    const changelog = task.changelogTopic
    const base = changelog === null ? undefined : bases?.get(`${changelog}/${task.partition}`)
    if (base === undefined) return null
    const written = records.filter(
      ({ topic, partition }) => topic === changelog && partition === task.partition,
    )
    return base + written.length
  }

  async #readJournalProgress(): Promise<{ offset: number; metadata: string }> {
    const { reader, journalGroup, completionsTopic } = this.#options
    const [progress] = await reader.committed(journalGroup, [{ topic: completionsTopic, partitions: [0] }])
    return progress ?? { offset: -1, metadata: '' }
  }
}

function bytesOf({ records }: Result): number {
  return records.reduce((sum, record) => sum + sizeOf(record), 0)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
