/**
 * A step's work on one partition, across all the step's input topics.
 *
 *   opening  its progress is being read and its store restored; nothing is taken in
 *   running  takes in, works, hands results to the committer
 *   closed   the partition went elsewhere: calls are aborted, results that come are dropped
 *
 * A stateless step works on up to `window` records at once, in any order; a stateful one on one at a time, in
 * the order of arrival. A record ends as a result: its outputs, or a dead letter with what stands in for them.
 * Only the committer decides that a result has happened.
 * One that meets a StepHalted, or a full disk, has no result: it stays unfinished, and is worked on after the next start.
 */
import type { Config } from '../config/config.ts'
import { secretsOf } from '../config/secrets.ts'
import { messageOf } from '../errors.ts'
import type { Ask } from '../models/ask.ts'
import { StepHalted } from '../models/errors.ts'
import type { TopicName } from '../schemas/topics.ts'
import type { DeadLetter } from '../schemas/types.ts'
import { DiskFault } from '../stack/disk-fault.ts'
import { deadLetterOf } from './dead-letter.ts'
import type { LetterBreaker } from './letter-breaker.ts'
import type { OffsetTracker } from './offset-tracker.ts'
import type { AnyProcessor, Emission, Input } from './processor.ts'
import {
  type Letter,
  type Opened,
  type OrdersTaken,
  openLetter,
  type RecordCodec,
  type Try,
} from './record-codec.ts'
import type { StateStore, StoreChanges } from './state-store.ts'
import type { Chunk } from './transport/group-consumer.ts'
import type { OutgoingRecord } from './transport/transaction.ts'
import { processAgain } from './try-again.ts'

type OpenedRecord = Extract<Opened, { kind: 'record' }>

/** How much is told of why nothing could stand in, characters. */
const MAX_CAUSE = 500

/** What became of one input record. */
export interface Result {
  readonly task: Task
  readonly topic: string
  readonly offset: number
  readonly records: readonly OutgoingRecord[]
  readonly changes: StoreChanges | null
  /** The class of its dead letter; null where it went well. */
  readonly failure: string | null
}

/** What a task needs of its worker. */
export interface TaskServices {
  readonly config: Config
  readonly codec: RecordCodec
  readonly partitions: number
  readonly window: number
  fullName(topic: TopicName): string
  /** @param step whose calls they are */
  askFor(signal: AbortSignal, step: string): Ask
  /** A record is done; the committer takes it from here. */
  finished(result: Result): void
  /** Whether so much waits to be committed that nothing more is to be taken in. */
  behind(): boolean
  /** Progress without a result: offsets that hold no record. */
  progressed(): void
  setPaused(task: Task, topic: string, paused: boolean): void
  /** The step cannot go on for a reason that is not the record's. */
  halted(task: Task, error: StepHalted): void
  /** The task has failed in a way that makes no dead letter: the worker cannot go on. */
  failed(error: Error): void
}

/** A task before it may run: everything read from the log. */
export interface TaskProgress {
  readonly trackers: ReadonlyMap<string, OffsetTracker>
  readonly store: StateStore<unknown> | null
  readonly orders: OrdersTaken
  readonly breaker: LetterBreaker
}

/** One step on one partition. Owned by one worker; see the head of this file for its states. */
export class Task {
  readonly processor: AnyProcessor
  readonly groupId: string
  readonly partition: number
  readonly #services: TaskServices
  readonly #abort = new AbortController()
  readonly #ask: Ask
  #progress: TaskProgress | null = null
  #queue: Letter[] = []
  #working = 0
  /** Records left unfinished for a reason that is not theirs. */
  #undone = 0
  #halted = false
  readonly #paused = new Set<string>()
  readonly #dirty = new Set<string>()
  /** Where fetching was sent back to, a topic. */
  readonly #rewound = new Map<string, number>()

  constructor(processor: AnyProcessor, groupId: string, partition: number, services: TaskServices) {
    this.processor = processor
    this.groupId = groupId
    this.partition = partition
    this.#services = services
    this.#ask = services.askFor(this.#abort.signal, processor.step)
  }

  get closed(): boolean {
    return this.#abort.signal.aborted
  }

  /** Aborted when the task is closed. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get running(): boolean {
    return this.#progress !== null && !this.closed
  }

  /** Records taken in and not finished, those left unfinished excepted. */
  get waiting(): number {
    return this.#queue.length + this.#working
  }

  /** Whether it works, or could begin a record that it has taken in. */
  get busy(): boolean {
    return this.#working > 0 || (this.#queue.length > 0 && !this.#halted)
  }

  /**
   * Whether there is nothing it could begin: everything before the ends is taken in, or it takes in no more.
   * @param ends offset after the last record, by `<topic>/<partition>`
   */
  isAtRest(ends: ReadonlyMap<string, number>): boolean {
    if (!this.running || this.busy) return false
    if (this.#halted) return true
    return [...this.#progress!.trackers].every(
      ([topic, tracker]) => tracker.full || tracker.position >= (ends.get(`${topic}/${this.partition}`) ?? 0),
    )
  }

  /** Records being worked on. */
  get working(): number {
    return this.#working
  }

  /** Begins no further record; those begun may end. */
  stopTaking(): void {
    this.#halted = true
  }

  get store(): StateStore<unknown> | null {
    return this.#progress?.store ?? null
  }

  /** From opening to running. */
  run(progress: TaskProgress): void {
    this.#progress = progress
    // All of them: a pause outlives the task it was for, should the partition have been here before.
    for (const topic of progress.trackers.keys()) this.#services.setPaused(this, topic, false)
    this.#paused.clear()
  }

  /** To closed. */
  close(): void {
    this.#abort.abort(new Error('the partition is worked on elsewhere'))
    this.#queue = []
  }

  /**
   * Takes in what was fetched, as far as there is room.
   * @returns the offset to fetch on from. It is the chunk's own beginning when nothing was taken, and this task's
   * position when the chunk begins behind it: what lies between must be fetched again.
   * @throws when that has been done, and the chunk still begins behind: the topic has lost records.
   */
  deliver(chunk: Chunk): number {
    const tracker = this.#progress?.trackers.get(chunk.topic)
    if (tracker === undefined || this.#isFull(tracker)) {
      this.#pause(chunk.topic)
      return chunk.from
    }
    if (chunk.from > tracker.position) return this.#rewind(chunk, tracker.position)
    this.#rewound.delete(chunk.topic)
    const { fresh, holes } = this.#takeIn(chunk, tracker)
    const { topic } = chunk
    for (const { offset, key, value, headers } of fresh) {
      this.#queue.push({ topic, partition: this.partition, offset: Number(offset), key, value, headers })
    }
    if (holes) this.#markDirty(chunk.topic)
    if (this.#isFull(tracker)) this.#pause(chunk.topic)
    this.#pump()
    return tracker.position
  }

  /** The committer includes this result: its offset counts as finished from now on. */
  include({ topic, offset }: Result): void {
    this.#progress?.trackers.get(topic)?.finish(offset)
    this.#dirty.add(topic)
  }

  /** Whether progress waits to be committed. */
  get hasProgress(): boolean {
    return this.#dirty.size > 0
  }

  /** The progress to commit now, a topic that moved since the last call. */
  takeProgress(): { topic: string; offset: number; metadata: string }[] {
    const moved = [...this.#dirty].map((topic) => ({
      topic,
      ...this.#progress!.trackers.get(topic)!.snapshot(),
    }))
    this.#dirty.clear()
    return moved
  }

  /** What was taken has not been committed. */
  returnProgress(topics: readonly string[]): void {
    for (const topic of topics) this.#dirty.add(topic)
  }

  /** A commit has gone through: there may be room again. */
  committed(): void {
    this.#resumeWhereRoom()
  }

  /** The full name of the topic its store is rebuilt from and that it alone writes; null where there is none. */
  get changelogTopic(): string | null {
    const changelog = this.processor.kind === 'stateful' ? this.processor.store.changelog : []
    return typeof changelog === 'string' ? this.#services.fullName(changelog) : null
  }

  /** The records of a chunk that need work, and whether offsets were passed that need none. */
  #takeIn({ records, from, through }: Chunk, tracker: OffsetTracker) {
    const last = Math.min(through, tracker.limit)
    const byOffset = new Map(records.map((record) => [Number(record.offset), record]))
    const offsets = [...byOffset.keys()].filter((offset) => offset <= last)
    const fresh = tracker.deliver(offsets, last).map((offset) => byOffset.get(offset)!)
    return { fresh, holes: fresh.length < last - from + 1 }
  }

  #rewind({ topic, from }: Chunk, position: number): number {
    if (this.#rewound.get(topic) === position) {
      const place = `${topic}/${this.partition}`
      throw new Error(`${this.groupId} stands at ${position} of ${place}, which goes on at ${from} only`)
    }
    this.#rewound.set(topic, position)
    return position
  }

  #markDirty(topic: string): void {
    this.#dirty.add(topic)
    this.#services.progressed()
  }

  #isFull(tracker: OffsetTracker): boolean {
    return tracker.full || this.#queue.length >= this.#services.window || this.#services.behind()
  }

  #pause(topic: string): void {
    this.#paused.add(topic)
    this.#services.setPaused(this, topic, true)
  }

  #resumeWhereRoom(): void {
    if (this.#paused.size === 0 || this.closed || this.#queue.length > this.#services.window / 2) return
    if (this.#services.behind()) return
    for (const topic of this.#paused) {
      if (this.#progress?.trackers.get(topic)?.full !== false) continue
      this.#paused.delete(topic)
      this.#services.setPaused(this, topic, false)
    }
  }

  #pump(): void {
    const atOnce = this.processor.kind === 'stateful' ? 1 : this.#services.window
    while (!this.closed && !this.#halted && this.#working < atOnce && this.#queue.length > 0) {
      const letter = this.#queue.shift()!
      this.#working++
      this.#work(letter)
        .catch((error) => this.#services.failed(error as Error))
        .finally(() => {
          this.#working--
          this.#resumeWhereRoom()
          this.#pump()
        })
    }
  }

  async #work(letter: Letter): Promise<void> {
    const result = await this.#resultOf(letter)
    if (result !== null && !this.closed) this.#services.finished(result)
  }

  /** The record's result; null when the task was closed, or halted, meanwhile. */
  async #resultOf(letter: Letter): Promise<Result | null> {
    const { codec } = this.#services
    const { orders, breaker } = this.#progress!
    const opened = await openLetter(codec, letter, this.groupId, this.processor.inputs, orders)
    if (opened.kind === 'nothing') return this.#result(letter, [], null)
    if (opened.kind === 'undecodable') return this.#failed(letter, opened, null, opened.error)
    try {
      const result = await this.#process(opened, letter)
      breaker.passed()
      return result
    } catch (error) {
      if (this.closed) return null
      if (error instanceof StepHalted) return this.#halt(error)
      // The worker's to tell: the record is worked on after the next start.
      if (error instanceof DiskFault) throw error
      return this.#failed(letter, opened, opened.input, error)
    }
  }

  async #process(opened: OpenedRecord, letter: Letter): Promise<Result> {
    const { input, place: offset, bytes, attempts } = opened
    const { processor, partition } = this
    const { config, partitions } = this.#services
    if (processor.kind === 'stateless') {
      // Answers that stopped the step are in the journal; the records they were for are asked about anew.
      const tries = attempts + this.#progress!.breaker.trips
      const emissions = await processAgain(processor, input, { config, ask: this.#ask }, tries)
      return this.#result(letter, this.#encoded(emissions), null)
    }
    const store = this.#progress!.store!
    store.begin(offset, bytes)
    try {
      const emissions = processor.process(input, store, { partition, offset, config, partitions })
      const changes = store.end()
      // Written out before the record counts as done: what cannot be published must not be remembered either.
      const records = this.#encoded([...emissions, ...this.#changelogOf(changes)])
      return this.#result(letter, records, changes)
    } catch (error) {
      store.rollback()
      throw error
    }
  }

  #changelogOf(changes: StoreChanges): Emission[] {
    if (this.processor.kind === 'stateless' || !this.processor.store.logged) return []
    const { changelog, toRecord } = this.processor.store
    return changes.puts.map(
      ({ key, value }) =>
        ({ topic: changelog, key, value: toRecord!(key, value), partition: this.partition }) as Emission,
    )
  }

  /** The record becomes a dead letter, unless too many did. */
  #failed(letter: Letter, which: Try, input: Input | null, error: unknown): Result | null {
    if (this.closed) return null
    const { groupId, processor } = this
    const { attempts, redrivenFrom } = which
    const secrets = secretsOf(this.#services.config)
    const failed = { letter, error, groupId, step: processor.step, attempts, redrivenFrom, secrets }
    const deadLetter = deadLetterOf(failed)
    const stop = this.#progress!.breaker.failed(deadLetter)
    return stop === null ? this.#deadLetter(letter, deadLetter, input) : this.#halt(stop)
  }

  #deadLetter(letter: Letter, deadLetter: DeadLetter, input: Input | null): Result {
    let standIns: OutgoingRecord[] = []
    try {
      if (input !== null) standIns = this.#encoded(this.processor.standIn?.(input, deadLetter) ?? [])
    } catch (cause) {
      // The dead letter must be written whatever else fails, or this record would stop the worker at every start.
      deadLetter.message += ` Nothing could stand in for it: ${messageOf(cause).slice(0, MAX_CAUSE)}`
    }
    const [written] = this.#encoded([
      { topic: 'dead-letters', key: deadLetter.questionId ?? '', value: deadLetter },
    ])
    return { ...this.#result(letter, [written!, ...standIns], null), failure: deadLetter.class }
  }

  #encoded(emissions: readonly Emission[]): OutgoingRecord[] {
    return emissions.map(this.#services.codec.encode)
  }

  #result({ topic, offset }: Letter, records: OutgoingRecord[], changes: StoreChanges | null): Result {
    return { task: this, topic, offset, records, changes, failure: null }
  }

  /**
   * The record stays unfinished: it is worked on after the next start. Nothing more is begun, unless others may
   * go on; these are given up, too, when a whole window of them could not.
   */
  #halt(error: StepHalted): null {
    this.#undone++
    if (!error.othersMayGoOn || this.#undone >= this.#services.window) this.#halted = true
    this.#services.halted(this, error)
    return null
  }
}

/** The input topics of a step by full name, `redrive` among them. */
export function inputTopics(processor: AnyProcessor, fullName: (topic: TopicName) => string): string[] {
  return [...processor.inputs, 'redrive' as const].map(fullName)
}
