/**
 * Runs processors without a broker: topics in memory, real records (Avro bytes, partitions by key), the real
 * tasks, stores, dead letters and committer, a clock moved by hand. The counterpart of Kafka's
 * TopologyTestDriver, and more: with a `choose` it goes through orders no test would think of, and with
 * `interruptions` it also kills workers, moves partitions, aborts transactions and loses their answers.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import type { Ask } from '../../models/ask.ts'
import { ownTopics, topicsOf } from '../../plugins/topics.ts'
import { memoryCodec } from '../../schemas/memory-codec.ts'
import { groupName, topicNames } from '../../schemas/topic-names.ts'
import type { TopicName, TopicRecords } from '../../schemas/topics.ts'
import { partitionOf } from '../partition.ts'
import type { AnyProcessor } from '../processor.ts'
import { RecordCodec } from '../record-codec.ts'
import { type Choose, inOrder } from './choices.ts'
import { ManualClock } from './manual-clock.ts'
import { type Fate, type LoggedRecord, MemoryBroker } from './memory-broker.ts'
import { type Fetchable, MemoryWorker, type MemoryWorkerContext } from './memory-worker.ts'

/** What to run, and how. */
export interface DriverOptions {
  readonly config: Config
  readonly processors: readonly AnyProcessor[]
  /** Answers for the models; what waits in it must wait on the driver's clock. */
  readonly ask: Ask
  readonly clock?: ManualClock
  /** Which of the things that can happen happens next; left out: everything in order, in large steps. */
  readonly choose?: Choose
  /** How many workers share the partitions; 1 by default. */
  readonly workers?: number
  /** How often a worker dies, a group moves on or a transaction fails, at most. None by default. */
  readonly interruptions?: number
  /** Records a task works on at once. */
  readonly window?: number
  /** Bytes of records after which a transaction takes no further result. */
  readonly maxTransactionBytes?: number
}

type Action = () => void | Promise<void>

/** Made once: it takes longer than most tests. */
const CODEC = memoryCodec()
/** Steps after which a member that was left out notices, on average. */
const OUT_STEPS = 12
/** Turns of the event loop after which a call that waits on the clock counts as waiting. */
const QUIET_TURNS = 3
/** A call that neither ends nor waits on the clock fails the test after so long, ms. */
const STUCK_MS = 10_000
/** More steps than any test takes: a processor feeds itself. */
const MAX_STEPS = 200_000

/** A dataflow in memory. */
export class TopologyDriver {
  readonly clock: ManualClock
  readonly #options: DriverOptions
  readonly #context: MemoryWorkerContext
  readonly #broker: MemoryBroker
  readonly #choose: Choose
  readonly #generations = new Map<string, number>()
  #workers: MemoryWorker[] = []
  #started = 0
  #interruptions: number

  constructor(options: DriverOptions) {
    const { config, ask, choose = inOrder, clock = new ManualClock() } = options
    const { partitions, topicPrefix } = config.kafka
    const { pipeline, edition } = config
    const fullName = topicNames({ topicPrefix, pipeline, edition })
    this.clock = clock
    this.#options = options
    this.#choose = choose
    this.#interruptions = options.interruptions ?? 0
    this.#broker = new MemoryBroker(partitions, () => this.#fate())
    const plain = config.plugins.length === 0 ? CODEC : memoryCodec(ownTopics(config))
    const codec = new RecordCodec(plain, fullName, topicsOf(config), partitions)
    const { window = 64, maxTransactionBytes } = options
    this.#context = { config, ask, codec, fullName, window, maxTransactionBytes, broker: this.#broker }
  }

  /** Writes a record from outside; its key is the question's id unless another one is given. */
  pipe<T extends TopicName>(topic: T, value: TopicRecords[T], key: string = questionIdOf(value)): void {
    this.#broker.write(this.#context.codec.encode({ topic, key, value } as never))
  }

  /** Writes bytes from outside, whatever they are. */
  pipeBytes(topic: TopicName, key: string | null, value: Buffer | null): void {
    const { config, fullName } = this.#context
    const partition = partitionOf(key ?? '', config.kafka.partitions)
    this.#broker.write({ topic: fullName(topic), partition, key, value })
  }

  /** The records of a topic, in the order they were written. */
  read<T extends TopicName>(topic: T): TopicRecords[T][] {
    return this.records(topic).map(({ value }) => this.decode(topic, value))
  }

  /** A record's value as bytes, as a topic carries it. */
  encode<T extends TopicName>(topic: T, value: TopicRecords[T]): Buffer {
    return this.#context.codec.encode({ topic, key: '', value } as never).value as Buffer
  }

  /** Reads a record's value. */
  decode<T extends TopicName>(topic: T, value: Buffer | null): TopicRecords[T] {
    return this.#context.codec.decode(topic, value)
  }

  /** The full name of a topic. */
  nameOf(topic: TopicName): string {
    return this.#context.fullName(topic)
  }

  /** The same as bytes, with partition and offset. */
  records(topic: TopicName): LoggedRecord[] {
    return this.#broker.records(this.#context.fullName(topic))
  }

  /** What a step has committed on a partition of a topic: offset -1 before it has. */
  progress(step: string, topic: TopicName, partition: number): { offset: number; metadata: string } {
    const { config, fullName } = this.#context
    return this.#broker.progressOf(groupName(config, step), fullName(topic), partition)
  }

  /** How much of a topic a step has not committed yet, in offsets; markers and aborted records count. */
  lag(step: string, topic: TopicName): number {
    let lag = 0
    for (let partition = 0; partition < this.#context.config.kafka.partitions; partition++) {
      const committed = Math.max(0, this.progress(step, topic, partition).offset)
      lag += this.#broker.end(this.nameOf(topic), partition) - committed
    }
    return lag
  }

  /** The consumer group of a step. */
  groupOf(step: string): string {
    return groupName(this.#context.config, step)
  }

  /** Why steps had to leave records unfinished. */
  get halted(): readonly Error[] {
    return this.#workers.flatMap(({ halted }) => halted)
  }

  /** Records that are being worked on, waiting for the clock. */
  get working(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.working, 0)
  }

  /** Goes on until nothing more can happen without time passing. @throws what no dead letter could take. */
  async settle(): Promise<void> {
    if (this.#workers.length === 0) await this.#start()
    for (let step = 0; step < MAX_STEPS; step++) {
      await this.#quiet()
      const actions = this.#actions()
      if (actions.length === 0) return
      await actions[this.#choose(actions.length)]!()
    }
    throw new Error(`the topology has not settled after ${MAX_STEPS} steps`)
  }

  /** Lets so many milliseconds pass, and settles. */
  async advance(ms: number): Promise<void> {
    await this.settle()
    await this.clock.advance(ms)
    await this.settle()
  }

  /** All workers die, with everything they have not committed, and new ones start, with empty disks; settles. */
  async restart(): Promise<void> {
    for (const worker of this.#workers) worker.kill()
    this.#workers = []
    await this.settle()
  }

  async #start(): Promise<void> {
    for (let count = this.#options.workers ?? 1; count > 0; count--) {
      const worker = new MemoryWorker(`worker-${this.#started++}`, this.#context)
      await worker.open()
      this.#workers.push(worker)
    }
    for (const processor of this.#options.processors) this.#rebalance(processor, this.#workers)
  }

  /** Everything that could happen next. */
  #actions(): Action[] {
    const actions: Action[] = []
    for (const worker of this.#workers) {
      for (const fetchable of worker.fetchable()) actions.push(() => this.#deliver(worker, fetchable))
      for (const index of worker.held.keys()) actions.push(() => worker.release(index))
      if (worker.hasCommit) actions.push(() => worker.commit())
    }
    const unsettled = actions.length > 0
    for (const processor of this.#options.processors) {
      const members = this.#workers.filter((worker) => this.#isOut(worker, processor))
      // Who is out believes to be in for a while, so that what it does meanwhile can be seen to count for nothing.
      const isNoticed = !unsettled || this.#choose(OUT_STEPS) === 0
      if (members.length > 0 && isNoticed) actions.push(() => this.#rebalance(processor, this.#workers))
      if (members.length === 0 && unsettled && this.#interruptions > 0)
        actions.push(() => this.#interrupt(processor))
    }
    return actions
  }

  #deliver(worker: MemoryWorker, fetchable: Fetchable): void {
    const there = fetchable.end - fetchable.from
    worker.deliver(fetchable, this.#choose === inOrder ? there : 1 + this.#choose(there))
  }

  /** A group moves on, with some of its members or all; or a worker dies. */
  async #interrupt(processor: AnyProcessor): Promise<void> {
    this.#interruptions--
    const dying = this.#choose(this.#workers.length + 1)
    const worker = this.#workers[dying]
    if (worker === undefined) {
      // Who is left out is as one that was stopped for a while: it believes to be a member, and is none.
      const some = this.#workers.filter(() => this.#choose(3) > 0)
      this.#rebalance(processor, some.length > 0 ? some : this.#workers)
      return
    }
    worker.kill()
    this.#workers[dying] = new MemoryWorker(worker.name, this.#context)
    await this.#workers[dying].open()
  }

  #isOut(worker: MemoryWorker, processor: AnyProcessor): boolean {
    const groupId = this.groupOf(processor.step)
    return worker.generationIn(groupId) !== this.#generations.get(groupId)
  }

  /** A new generation of a step's group, the partitions dealt among these members. */
  #rebalance(processor: AnyProcessor, members: readonly MemoryWorker[]): void {
    const groupId = this.groupOf(processor.step)
    const before = this.#generations.get(groupId)
    const generation = this.#broker.newGeneration(groupId)
    this.#generations.set(groupId, generation)
    const shares = new Map(members.map((member) => [member, [] as number[]]))
    for (let partition = 0; partition < this.#context.config.kafka.partitions; partition++) {
      const member = members[this.#choose(members.length)]!
      shares.get(member)!.push(partition)
    }
    for (const [member, partitions] of shares) {
      const had = member.generationIn(groupId) === before ? member.partitionsOf(groupId) : new Set<number>()
      member.join(processor, groupId, generation, partitions, had.intersection(new Set(partitions)))
    }
  }

  #fate(): Fate {
    if (this.#interruptions === 0 || this.#choose(4) > 0) return 'committed'
    this.#interruptions--
    return this.#choose(2) === 0 ? 'aborted' : 'committed in silence'
  }

  /** Waits until every record that is worked on has ended, or waits on the clock. */
  async #quiet(): Promise<void> {
    const deadline = performance.now() + STUCK_MS
    let before = -1
    for (let quiet = 0; ; ) {
      await turn()
      for (const worker of this.#workers) worker.check()
      if (this.working === 0 && before === 0) return
      quiet = this.working === before ? quiet + 1 : 0
      before = this.working
      if (quiet >= QUIET_TURNS && this.clock.sleeping > 0) return
      if (performance.now() > deadline)
        throw new Error(`${this.working} records neither end nor wait on the clock`)
    }
  }
}

function questionIdOf(value: object): string {
  const { questionId, question } = value as { questionId?: unknown; question?: { questionId?: unknown } }
  const id = questionId ?? question?.questionId
  return typeof id === 'string' ? id : ''
}
