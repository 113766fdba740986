/**
 * As much of a Kafka broker as the runtime sees: topics, transactions, committed offsets, groups' generations.
 *
 * A transaction happens in one moment, or not at all. One that commits leaves a marker behind its records; one
 * that is aborted leaves its records' offsets empty. So topics have the holes they have in Kafka.
 */
import type { Producer } from '../committer-options.ts'
import type { LogReader } from '../task-opening.ts'
import type { Membership } from '../transport/group-protocol.ts'
import type { Bounds, StoredRecord } from '../transport/reader.ts'
import { Fenced, type GroupOffsets, type OutgoingRecord } from '../transport/transaction.ts'

/** What becomes of a transaction; of one that is committed in silence, its producer does not hear. */
export type Fate = 'committed' | 'aborted' | 'committed in silence'

/** A record as it stands in a topic, numbered across all topics in the order of writing. */
export interface LoggedRecord extends StoredRecord {
  readonly number: number
}

interface Progress {
  readonly offset: number
  readonly metadata: string
}

/** Topics and groups in memory. */
export class MemoryBroker implements LogReader {
  readonly #partitions: number
  readonly #topics = new Map<string, (LoggedRecord | null)[][]>()
  readonly #progress = new Map<string, Progress>()
  readonly #generations = new Map<string, number>()
  readonly #epochs = new Map<string, number>()
  readonly #fate: () => Fate
  #written = 0

  /** @param fate asked once a transaction */
  constructor(partitions: number, fate: () => Fate) {
    this.#partitions = partitions
    this.#fate = fate
  }

  /** Writes a record from outside the dataflow. */
  write({ topic, partition, key, value }: OutgoingRecord): void {
    const slots = this.#slots(topic, partition)
    const keyBytes = key === null ? null : Buffer.from(key)
    const number = this.#written++
    slots.push({ partition, offset: slots.length, key: keyBytes, value, timestamp: number, number })
  }

  /** Where a partition ends. */
  end(topic: string, partition: number): number {
    return this.#slots(topic, partition).length
  }

  /** The records of a range, without the holes. */
  slice(topic: string, partition: number, from: number, to: number): LoggedRecord[] {
    return this.#slots(topic, partition)
      .slice(from, to)
      .filter((slot) => slot !== null)
  }

  /** A topic's records in the order they were written. */
  records(topic: string): LoggedRecord[] {
    const partitions = Array.from({ length: this.#partitions }, (_, partition) =>
      this.slice(topic, partition, 0, Number.POSITIVE_INFINITY),
    )
    return partitions.flat().sort((a, b) => a.number - b.number)
  }

  /** The group goes on to a new generation. @returns its number. */
  newGeneration(groupId: string): number {
    const generation = (this.#generations.get(groupId) ?? 0) + 1
    this.#generations.set(groupId, generation)
    return generation
  }

  /** The next producer of this transactional id; those before it are fenced. */
  producer(transactionalId: string): Producer {
    const epoch = (this.#epochs.get(transactionalId) ?? 0) + 1
    this.#epochs.set(transactionalId, epoch)
    return {
      commit: async (records, offsets) => {
        if (this.#epochs.get(transactionalId) !== epoch) throw new Error(`${transactionalId} was taken over`)
        return this.#transact(records, offsets)
      },
      close: async () => {},
    }
  }

  async bounds(topic: string): Promise<Bounds[]> {
    return Array.from({ length: this.#partitions }, (_, partition) => {
      const end = this.end(topic, partition)
      return { first: 0, end, written: end }
    })
  }

  async settledEnd(topic: string, partition: number): Promise<number> {
    return this.end(topic, partition)
  }

  async committed(groupId: string, topics: readonly { topic: string; partitions: readonly number[] }[]) {
    return topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => {
        const { offset, metadata } = this.progressOf(groupId, topic, partition)
        return { topic, partition, offset, metadata }
      }),
    )
  }

  /** What a group has committed; -1 where it has not. */
  progressOf(groupId: string, topic: string, partition: number): Progress {
    return this.#progress.get(placeOf(groupId, topic, partition)) ?? { offset: -1, metadata: '' }
  }

  async *read(topic: string, partition: number, from: number, to: number): AsyncGenerator<StoredRecord[]> {
    const records = this.slice(topic, partition, from, to)
    if (records.length > 0) yield records
  }

  #transact(
    records: readonly OutgoingRecord[],
    offsets: readonly GroupOffsets[],
  ): ReadonlyMap<string, number> {
    const places = new Map(records.map((record) => [`${record.topic}/${record.partition}`, record]))
    const bases = new Map(
      [...places].map(([place, { topic, partition }]) => [place, this.end(topic, partition)]),
    )
    const refused = offsets.find(({ groupId, membership }) => !this.#stands(groupId, membership))
    const fate = refused === undefined ? this.#fate() : 'aborted'
    for (const record of records) {
      if (fate === 'aborted') this.#slots(record.topic, record.partition).push(null)
      else this.write(record)
    }
    for (const { topic, partition } of places.values()) this.#slots(topic, partition).push(null)
    if (refused !== undefined) throw new Fenced(refused.groupId, refused.membership, 'an old generation')
    if (fate === 'aborted') throw new Error('the transaction was aborted')
    for (const { groupId, topics } of offsets) this.#advance(groupId, topics)
    if (fate === 'committed in silence') throw new Error('the connection was lost')
    return bases
  }

  #stands(groupId: string, membership: Membership | null): boolean {
    return membership === null || membership.generationId === this.#generations.get(groupId)
  }

  #advance(groupId: string, topics: GroupOffsets['topics']): void {
    for (const { topic, partitions } of topics) {
      for (const { partition, offset, metadata } of partitions) {
        this.#progress.set(placeOf(groupId, topic, partition), { offset, metadata })
      }
    }
  }

  #slots(topic: string, partition: number): (LoggedRecord | null)[] {
    const known = this.#topics.get(topic)
    const partitions = known ?? Array.from({ length: this.#partitions }, () => [])
    if (known === undefined) this.#topics.set(topic, partitions)
    return partitions[partition]!
  }
}

function placeOf(groupId: string, topic: string, partition: number): string {
  return `${groupId} ${topic}/${partition}`
}
