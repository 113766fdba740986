/**
 * Writes records to partitions at the very offsets they had elsewhere, so that whatever names an offset (committed
 * progress, changelogs, dead letters, rows of analytics) stays true.
 *
 * A log has holes: marks that end transactions, aborted records, what compaction took out. A hole is filled by an
 * aborted transaction: so many records that nobody ever sees, and the mark of its end. Each hole has a transaction of
 * its own, and none is open while records are written: so a writer may die at any time, for whatever its open
 * transaction leaves behind lies within the hole, and the next one goes on where the partition ends.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from './client.ts'
import { type Packer, packerOf } from './compression.ts'
import { exchange } from './group-protocol.ts'
import { type Cluster, produceResponse } from './kafkajs.ts'
import { placed, writtenEnds } from './observer.ts'
import { type BatchRecord, encodePackedProduce, encodeProduce, NO_SEQUENCE } from './produce-request.ts'
import {
  ALL_REPLICAS,
  type OutgoingRecord,
  PRODUCE_REQUEST,
  TRANSACTION_TIMEOUT_MS,
  TransactionalProducer,
} from './transaction.ts'

/** Records of one partition that stood one after the other, without a hole. */
export interface Run {
  readonly topic: string
  readonly partition: number
  /** The offset of the first one. */
  readonly from: number
  /** At least one; together no larger than a batch may be. */
  readonly records: readonly BatchRecord[]
}

/** A hole of one partition. */
export interface Hole {
  readonly topic: string
  readonly partition: number
  readonly from: number
  /** The offset after it. */
  readonly to: number
}

/** Offsets a transaction fills at once: it ends well within its time. */
const MOST_AT_ONCE = 20_000
const POLL_MS = 2
/** Marks are written within milliseconds; a broker that restarts takes longer. */
const PATIENCE_MS = 60_000

/** Somebody else has written to the partition: its records no longer stand where they should. */
export class Displaced extends Error {
  readonly place: string

  constructor(place: string, wanted: number, found: number) {
    super(`${place} goes on at ${found}, where ${wanted} is next`)
    this.name = 'Displaced'
    this.place = place
  }
}

/** Writes to any number of partitions; one call at a time. */
export class OffsetWriter {
  readonly #cluster: Cluster
  readonly #filler: TransactionalProducer

  readonly #packer: Packer | null

  private constructor(cluster: Cluster, filler: TransactionalProducer, packer: Packer | null) {
    this.#cluster = cluster
    this.#filler = filler
    this.#packer = packer
  }

  /** @param transactionalId whoever held it before is fenced, and what it left open is aborted */
  static async open(client: KafkaClient, transactionalId: string): Promise<OffsetWriter> {
    const filler = await TransactionalProducer.open(client, transactionalId)
    try {
      return new OffsetWriter(await client.newCluster(), filler, packerOf(client.compression))
    } catch (error) {
      await filler.close().catch(() => {})
      throw error
    }
  }

  /** Where each partition of these topics ends, by `topic/partition`. */
  async ends(topics: readonly string[]): Promise<Map<string, number>> {
    const ends = new Map<string, number>()
    for (const [leader, led] of await placed(this.#cluster, topics)) {
      const broker = await this.#cluster.findBroker({ nodeId: leader })
      for (const [place, end] of await writtenEnds(broker, led)) ends.set(place, end)
    }
    return ends
  }

  /**
   * Writes runs that begin where their partitions end, one a partition.
   * @throws {Displaced} when one ended up elsewhere
   */
  async append(runs: readonly Run[]): Promise<void> {
    await this.#cluster.addMultipleTargetTopics([...new Set(runs.map(({ topic }) => topic))])
    const byLeader = Map.groupBy(runs, (run) => this.#leaderOf(run))
    await Promise.all([...byLeader].map(([leader, ofLeader]) => this.#produce(leader, ofLeader)))
  }

  /**
   * Fills holes that begin where their partitions end, one a partition, as far as one transaction can. Returns when its
   * marks are there.
   * @returns up to where they are filled, in their order
   * @throws {Displaced} when a partition ends elsewhere afterwards
   */
  async fill(holes: readonly Hole[]): Promise<number[]> {
    const filled = holes.map(({ from, to }) => Math.min(to, from + MOST_AT_ONCE))
    const fillers = holes.flatMap((hole, at) =>
      Array.from({ length: filled[at]! - hole.from - 1 }, () => fillerOf(hole)),
    )
    await this.#filler.discard(holes, fillers)
    const topics = [...new Set(holes.map(({ topic }) => topic))]
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const ends = await this.ends(topics)
      const endOf = (hole: Hole): number => ends.get(placeOf(hole)) ?? 0
      const at = holes.findIndex((hole, which) => endOf(hole) !== filled[which])
      if (at < 0) return filled
      const isLate = performance.now() > deadline
      if (isLate || endOf(holes[at]!) > filled[at]!) {
        throw new Displaced(placeOf(holes[at]!), filled[at]!, endOf(holes[at]!))
      }
      await sleep(POLL_MS)
    }
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
    await this.#filler.close()
  }

  async #produce(leader: number, runs: readonly Run[]): Promise<void> {
    const broker = await this.#cluster.findBroker({ nodeId: leader })
    const produce = {
      identity: null,
      acks: ALL_REPLICAS,
      timeoutMs: TRANSACTION_TIMEOUT_MS,
      timestamp: 0,
      batches: runs.map(({ topic, partition, records }) => {
        return { topic, partition, firstSequence: NO_SEQUENCE, records }
      }),
    }
    const packer = this.#packer
    const body = packer === null ? encodeProduce(produce) : await encodePackedProduce(produce, packer)
    const request = { ...PRODUCE_REQUEST, encode: async () => ({ buffer: body }) }
    const { topics } = await exchange(broker, { request, response: produceResponse })
    const bases = new Map(
      topics.flatMap(({ topicName: topic, partitions }) =>
        partitions.map(({ partition, baseOffset }) => [placeOf({ topic, partition }), Number(baseOffset)]),
      ),
    )
    for (const run of runs) {
      const base = bases.get(placeOf(run)) ?? -1
      if (base !== run.from) throw new Displaced(placeOf(run), run.from, base)
    }
  }

  #leaderOf({ topic, partition }: Run): number {
    const found = this.#cluster.findTopicPartitionMetadata(topic).find((p) => p.partitionId === partition)
    if (found === undefined) throw new Error(`${topic} has no partition ${partition}`)
    return found.leader
  }
}

/** A compacted topic takes no record without a key. */
function fillerOf({ topic, partition }: Hole): OutgoingRecord {
  return { topic, partition, key: '', value: null }
}

/** The name of a partition, as {@link OffsetWriter.ends} has it. */
export function placeOf({ topic, partition }: Pick<OutgoingRecord, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`
}
