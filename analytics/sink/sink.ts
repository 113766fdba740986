/**
 * Brings every topic of an edition into ClickHouse, each record exactly once.
 *
 * A member of the group `<pipeline>.<edition>.sink`: any number of them share the partitions. Once a second it cuts
 * what has come in into ranges, one a partition, and
 *
 *   1. commits beside each offset the end of the range that is to follow: the range is declared,
 *   2. inserts each range as one block, which is there or is not,
 *   3. commits the offset behind each range as soon as it is there, nothing declared any more.
 *
 * Whoever finds a range declared, after a failure, a rebalance or a kill, forms the very same one from the topic, looks
 * which of its records are there, and inserts the others. It looks under the id of the range, which every insert of it
 * has, and a server refuses while one of these is still under way; on another server of a cluster the same token sees to
 * it that one of two has no effect. All commits carry the member's generation: a member the group has gone on without
 * commits nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import type { Codec } from '../../schemas/codec.ts'
import { groupName } from '../../schemas/topic-names.ts'
import type { TopicName } from '../../schemas/topics.ts'
import type { Absence } from '../../streams/absence.ts'
import { RecordCodec } from '../../streams/record-codec.ts'
import type { KafkaClient } from '../../streams/transport/client.ts'
import { GroupConsumer } from '../../streams/transport/group-consumer.ts'
import { commitProgress } from '../../streams/transport/group-offsets.ts'
import type { Membership } from '../../streams/transport/group-protocol.ts'
import { TopicReader } from '../../streams/transport/reader.ts'
import { Fenced } from '../../streams/transport/transaction.ts'
import { DEFAULT_TUNING, type WorkerTuning } from '../../streams/worker-tuning.ts'
import { Assignment } from './assignment.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import { type Database, DatabaseFailure } from './database.ts'
import type { InflowLimits } from './inflow.ts'
import { decodeProgress } from './progress-metadata.ts'
import { runRound } from './round.ts'

/** The step's name, as `--only` takes it and as its group ends. */
export const SINK_STEP = 'sink'

/** What a sink is made of. */
export interface SinkOptions extends Omit<ConnectionOptions, 'clickhouse'> {
  readonly config: Config
  readonly client: KafkaClient
  readonly codec: Codec
  readonly fullName: (topic: TopicName) => string
  /** The topics to bring in: those the edition has of its own. */
  readonly topics: readonly TopicName[]
  readonly tuning?: Partial<WorkerTuning>
  readonly limits?: InflowLimits
  /** Knows when the schema registry is away; it is waited for in any case. */
  readonly registry?: Absence
  /** Told when the sink cannot go on; it must be stopped then. */
  readonly failed: (error: Error) => void
}

/** Large enough that rows are cheap, small enough that an insert takes well below a second. */
const LIMITS: InflowLimits = { maxRows: 20_000, maxBytes: 8 * 1024 * 1024 }
/** Asked of a partition at once. A worker takes as little as it can work on; what fills an insert must come quickly. */
const FETCH_BYTES = 4 * 1024 * 1024
/** The shortest time from one round to the next, ms: small inserts cost nearly as much as large ones. */
const ROUND_MS = 1_000
/** The same while somebody waits for the end. */
const HURRIED_ROUND_MS = 100
/** Rounds rest this many times as long as they take, so that a busy pipeline keeps most of the machine. */
const REST = 2
/** How soon it is noticed, while it rests, that much has come in, ms. */
const LOOK_MS = 50
/** How long `stop` lets inserts go on, ms. */
const GRACE_MS = 5_000

/** A running sink. */
export class Sink {
  readonly #options: SinkOptions
  readonly #groupId: string
  readonly #topics: ReadonlyMap<string, TopicName>
  readonly #reader: TopicReader
  readonly #codec: RecordCodec
  readonly #connection: Connection
  readonly #consumer: GroupConsumer
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  #assignment: Assignment | null = null
  #membership: Membership | null = null
  /** The membership since which the database is known to be the one it was. */
  #verified: Membership | null = null
  #database: Database | null = null
  #id: string | null = null
  #hurried = false
  #written = 0

  private constructor(options: SinkOptions) {
    const { config, client, codec, fullName, topics } = options
    this.#options = options
    this.#groupId = groupName(config, SINK_STEP)
    this.#topics = new Map(topics.map((topic) => [fullName(topic), topic]))
    this.#reader = new TopicReader(client, this.#stop.signal)
    this.#codec = new RecordCodec(codec, fullName, topics, config.kafka.partitions, options.registry)
    this.#connection = new Connection({ ...options, clickhouse: config.clickhouse })
    this.#consumer = this.#makeConsumer()
    this.#running = this.#run().catch((error) => options.failed(error as Error))
  }

  /** Starts it; whether the database is there or not. */
  static start(options: SinkOptions): Sink {
    return new Sink(options)
  }

  /** Why the database is away; null while it is there, or not known to be away. */
  get away(): string | null {
    return this.#connection.away?.message ?? null
  }

  /** How many records it has brought into the database since it was started. */
  get written(): number {
    return this.#written
  }

  /** Whether all that stands in the topics is in the database, whoever brought it there. From now on it hurries. */
  async isDrained(): Promise<boolean> {
    this.#hurried = true
    const id = this.#id
    if (id === null || this.away !== null || this.#assignment?.isIdle !== true) return false
    const partitions = Array.from({ length: this.#options.config.kafka.partitions }, (_, at) => at)
    const topics = [...this.#topics.keys()].map((topic) => ({ topic, partitions }))
    const committed = await this.#reader.committed(this.#groupId, topics)
    // Ends are read after progress, as a worker does.
    for (const { topic } of topics) {
      const its = committed.filter((one) => one.topic === topic)
      const bounds = await this.#reader.bounds(topic)
      for (const { partition, offset, metadata } of its) {
        const { first, written } = bounds[partition]!
        if (written === first) continue
        const progress = decodeProgress(metadata)
        if (progress?.database !== id || progress.pending !== null || offset < written) return false
      }
    }
    return true
  }

  /** Stops: what is being inserted may end, what waits stays in the topics. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.#stop.abort()
    await Promise.race([this.#running, sleep(graceMs, undefined, { ref: false })])
    await this.#connection.close()
    await this.#consumer.stop()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    let failure: DatabaseFailure | undefined
    while (!signal.aborted) {
      const connected = await this.#connection.connect(signal, failure)
      if (connected === null) return
      await this.#useDatabase(connected.database, connected.id)
      failure = await this.#rounds()
    }
  }

  /** The first one it joins the group with; another one than before is filled from the beginning. */
  async #useDatabase(database: Database, id: string): Promise<void> {
    this.#database = database
    if (this.#id === id) return
    this.#id = id
    if (this.#assignment !== null) {
      this.#assignment.reopen(id)
      return
    }
    this.#assignment = this.#makeAssignment(id)
    await this.#consumer.start()
  }

  /** Round after round, until the database fails, has become another, or the sink is stopped. */
  async #rounds(): Promise<DatabaseFailure | undefined> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const started = performance.now()
      try {
        if (!(await this.#isSameDatabase())) return undefined
        if (await this.#round()) this.#connection.works()
      } catch (error) {
        if (error instanceof DatabaseFailure) return error
        if (!(error instanceof Fenced)) throw error
        this.#leaveGeneration(error.membership)
      }
      this.#assignment!.resume()
      const took = performance.now() - started
      await this.#rest(Math.max((this.#hurried ? HURRIED_ROUND_MS : ROUND_MS) - took, REST * took))
    }
    return undefined
  }

  /** For so long, or until so much has come in that there must be more behind it. */
  async #rest(ms: number): Promise<void> {
    const { signal } = this.#stop
    const until = performance.now() + ms
    for (let left = ms; left > 0 && !signal.aborted; left = until - performance.now()) {
      if (this.#assignment!.isPressed) return
      await sleep(Math.min(left, LOOK_MS), undefined, { signal }).catch(() => {})
    }
  }

  /**
   * Who makes a database anew becomes a member of the group after that, which gives everybody a new membership: looked
   * at once in each, nobody fills a new database as if it were the old one.
   */
  async #isSameDatabase(): Promise<boolean> {
    const membership = this.#membership
    if (membership === null || membership === this.#verified) return true
    if ((await this.#database!.id()) !== this.#id) return false
    this.#verified = membership
    return true
  }

  /** @returns whether it could do something: not while the group finds itself anew. */
  async #round(): Promise<boolean> {
    const membership = this.#membership
    if (membership === null) return false
    const { client, config, log } = this.#options
    const undecodable = await runRound(this.#assignment!.due(), {
      edition: config.edition,
      database: this.#database!,
      databaseId: this.#id!,
      codec: this.#codec,
      settled: (records) => {
        this.#written += records
        this.#assignment!.resume()
      },
      // The membership the round began with: what has gone elsewhere since is not committed.
      commit: (offsets) => commitProgress(client, this.#groupId, membership, offsets, this.#stop.signal),
    })
    if (undecodable > 0) log.warn({ records: undecodable }, 'analytics: there is more in table undecodable')
    return true
  }

  #makeConsumer(): GroupConsumer {
    const { client, log, failed, tuning } = this.#options
    const { sessionTimeoutMs, heartbeatIntervalMs, fetchWaitMs, maxBytesPerPartition } = {
      ...DEFAULT_TUNING,
      maxBytesPerPartition: FETCH_BYTES,
      ...tuning,
    }
    const [groupId, topics] = [this.#groupId, [...this.#topics.keys()]]
    return new GroupConsumer(
      client,
      { groupId, topics, sessionTimeoutMs, heartbeatIntervalMs, fetchWaitMs, maxBytesPerPartition },
      {
        joined: (membership, partitions, kept) => {
          this.#assignment!.joined(partitions, kept)
          this.#membership = membership
        },
        rebalancing: () => this.#leaveGeneration(this.#membership),
        deliver: (chunk) => this.#assignment!.deliver(chunk),
        crashed: failed,
      },
      log,
    )
  }

  #makeAssignment(id: string): Assignment {
    const { limits = LIMITS, failed, config } = this.#options
    return new Assignment(
      {
        reader: this.#reader,
        groupId: this.#groupId,
        topics: this.#topics,
        limits,
        holdsAny: (partition) => this.#database!.holdsAny(config.edition, partition),
        setPaused: (topic, partition, isPaused) => this.#consumer.setPaused(topic, partition, isPaused),
        seek: (topic, partition, offset) => this.#consumer.seek(topic, partition, offset),
        failed: (error) => {
          if (!this.#stop.signal.aborted) failed(error)
        },
      },
      id,
    )
  }

  /** Until the group is joined again, nothing is committed. It may have been joined again by now. */
  #leaveGeneration(left: Membership | null): void {
    if (this.#membership === left) this.#membership = null
  }
}
