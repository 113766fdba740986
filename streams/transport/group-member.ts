/**
 * One KafkaJS consumer's life, from its join to its end: it crashes, falls silent, or is told to leave. It only
 * fetches: what it fetches is handed over at once, and heartbeats go on however long the work takes. It commits
 * nothing. It tells nothing more once it was let go of, whatever KafkaJS still does.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from './client.ts'
import type { Chunk } from './group-consumer.ts'
import type { Batch, Cluster, Consumer } from './kafkajs.ts'
import type { Occupancy, Seat } from './member-generations.ts'
import { type Claim, stickyAssigner, type WorkerIdentity } from './sticky-assigner.ts'

/** Settings of one member. */
export interface GroupMemberOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly fetchWaitMs: number
  readonly maxBytesPerPartition: number
  /** Told to whoever looks at the group. */
  readonly worker?: WorkerIdentity
}

/** What a member tells. */
export interface MemberListener {
  /** What it works on at the time it joins. */
  claim(): Claim
  joined(memberId: string, partitions: readonly number[]): void
  rebalancing(): void
  /**
   * @param standing where KafkaJS fetches on from if it is not told otherwise
   * @returns where it fetches on from
   */
  deliver(chunk: Chunk, standing: number): number
  /** The coordinator has answered it. */
  heard(): void
  /** It has ended by itself. */
  crashed(error: Error): void
}

/** KafkaJS tries so often by itself, which takes some seconds; then it crashes, and another one takes its place. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 1_000, retries: 12, restartOnFailure: async () => false }
/** How long leaving may take, ms; the group finds out by itself in the end. */
const LEAVE_MS = 5_000

/** A consumer in a seat. */
export class GroupMember {
  readonly #options: GroupMemberOptions
  readonly #listener: MemberListener
  readonly #occupancy: Occupancy
  readonly #consumer: Consumer
  #cluster: Pick<Cluster, 'disconnect'> | null = null
  /** Only then does KafkaJS know of partitions to pause. */
  #isRunning = false

  constructor(client: KafkaClient, options: GroupMemberOptions, seat: Seat, listener: MemberListener) {
    this.#options = options
    this.#listener = listener
    this.#occupancy = { seat, isOver: false }
    const assigner = stickyAssigner(() => listener.claim(), options.worker, this.#occupancy)
    this.#consumer = client.consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeoutMs,
      heartbeatInterval: options.heartbeatIntervalMs,
      rebalanceTimeout: options.sessionTimeoutMs,
      maxWaitTimeInMs: options.fetchWaitMs,
      maxBytesPerPartition: options.maxBytesPerPartition,
      maxBytes: options.maxBytesPerPartition * 4,
      allowAutoTopicCreation: false,
      partitionAssigners: [
        (context) => {
          this.#cluster = context.cluster
          return assigner(context)
        },
      ],
      retry: RETRY,
    })
  }

  /** Joins the group. @throws what keeps it from asking; what goes wrong later is told as a crash. */
  async start(): Promise<void> {
    this.#listen()
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true })
    if (this.#occupancy.isOver) return
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset }) => {
        const { fetchedOffset } = batch as unknown as Batch
        const chunk = {
          topic: batch.topic,
          partition: batch.partition,
          from: Number(fetchedOffset),
          through: Number(batch.lastOffset()),
          records: batch.messages,
        }
        if (this.#deliver(chunk, chunk.from) > chunk.through) resolveOffset(batch.lastOffset())
      },
    })
  }

  /** Stops fetching from a partition of all topics, or goes on; membership is kept. */
  setPaused(topic: string, partition: number, paused: boolean): void {
    if (!this.#isRunning) return
    const place = [{ topic, partitions: [partition] }]
    if (paused) this.#consumer.pause(place)
    else this.#consumer.resume(place)
  }

  /** Fetches a partition from this offset on. */
  seek(topic: string, partition: number, offset: number): void {
    if (this.#isRunning) this.#consumer.seek({ topic, partition, offset: String(offset) })
  }

  /** Leaves the group. @throws what kept it from leaving; nothing is told any more either way. */
  async leave(): Promise<void> {
    this.#occupancy.seat.leaves = true
    const left = this.#end()
    await Promise.race([left, sleep(LEAVE_MS, undefined, { ref: false })])
  }

  /** Ends without leaving: the seat is kept for the next one. Nothing is waited for, since it may never end. */
  letGo(): void {
    this.#end().catch(() => {})
    // A consumer that hangs does not come to this by itself.
    this.#cluster?.disconnect().catch(() => {})
  }

  async #end(): Promise<void> {
    this.#occupancy.isOver = true
    this.#isRunning = false
    await this.#consumer.disconnect()
  }

  #listen(): void {
    const { GROUP_JOIN, REBALANCING, HEARTBEAT, STOP, CRASH, END_BATCH_PROCESS } = this.#consumer.events
    const told = <E>(tell: (event: E) => void): ((event: E) => void) => {
      return (event) => {
        if (!this.#occupancy.isOver) tell(event)
      }
    }
    this.#consumer.on(
      GROUP_JOIN,
      told(({ payload }) => {
        this.#isRunning = true
        this.#listener.heard()
        const partitions = Object.values(payload.memberAssignment).flat()
        this.#listener.joined(payload.memberId, [...new Set(partitions)])
      }),
    )
    this.#consumer.on(
      REBALANCING,
      told(() => this.#listener.rebalancing()),
    )
    this.#consumer.on(
      HEARTBEAT,
      told(() => this.#listener.heard()),
    )
    // From here on KafkaJS refuses to pause and to seek; that it has crashed it tells later.
    this.#consumer.on(STOP, () => {
      this.#isRunning = false
    })
    this.#consumer.on(
      CRASH,
      told(({ payload }) => this.#listener.crashed(payload.error)),
    )
    this.#consumer.on(
      END_BATCH_PROCESS,
      told(({ payload }) => {
        if (payload.batchSize > 0) return
        // Nothing but markers and aborted records: no record, yet progress. KafkaJS has passed it already.
        const { topic, partition, firstOffset, lastOffset } = payload
        const through = Number(lastOffset)
        const from = Number(firstOffset ?? lastOffset)
        this.#deliver({ topic, partition, from, through, records: [] }, through + 1)
      }),
    )
  }

  #deliver(chunk: Chunk, standing: number): number {
    if (this.#occupancy.isOver) return chunk.from
    const next = this.#listener.deliver(chunk, standing)
    if (next !== standing && next !== chunk.through + 1) this.seek(chunk.topic, chunk.partition, next)
    return next
  }
}
