/** The partitions this member of the sink's group has, each with its inflow. */
import type { TopicName } from '../../schemas/topics.ts'
import type { Chunk } from '../../streams/transport/group-consumer.ts'
import type { TopicReader } from '../../streams/transport/reader.ts'
import { Inflow, type InflowLimits, type Range } from './inflow.ts'
import { decodeProgress } from './progress-metadata.ts'

/** Bytes of records that may wait in all partitions together. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** From so many on no more is fetched: what is under way at that moment still finds room, and is not thrown away. */
const PAUSING_BYTES = (MAX_WAITING_BYTES * 3) / 4
/** From so many on nobody rests between rounds: with many partitions there is a backlog, although each has little. */
const PRESSING_BYTES = MAX_WAITING_BYTES / 4

/** What it needs of its sink. */
export interface AssignmentOptions {
  readonly reader: Pick<TopicReader, 'bounds' | 'committed'>
  readonly groupId: string
  /** The topics by full name. */
  readonly topics: ReadonlyMap<string, TopicName>
  readonly limits: InflowLimits
  /** Whether the database has rows of this partition, of whichever topic. */
  holdsAny(partition: number): Promise<boolean>
  setPaused(topic: string, partition: number, paused: boolean): void
  seek(topic: string, partition: number, offset: number): void
  failed(error: Error): void
}

/** A partition of a topic; its inflow is null until its progress was read. */
export interface Share {
  /** The topic's full name. */
  readonly topic: string
  readonly name: TopicName
  readonly partition: number
  inflow: Inflow | null
  isPaused: boolean
}

/** A range that can be inserted now. */
export interface Due {
  readonly share: Share
  readonly inflow: Inflow
  readonly range: Range
}

/** What this member has to do. */
export class Assignment {
  readonly #options: AssignmentOptions
  readonly #shares = new Map<string, Share>()
  #database: string

  /** @param database the id of the database: progress into any other counts for nothing */
  constructor(options: AssignmentOptions, database: string) {
    this.#options = options
    this.#database = database
  }

  /** Whether everything is open, and nothing waits. */
  get isIdle(): boolean {
    return [...this.#shares.values()].every(({ inflow }) => inflow !== null && !inflow.waits)
  }

  /** Whether some partition has enough for an insert of its own, or all together have what may wait. */
  get isPressed(): boolean {
    return (
      [...this.#shares.values()].some(({ inflow }) => inflow?.isLarge === true) ||
      this.#waitingBytes >= PRESSING_BYTES
    )
  }

  get #waitingBytes(): number {
    let bytes = 0
    for (const share of this.#shares.values()) bytes += share.inflow?.bytes ?? 0
    return bytes
  }

  /** A new generation: what stays goes on as it is, the rest is let go, or opened. */
  joined(partitions: readonly number[], kept: ReadonlySet<number>): void {
    for (const [place, { partition }] of this.#shares) if (!kept.has(partition)) this.#shares.delete(place)
    for (const partition of partitions) if (!kept.has(partition)) this.#add(partition)
  }

  /** Another database has taken the place of the one before: all is inserted anew. */
  reopen(database: string): void {
    this.#database = database
    const partitions = new Set([...this.#shares.values()].map(({ partition }) => partition))
    this.#shares.clear()
    for (const partition of partitions) this.#add(partition)
  }

  /** Takes in what was fetched, where there is room. @returns the offset to fetch on from. */
  deliver(chunk: Chunk): number {
    const share = this.#shares.get(placeOf(chunk.topic, chunk.partition))
    if (share === undefined) return chunk.from
    const { inflow } = share
    if (inflow === null || isFull(inflow, this.#waitingBytes >= MAX_WAITING_BYTES)) {
      this.#pause(share, true)
      return chunk.from
    }
    if (chunk.from > inflow.position) return inflow.position
    inflow.take(chunk)
    if (this.#waitingBytes >= PAUSING_BYTES) this.#pauseAll()
    return inflow.position
  }

  /** All that can be inserted now, a range a partition. */
  due(): Due[] {
    const due: Due[] = []
    for (const share of this.#shares.values()) {
      const range = share.inflow?.next() ?? null
      if (range !== null) due.push({ share, inflow: share.inflow!, range })
    }
    return due
  }

  /** There may be room again. */
  resume(): void {
    const isNearlyFull = this.#waitingBytes >= PAUSING_BYTES
    for (const share of this.#shares.values()) {
      const { isPaused, inflow } = share
      if (isPaused && inflow !== null && !isFull(inflow, isNearlyFull)) this.#pause(share, false)
    }
  }

  #add(partition: number): void {
    const shares = [...this.#options.topics].map(
      ([topic, name]): Share => ({ topic, name, partition, inflow: null, isPaused: false }),
    )
    for (const share of shares) this.#shares.set(placeOf(share.topic, partition), share)
    this.#open(shares, partition).catch((error) => this.#options.failed(error as Error))
  }

  /** Reads how far the partition has come, in all topics. */
  async #open(shares: readonly Share[], partition: number): Promise<void> {
    const { reader, groupId, limits, seek } = this.#options
    const database = this.#database
    const asked = shares.map(({ topic }) => ({ topic, partitions: [partition] }))
    const committed = new Map((await reader.committed(groupId, asked)).map((one) => [one.topic, one]))
    const isNew = await this.#isNew(partition, [...committed.values()])
    for (const share of shares) {
      const { offset, metadata } = committed.get(share.topic)!
      const progress = decodeProgress(metadata)
      const isOurs = progress?.database === database
      const bounds = isOurs ? null : (await reader.bounds(share.topic))[partition]!
      if (this.#shares.get(placeOf(share.topic, partition)) !== share) continue
      // Who knew another database may have inserted into this one before it noticed.
      share.inflow =
        bounds === null
          ? new Inflow(limits, offset, progress?.pending ?? null)
          : new Inflow(limits, bounds.first, null, isNew ? -1 : bounds.written - 1)
      if (bounds !== null) seek(share.topic, partition, bounds.first)
      // A pause outlives the assignment it was for, should the partition have been here before.
      this.#pause(share, false)
    }
  }

  /**
   * Whether nobody can have inserted anything of the partition: whoever inserts has declared it before. Rows tell that
   * it was declared and Kafka has forgotten it, as it does with a group that nobody was in for days.
   */
  async #isNew(partition: number, committed: readonly { offset: number }[]): Promise<boolean> {
    if (committed.some(({ offset }) => offset >= 0)) return false
    // A database that does not answer is no proof.
    return !(await this.#options.holdsAny(partition).catch(() => true))
  }

  #pauseAll(): void {
    for (const share of this.#shares.values()) {
      const { isPaused, inflow } = share
      if (!isPaused && inflow !== null && isFull(inflow, true)) this.#pause(share, true)
    }
  }

  #pause(share: Share, isPaused: boolean): void {
    share.isPaused = isPaused
    this.#options.setPaused(share.topic, share.partition, isPaused)
  }
}

/** Whether a partition must wait for room. @param areAllFull whether all together have what may wait */
function isFull(inflow: Inflow, areAllFull: boolean): boolean {
  return inflow.isFull || (areAllFull && !inflow.starves)
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
