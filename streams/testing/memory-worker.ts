/**
 * A worker on topics in memory. Its tasks, its stores and its committer are the real ones; fetching, and the
 * moment at which anything happens, are in the hands of whoever drives it.
 */
import type { Config } from '../../config/config.ts'
import type { Ask } from '../../models/ask.ts'
import type { StepHalted } from '../../models/errors.ts'
import { groupName } from '../../schemas/topic-names.ts'
import type { TopicName } from '../../schemas/topics.ts'
import { Committer } from '../committer.ts'
import { LetterBreakers } from '../letter-breakers.ts'
import { silentLog } from '../log.ts'
import type { AnyProcessor } from '../processor.ts'
import type { RecordCodec } from '../record-codec.ts'
import { StateDatabase } from '../state-store.ts'
import { type Result, Task } from '../task.ts'
import { openTask } from '../task-opening.ts'
import type { Chunk } from '../transport/group-consumer.ts'
import type { Membership } from '../transport/group-protocol.ts'
import { UnreadableRecords } from '../unreadable.ts'
import type { MemoryBroker } from './memory-broker.ts'

/** What all workers of a driver share. */
export interface MemoryWorkerContext {
  readonly config: Config
  readonly broker: MemoryBroker
  readonly codec: RecordCodec
  readonly ask: Ask
  readonly window: number
  readonly maxTransactionBytes?: number
  readonly fullName: (topic: TopicName) => string
}

/** Records that can be fetched for a task. */
export interface Fetchable {
  readonly task: Task
  readonly topic: string
  readonly from: number
  readonly end: number
}

interface Group {
  membership: Membership | null
  readonly tasks: Map<number, Task>
}

/** One worker. */
export class MemoryWorker {
  readonly name: string
  readonly halted: StepHalted[] = []
  /** Results tasks have handed over and the committer has not been given yet. */
  readonly held: Result[] = []
  readonly #context: MemoryWorkerContext
  readonly #database = new StateDatabase(':memory:')
  readonly #committer: Committer
  readonly #breakers: LetterBreakers
  readonly #groups = new Map<string, Group>()
  /** Where each task's topic is fetched from next, and those that are paused. */
  readonly #positions = new Map<Task, Map<string, number>>()
  readonly #paused = new Map<Task, Set<string>>()
  #failure: Error | null = null
  #stirred = false

  constructor(name: string, context: MemoryWorkerContext) {
    const { config, broker, codec, fullName } = context
    this.name = name
    this.#context = context
    this.#breakers = new LetterBreakers({
      limits: config.deadLetters,
      reader: broker,
      topic: fullName('dead-letters'),
      log: silentLog,
      openProducer: async (id) => broker.producer(id),
    })
    this.#committer = new Committer({
      openProducer: async () => broker.producer(name),
      reader: broker,
      codec,
      journal: { end: 0, continueFrom() {}, entriesFrom: () => [] },
      log: silentLog,
      journalGroup: groupName(config, `journal.${name}`),
      completionsTopic: fullName('completions'),
      tickMs: 0,
      maxTransactionBytes: context.maxTransactionBytes,
      membershipOf: (groupId) => this.#groups.get(groupId)?.membership ?? null,
      tasks: () => this.#tasks(),
      fenced: (groupId, membership) => {
        const group = this.#groups.get(groupId)
        if (group?.membership === membership) group.membership = null
      },
      sent() {},
      committed() {},
    })
  }

  open(): Promise<void> {
    return this.#committer.open()
  }

  /** Records being worked on. */
  get working(): number {
    return [...this.#tasks()].reduce((sum, task) => sum + task.working, 0)
  }

  /** Whether a commit would carry anything. */
  get hasCommit(): boolean {
    return this.#stirred && [...this.#groups.values()].some(({ membership }) => membership !== null)
  }

  /** The generation it believes to be in. */
  generationIn(groupId: string): number | null {
    return this.#groups.get(groupId)?.membership?.generationId ?? null
  }

  /** Partitions of a group it works on. */
  partitionsOf(groupId: string): ReadonlySet<number> {
    return new Set(this.#groups.get(groupId)?.tasks.keys())
  }

  /** A new generation of a group: tasks of partitions that are kept go on, others are closed, or opened. */
  join(
    processor: AnyProcessor,
    groupId: string,
    generationId: number,
    partitions: readonly number[],
    kept: ReadonlySet<number>,
  ): void {
    const group = this.#groups.get(groupId) ?? { membership: null, tasks: new Map() }
    this.#groups.set(groupId, group)
    for (const [partition, task] of group.tasks) {
      if (kept.has(partition)) {
        this.#refetch(task)
        continue
      }
      this.#forget(task)
      group.tasks.delete(partition)
    }
    group.membership = { generationId, memberId: this.name }
    for (const partition of partitions) {
      if (!group.tasks.has(partition)) group.tasks.set(partition, this.#opened(processor, groupId, partition))
    }
    this.#stirred = true
  }

  /** What can be fetched now. */
  *fetchable(): Iterable<Fetchable> {
    const { broker } = this.#context
    for (const [task, positions] of this.#positions) {
      if (!task.running) continue
      for (const [topic, from] of positions) {
        const end = broker.end(topic, task.partition)
        if (from < end && !this.#paused.get(task)?.has(topic)) yield { task, topic, from, end }
      }
    }
  }

  /** Hands so many offsets to their task, as one fetch would. */
  deliver({ task, topic, from }: Fetchable, count: number): void {
    const { partition } = task
    const records = this.#context.broker.slice(topic, partition, from, from + count).map((record) => ({
      key: record.key,
      value: record.value,
      offset: String(record.offset),
      timestamp: '0',
      attributes: 0,
      headers: {},
    }))
    const chunk: Chunk = { topic, partition, from, through: from + count - 1, records }
    this.#positions.get(task)!.set(topic, task.deliver(chunk))
  }

  /** Gives a held result to the committer. A stateful task's results go in their order, whichever is named. */
  release(index: number): void {
    const named = this.held[index]!
    const inOrder = named.task.processor.kind === 'stateful'
    const first = inOrder ? this.held.findIndex(({ task }) => task === named.task) : index
    this.#committer.add(this.held.splice(first, 1)[0]!)
    this.#stirred = true
  }

  /** One transaction with all the committer has. */
  async commit(): Promise<void> {
    this.#stirred = false
    await this.#committer.tick()
    if (!this.#committer.idle) this.#stirred = true
  }

  /** @throws what a task failed of, other than by a dead letter. */
  check(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** It is gone, with all it has not committed and all it knew. */
  kill(): void {
    for (const task of this.#tasks()) this.#forget(task)
    this.#groups.clear()
    this.held.length = 0
    this.#database.close()
  }

  *#tasks(): Iterable<Task> {
    for (const { tasks } of this.#groups.values()) yield* tasks.values()
  }

  #opened(processor: AnyProcessor, groupId: string, partition: number): Task {
    const { config, codec, broker, fullName, window, ask } = this.#context
    const task = new Task(processor, groupId, partition, {
      config,
      codec,
      partitions: config.kafka.partitions,
      window,
      fullName,
      askFor: () => ask,
      finished: (result) => this.held.push(result),
      behind: () => this.#committer.behind,
      progressed: () => {
        this.#stirred = true
      },
      setPaused: (paused, topic, isPaused) => this.#setPaused(paused, topic, isPaused),
      halted: (_task, error) => this.halted.push(error),
      failed: (error) => {
        this.#failure = error
      },
    })
    openTask(task, {
      reader: broker,
      codec,
      database: this.#database,
      unreadable: new UnreadableRecords(),
      breakers: this.#breakers,
      fullName,
    }).then(
      () => this.#refetch(task),
      (error) => {
        if (!task.closed) this.#failure = error as Error
      },
    )
    return task
  }

  /** Fetching begins at what is committed, as it does in every generation. */
  #refetch(task: Task): void {
    if (task.closed) return
    const { broker, fullName } = this.#context
    const topics = [...task.processor.inputs, 'redrive' as const].map(fullName)
    const from = (topic: string) => Math.max(0, broker.progressOf(task.groupId, topic, task.partition).offset)
    this.#positions.set(task, new Map(topics.map((topic) => [topic, from(topic)])))
  }

  #setPaused(task: Task, topic: string, paused: boolean): void {
    const topics = this.#paused.get(task) ?? new Set()
    this.#paused.set(task, topics)
    if (paused) topics.add(topic)
    else topics.delete(topic)
  }

  #forget(task: Task): void {
    task.close()
    this.#positions.delete(task)
    this.#paused.delete(task)
    const others = this.held.filter((result) => result.task !== task)
    this.held.splice(0, this.held.length, ...others)
  }
}
