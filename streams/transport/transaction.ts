/**
 * Kafka transactions for one transactional id, one after the other: outputs and the offsets of many groups
 * commit together, or not at all.
 *
 * It speaks the protocol itself, over KafkaJS's connections, since KafkaJS's own producer cannot be told a
 * group's generation and does not survive an error. Nothing is retried inside a transaction that could have
 * been applied: after *any* error the object is dead, and so is its epoch; `open` a new one, which aborts what
 * was left open, and read back what was committed. A commit whose answer was lost is told apart that way.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { backOff } from './back-off.ts'
import type { KafkaClient } from './client.ts'
import { type Packer, packerOf } from './compression.ts'
import { typeOf } from './connection-faults.ts'
import { exchange, type Membership, type TopicOffsets, txnOffsetCommit } from './group-protocol.ts'
import { type Broker, type Cluster, produceResponse, type TransactionIdentity } from './kafkajs.ts'
import { isPassing } from './outlook.ts'
import { encodePackedProduce, encodeProduce } from './produce-request.ts'
import { mindingTime, recordTime } from './record-time.ts'

/** A record to be published. Keys decide nothing here: the partition is already chosen. */
export interface OutgoingRecord {
  readonly topic: string
  readonly partition: number
  readonly key: string | Buffer | null
  readonly value: Buffer | null
}

/** Progress of one group. */
export interface GroupOffsets {
  readonly groupId: string
  readonly membership: Membership | null
  readonly topics: readonly TopicOffsets[]
}

/** Where the records of a committed transaction begin, a partition: key `topic/partition`. */
export type BaseOffsets = ReadonlyMap<string, number>

/** The head of a Produce request, whose body {@link encodeProduce} writes. */
export const PRODUCE_REQUEST = { apiKey: 0, apiVersion: 7, apiName: 'Produce' } as const
const TRANSACTION_COORDINATOR = 1
/** A write counts once all copies that keep up have it. */
export const ALL_REPLICAS = -1
/** Kafka Streams' value under exactly-once: a dead worker's transaction holds readers back no longer. */
export const TRANSACTION_TIMEOUT_MS = 10_000
/** The broker limits a batch to 1 MiB by default, and a send is one batch a partition. */
export const MAX_BATCH_BYTES = 900 * 1024
const RECORD_OVERHEAD = 64
const RETRY_MS = 3
const PAUSES = { firstMs: 50, maxMs: 1_500 }
const NEVER = new AbortController().signal
/** What the coordinator answers while it finishes the transaction before: harmless to ask again. */
const BUSY = new Set(['CONCURRENT_TRANSACTIONS', 'GROUP_LOAD_IN_PROGRESS', 'COORDINATOR_LOAD_IN_PROGRESS'])
const FENCED = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS'])
const OPENING = new Set([...BUSY, 'NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE'])

/** The largest record that can be published, key and value together. */
export const MAX_RECORD_BYTES = MAX_BATCH_BYTES - RECORD_OVERHEAD

/** A group has gone on without this member: what it finished is no longer its own to commit. */
export class Fenced extends Error {
  readonly groupId: string
  /** The membership that was refused. */
  readonly membership: Membership | null

  constructor(groupId: string, membership: Membership | null, cause: unknown) {
    super(`group ${groupId} has gone on without this member`, { cause })
    this.name = 'Fenced'
    this.groupId = groupId
    this.membership = membership
  }
}

/** Whether the broker has refused a commit because the group has gone on without its member. */
export function isFencing(error: unknown): boolean {
  return FENCED.has(typeOf(error))
}

/** Runs transactions; one at a time. */
export class TransactionalProducer {
  readonly #cluster: Cluster
  readonly #coordinator: Broker
  readonly #identity: TransactionIdentity
  readonly #sequences = new Map<string, number>()
  readonly #groupCoordinators = new Map<string, Broker>()

  readonly #packer: Packer | null

  private constructor(
    cluster: Cluster,
    coordinator: Broker,
    identity: TransactionIdentity,
    packer: Packer | null,
  ) {
    this.#cluster = cluster
    this.#coordinator = coordinator
    this.#identity = identity
    this.#packer = packer
  }

  /**
   * Takes over the transactional id: whatever held it before is fenced, and its open transaction aborted.
   * Waits for a broker that is away, until the signal.
   */
  static async open(
    client: KafkaClient,
    transactionalId: string,
    signal: AbortSignal = NEVER,
  ): Promise<TransactionalProducer> {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      let cluster: Cluster | null = null
      try {
        cluster = await client.newCluster()
        const coordinator = await cluster.findGroupCoordinator({
          groupId: transactionalId,
          coordinatorType: TRANSACTION_COORDINATOR,
        })
        const request = { transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS }
        const { producerId, producerEpoch } = await coordinator.initProducerId(request)
        const identity = { transactionalId, producerId, producerEpoch }
        return new TransactionalProducer(cluster, coordinator, identity, packerOf(client.compression))
      } catch (error) {
        await cluster?.disconnect().catch(() => {})
        if (!OPENING.has(typeOf(error)) && !isPassing(error)) throw error
        await client.watch.answers(signal)
        await sleep(backOff(attempt, PAUSES))
      }
    }
  }

  /**
   * Publishes the records and the progress in one transaction.
   * @param between called after the first send and before the end: where a kill hurts most, as tests want to know.
   * @throws on any failure; this object must not be used again then.
   */
  async commit(
    records: readonly OutgoingRecord[],
    offsets: readonly GroupOffsets[],
    between: () => void = () => {},
  ): Promise<BaseOffsets> {
    await this.#addPartitions(records)
    const sending = this.#send(records, between)
    const committing = this.#commitOffsets(offsets)
    const [sent, committed] = await Promise.allSettled([sending, committing])
    if (sent.status === 'rejected') throw sent.reason
    if (committed.status === 'rejected') throw committed.reason
    if (records.length > 0 || offsets.length > 0) {
      await this.#coordinator.endTxn({ ...this.#identity, transactionResult: true })
    }
    return sent.value
  }

  /**
   * Writes the records in a transaction that is aborted: no reader ever sees them, but in each of these partitions they
   * and the mark of the transaction's end, one more, have taken up offsets. The mark may come a moment later.
   * @throws on any failure; this object must not be used again then.
   */
  async discard(
    places: readonly Pick<OutgoingRecord, 'topic' | 'partition'>[],
    records: readonly OutgoingRecord[],
  ): Promise<void> {
    await this.#addPartitions(places)
    await this.#send(records, () => {})
    await this.#coordinator.endTxn({ ...this.#identity, transactionResult: false })
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  async #addPartitions(places: readonly Pick<OutgoingRecord, 'topic' | 'partition'>[]): Promise<void> {
    if (places.length === 0) return
    const byTopic = new Map<string, Set<number>>()
    for (const { topic, partition } of places) {
      const partitions = byTopic.get(topic)
      if (partitions === undefined) byTopic.set(topic, new Set([partition]))
      else partitions.add(partition)
    }
    const topics = [...byTopic].map(([topic, partitions]) => ({ topic, partitions: [...partitions] }))
    await this.#cluster.addMultipleTargetTopics([...byTopic.keys()])
    await whileBusy(() => this.#coordinator.addPartitionsToTxn({ ...this.#identity, topics }))
  }

  async #send(records: readonly OutgoingRecord[], between: () => void): Promise<BaseOffsets> {
    const bases = new Map<string, number>()
    for (const slice of slices(records)) {
      const byLeader = Map.groupBy(slice, ([place]) => this.#leaderOf(place.topic, place.partition))
      await Promise.all([...byLeader].map(([leader, batches]) => this.#produce(leader, batches, bases)))
      between()
    }
    return bases
  }

  async #produce(
    leader: number,
    batches: readonly PartitionBatch[],
    bases: Map<string, number>,
  ): Promise<void> {
    const broker = await this.#cluster.findBroker({ nodeId: leader })
    const request = {
      identity: this.#identity,
      acks: ALL_REPLICAS,
      timeoutMs: TRANSACTION_TIMEOUT_MS,
      timestamp: recordTime(),
      batches: batches.map(([{ topic, partition }, records]) => {
        const firstSequence = this.#takeSequences(`${topic}/${partition}`, records.length)
        return { topic, partition, firstSequence, records }
      }),
    }
    const packer = this.#packer
    const body = packer === null ? encodeProduce(request) : await encodePackedProduce(request, packer)
    const response = await exchange(broker, {
      request: { ...PRODUCE_REQUEST, encode: async () => ({ buffer: body }) },
      response: mindingTime(produceResponse),
    })
    for (const { topicName, partitions } of response.topics) {
      for (const { partition, baseOffset } of partitions) {
        const place = `${topicName}/${partition}`
        if (!bases.has(place)) bases.set(place, Number(baseOffset))
      }
    }
  }

  /** Sequence numbers are 31 bits wide and start again at 0, as the broker expects. */
  #takeSequences(place: string, count: number): number {
    const first = this.#sequences.get(place) ?? 0
    this.#sequences.set(place, (first + count) % 2 ** 31)
    return first
  }

  async #commitOffsets(offsets: readonly GroupOffsets[]): Promise<void> {
    for (const { groupId } of offsets) {
      await whileBusy(() => this.#coordinator.addOffsetsToTxn({ ...this.#identity, groupId }))
    }
    await Promise.all(
      offsets.map(async ({ groupId, membership, topics }) => {
        const coordinator = await this.#groupCoordinator(groupId)
        try {
          await whileBusy(() => txnOffsetCommit(coordinator, this.#identity, groupId, membership, topics))
        } catch (error) {
          throw isFencing(error) ? new Fenced(groupId, membership, error) : error
        }
      }),
    )
  }

  async #groupCoordinator(groupId: string): Promise<Broker> {
    const known = this.#groupCoordinators.get(groupId)
    if (known !== undefined) return known
    const coordinator = await this.#cluster.findGroupCoordinator({ groupId })
    this.#groupCoordinators.set(groupId, coordinator)
    return coordinator
  }

  #leaderOf(topic: string, partition: number): number {
    const found = this.#cluster.findTopicPartitionMetadata(topic).find((p) => p.partitionId === partition)
    if (found === undefined) throw new Error(`${topic} has no partition ${partition}`)
    return found.leader
  }
}

/** What one send holds of a partition. */
export type PartitionBatch = readonly [{ topic: string; partition: number }, OutgoingRecord[]]

/**
 * Cuts the records into sends: each holds at most one batch a partition, no batch above the broker's limit;
 * a partition's records keep their order.
 */
export function* slices(records: readonly OutgoingRecord[]): Generator<PartitionBatch[]> {
  const queues = Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`)
  while (queues.size > 0) {
    const send: PartitionBatch[] = []
    for (const [place, queue] of queues) {
      let bytes = 0
      let count = 0
      while (count < queue.length && (count === 0 || bytes + sizeOf(queue[count]!) <= MAX_BATCH_BYTES)) {
        bytes += sizeOf(queue[count]!)
        count++
      }
      const { topic, partition } = queue[0]!
      send.push([{ topic, partition }, queue.slice(0, count)])
      if (count === queue.length) queues.delete(place)
      else queues.set(place, queue.slice(count))
    }
    yield send
  }
}

/** Bytes a record takes in a batch, a little more than exactly. */
export function sizeOf({ key, value }: { key: string | Buffer | null; value: Buffer | null }): number {
  const keyBytes = key === null ? 0 : typeof key === 'string' ? Buffer.byteLength(key) : key.length
  return keyBytes + (value?.length ?? 0) + RECORD_OVERHEAD
}

/** Repeats a request the coordinator refused because it is still ending the transaction before. */
async function whileBusy(request: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + TRANSACTION_TIMEOUT_MS
  for (;;) {
    try {
      await request()
      return
    } catch (error) {
      if (!BUSY.has(typeOf(error)) || performance.now() > deadline) throw error
      await sleep(RETRY_MS)
    }
  }
}
