/**
 * A worker's part in one step's consumer group: the member that fetches, and a task for each partition that was dealt
 * to it.
 */
import type { Ask } from '../models/ask.ts'
import type { StepHalted } from '../models/errors.ts'
import type { Handover } from '../models/handover.ts'
import type { TopicName } from '../schemas/topics.ts'
import type { Log } from './log.ts'
import type { AnyProcessor } from './processor.ts'
import { inputTopics, Task, type TaskServices } from './task.ts'
import { type OpeningContext, openTask } from './task-opening.ts'
import type { KafkaClient } from './transport/client.ts'
import { type Chunk, GroupConsumer } from './transport/group-consumer.ts'
import type { Membership } from './transport/group-protocol.ts'
import type { WorkerIdentity } from './transport/sticky-assigner.ts'
import { workerFault } from './worker-fault.ts'
import type { GroupHealth } from './worker-health.ts'
import type { WorkerTuning } from './worker-tuning.ts'

/** What the groups of a worker have in common. */
export interface StepGroupOptions {
  readonly client: KafkaClient
  readonly tuning: WorkerTuning
  readonly identity: WorkerIdentity
  readonly log: Log
  readonly fullName: (topic: TopicName) => string
  readonly opening: OpeningContext
  /** What tasks need of the worker; the rest is the group's own. */
  readonly services: Omit<TaskServices, 'setPaused' | 'halted' | 'askFor'>
  /** What becomes of calls when partitions go to other workers. */
  readonly handover: Pick<Handover, 'moving' | 'settled' | 'ready'>
  /**
   * Asks for a task.
   * @param ready null when the group knows what it keeps; otherwise resolves when it does: nothing is asked before
   */
  askFor(signal: AbortSignal, step: string, ready: () => Promise<void> | null): Ask
  /** The requests of a task that are asked now. */
  askedUnder(signal: AbortSignal): Iterable<string>
  /** The step was given what was fetched, whether or not it has room for it. */
  fetched(step: string, chunk: Chunk): void
  /** There may be something to commit that had to wait for the group. */
  stir(): void
}

/** One step's group, as this worker is part of it. */
export class StepGroup {
  readonly processor: AnyProcessor
  readonly groupId: string
  readonly #options: StepGroupOptions
  readonly #services: TaskServices
  readonly #consumer: GroupConsumer
  readonly #tasks = new Map<number, Task>()
  #membership: Membership | null = null
  #halted: StepHalted | null = null
  #handedOver = false

  constructor(processor: AnyProcessor, groupId: string, options: StepGroupOptions) {
    this.processor = processor
    this.groupId = groupId
    this.#options = options
    this.#services = {
      ...options.services,
      askFor: (signal, step) => options.askFor(signal, step, () => options.handover.ready(groupId)),
      setPaused: (task, topic, paused) => this.#consumer.setPaused(topic, task.partition, paused),
      halted: (_, error) => this.#halt(error),
      failed: (error) => options.services.failed(workerFault(error, this.#place)),
    }
    this.#consumer = this.#newConsumer()
  }

  /** For messages. */
  get #place(): string {
    return `step ${this.processor.step} (group ${this.groupId})`
  }

  /** Joins. */
  start(): Promise<void> {
    return this.#consumer.start()
  }

  /** Leaves. */
  stop(): Promise<void> {
    return this.#consumer.stop()
  }

  /**
   * Leaves at once: others go on with its partitions. Its tasks are closed; their calls at the endpoints go on, and are
   * claimed, so that this machine's other workers wait for the answers.
   */
  async handOver(): Promise<void> {
    this.#handedOver = true
    this.#moving()
    for (const task of this.#tasks.values()) task.close()
    this.#tasks.clear()
    await this.stop()
  }

  /** The member's standing; null while the group is rebalancing. */
  get membership(): Membership | null {
    return this.#membership
  }

  /** Null while its partitions can be nobody else's; see the consumer's. */
  leased(): Promise<void> | null {
    return this.#consumer.leased()
  }

  /** Why the step had to leave records unfinished; null when it had not. */
  get halted(): StepHalted | null {
    return this.#halted
  }

  /** The tasks of the partitions it was dealt. */
  get tasks(): Iterable<Task> {
    return this.#tasks.values()
  }

  /** Records being worked on. */
  get working(): number {
    return [...this.tasks].reduce((sum, { working }) => sum + working, 0)
  }

  /** How this member is. */
  get health(): GroupHealth {
    const { processor, groupId } = this
    const halted = this.#halted
    return {
      step: processor.step,
      groupId,
      member: this.#membership !== null,
      partitions: this.#tasks.size,
      heartbeatAgeMs: this.#consumer.heartbeatAgeMs,
      restarts: this.#consumer.restarts,
      halted: halted === null ? null : { code: halted.code, message: halted.message },
    }
  }

  /** Entries of its stores that wait for something; of the partitions it was dealt. */
  get unsettled(): number {
    return [...this.tasks].reduce((sum, { store }) => sum + (store?.unsettled ?? 0), 0)
  }

  /** The step's input topics by full name. */
  get topics(): string[] {
    return inputTopics(this.processor, this.#options.fullName)
  }

  /**
   * Whether this member has nothing left that it could begin.
   * @param ends offset after the last record, by `<topic>/<partition>`
   */
  isAtRest(ends: ReadonlyMap<string, number>): boolean {
    return this.#membership !== null && [...this.tasks].every((task) => task.isAtRest(ends))
  }

  /** Until the group is joined again, nothing of it is committed. It may have been joined again by now. */
  leaveGeneration(left: Membership | null): void {
    if (this.#membership === left) this.#membership = null
  }

  /** Whether nothing of the step can be begun any more. */
  get #isOver(): boolean {
    return this.#halted !== null && !this.#halted.othersMayGoOn
  }

  #newConsumer(): GroupConsumer {
    const { client, tuning, identity, log } = this.#options
    const { sessionTimeoutMs, heartbeatIntervalMs, fetchWaitMs, maxBytesPerPartition } = tuning
    return new GroupConsumer(
      client,
      {
        groupId: this.groupId,
        topics: this.topics,
        sessionTimeoutMs,
        heartbeatIntervalMs,
        fetchWaitMs,
        maxBytesPerPartition,
        worker: identity,
      },
      {
        joined: (membership, partitions, kept) => this.#joined(membership, partitions, kept),
        rebalancing: () => this.#moving(),
        deliver: (chunk) => {
          this.#options.fetched(this.processor.step, chunk)
          return this.#tasks.get(chunk.partition)?.deliver(chunk) ?? chunk.from
        },
        crashed: this.#services.failed,
      },
      log,
    )
  }

  /** The group goes on without knowing yet to whom partitions go. */
  #moving(): void {
    this.leaveGeneration(this.#membership)
    const { askedUnder, handover } = this.#options
    const asked = [...this.tasks].flatMap(({ signal }) => [...askedUnder(signal)])
    handover.moving(this.groupId, asked)
  }

  /** A new generation: tasks that stay go on as they are, others are closed or opened. */
  #joined(membership: Membership, partitions: readonly number[], kept: ReadonlySet<number>): void {
    // It came to be while the group was being left.
    if (this.#handedOver) return
    const { groupId } = this
    for (const [partition, task] of this.#tasks) {
      if (kept.has(partition)) continue
      task.close()
      this.#tasks.delete(partition)
    }
    this.#membership = membership
    this.#options.handover.settled(
      groupId,
      partitions.some((partition) => !this.#tasks.has(partition)),
    )
    for (const partition of partitions) {
      if (this.#tasks.has(partition)) continue
      const task = new Task(this.processor, groupId, partition, this.#services)
      if (this.#isOver) task.stopTaking()
      this.#tasks.set(partition, task)
      this.#open(task)
    }
    this.#options.log.debug({ groupId, generation: membership.generationId, partitions }, 'joined')
    this.#options.stir()
  }

  #open(task: Task): void {
    openTask(task, this.#options.opening).catch((error) => {
      if (!task.closed)
        this.#services.failed(workerFault(error, `${this.#place}, partition ${task.partition}`))
    })
  }

  #halt(error: StepHalted): void {
    if (this.#halted?.code === error.code) return
    this.#halted = error
    // What keeps one partition from going on keeps them all.
    if (this.#isOver) for (const task of this.tasks) task.stopTaking()
    this.#options.log.error(
      { step: this.processor.step, code: error.code },
      `${error.message} ${error.remedy}`,
    )
  }
}
