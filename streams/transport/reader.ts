/**
 * Reads topics without a group: ranges of a partition, ends, committed offsets. What restores stores, rebuilds
 * caches, exports and audits are made of. Sees committed records only.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { backOff } from './back-off.ts'
import type { KafkaClient } from './client.ts'
import { type CommittedOffset, fetchStableOffsets } from './group-protocol.ts'
import { BatchClass, type Broker, type Cluster, type KafkaMessage } from './kafkajs.ts'
import { isPassing } from './outlook.ts'

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1
const LATEST = -1
const EARLIEST = -2
const MAX_BYTES = 8 * 1024 * 1024
const MAX_ATTEMPTS = 60
const PAUSES = { firstMs: 100, maxMs: 1_500 }
const SETTLING_MS = 20

/** Where a partition begins and ends. */
export interface Bounds {
  readonly first: number
  /** Where its committed part ends: the last stable offset. */
  readonly end: number
  /** Where all of it ends, transactions that are still open among it: the high watermark. */
  readonly written: number
}

/** A record as read, with where it stood. */
export interface StoredRecord {
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** When it was written, by its producer's clock: milliseconds since 1970. */
  readonly timestamp: number
  /** As they came with it; none of ours has any. */
  readonly headers?: KafkaMessage['headers']
}

/** Reads partitions of any topic through one client. */
export class TopicReader {
  readonly #client: KafkaClient
  readonly #patience: AbortSignal | null

  /** @param patience until then a cluster that is away is waited for; without it for a minute at most */
  constructor(client: KafkaClient, patience: AbortSignal | null = null) {
    this.#client = client
    this.#patience = patience
  }

  /** Where every partition of a topic begins and ends, in partition order. */
  async bounds(topic: string): Promise<Bounds[]> {
    return this.#retrying(async (cluster) => {
      const partitions = partitionsOf(cluster, topic)
      const bounds: Bounds[] = partitions.map(() => ({ first: 0, end: 0, written: 0 }))
      for (const leader of new Set(partitions.map((p) => p.leader))) {
        const broker = await cluster.findBroker({ nodeId: leader })
        const led = partitions.filter((p) => p.leader === leader).map((p) => p.partitionId)
        const [first, end, written] = await Promise.all([
          listOffsets(broker, topic, led, EARLIEST, READ_COMMITTED),
          listOffsets(broker, topic, led, LATEST, READ_COMMITTED),
          listOffsets(broker, topic, led, LATEST, READ_UNCOMMITTED),
        ])
        for (const partition of led) {
          bounds[partition] = {
            first: first.get(partition) ?? 0,
            end: end.get(partition) ?? 0,
            written: written.get(partition) ?? 0,
          }
        }
      }
      return bounds
    }, topic)
  }

  /**
   * The bounds of a topic, once all that is written there by now has been decided. A commit is final before its
   * markers have reached the partitions, and so are the offsets in it: whoever reads to the last stable offset at
   * such a moment misses a transaction that has happened (as in Kafka Streams' KAFKA-10167).
   * @param partition the only one that matters; all when left out
   */
  async settledBounds(topic: string, partition?: number): Promise<Bounds[]> {
    const asked = await this.bounds(topic)
    for (let now = asked; ; now = await this.bounds(topic)) {
      const isOpen = (_: Bounds, at: number) => now[at]!.end < asked[at]!.written
      if (!asked.some((one, at) => (partition ?? at) === at && isOpen(one, at))) return now
      await sleep(SETTLING_MS)
    }
  }

  /** The end of one partition, in the same sense. */
  async settledEnd(topic: string, partition: number): Promise<number> {
    return (await this.settledBounds(topic, partition))[partition]!.end
  }

  /** A group's committed offsets with metadata, once no transaction holds them open. */
  async committed(
    groupId: string,
    topics: readonly { topic: string; partitions: readonly number[] }[],
  ): Promise<CommittedOffset[]> {
    return this.#retrying(async (cluster) => {
      const coordinator = await cluster.findGroupCoordinator({ groupId })
      return fetchStableOffsets(coordinator, groupId, topics)
    })
  }

  /**
   * The committed records of one partition with from <= offset < to, a fetch at a time, in offset order.
   * @throws when the broker keeps giving nothing before `to`, an end it named itself: less is never passed off as all.
   */
  async *read(topic: string, partition: number, from: number, to: number): AsyncGenerator<StoredRecord[]> {
    let position = from
    let emptyFetches = 0
    while (position < to) {
      const chunk = await this.#retrying((cluster) => this.#fetch(cluster, topic, partition, position), topic)
      if (chunk.next <= position) {
        if (++emptyFetches < MAX_ATTEMPTS) continue
        throw new Error(`${topic}/${partition} gives nothing at ${position}, although it reaches to ${to}`)
      }
      emptyFetches = 0
      position = chunk.next
      const records = chunk.messages
        .map((message) => storedRecord(partition, message))
        .filter(({ offset }) => offset < to)
      if (records.length > 0) yield records
    }
  }

  /** All committed records of a topic as it stands now, partition after partition. */
  async *readAll(topic: string): AsyncGenerator<StoredRecord[]> {
    const bounds = await this.settledBounds(topic)
    for (const [partition, { first, end }] of bounds.entries()) yield* this.read(topic, partition, first, end)
  }

  async #fetch(cluster: Cluster, topic: string, partition: number, position: number) {
    const leader = partitionsOf(cluster, topic).find((p) => p.partitionId === partition)?.leader
    if (leader === undefined) throw new Error(`${topic} has no partition ${partition}`)
    const broker = await cluster.findBroker({ nodeId: leader })
    const { responses } = await broker.fetch({
      isolationLevel: READ_COMMITTED,
      maxWaitTime: 100,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(position), maxBytes: MAX_BYTES }] }],
    })
    const fetched = responses[0]?.partitions[0]
    if (fetched === undefined) return { messages: [] as KafkaMessage[], next: position }
    const batch = new BatchClass(topic, String(position), fetched)
    const next =
      batch.rawMessages.length > 0 ? Number(batch.lastOffset()) + 1 : Number(fetched.lastStableOffset)
    return { messages: batch.messages, next }
  }

  /** Retries what a broker's restart or a moved leader breaks, for a minute at most or as long as it may. */
  async #retrying<T>(action: (cluster: Cluster) => Promise<T>, topic?: string): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const cluster = await this.#client.cluster()
        if (topic !== undefined) await cluster.addMultipleTargetTopics([topic])
        return await action(cluster)
      } catch (error) {
        if (this.#patience !== null && isPassing(error)) await this.#client.watch.answers(this.#patience)
        else if (attempt >= MAX_ATTEMPTS || !isTransient(error)) throw error
        await sleep(backOff(attempt, PAUSES))
        await this.#client
          .cluster()
          .then((cluster) => cluster.refreshMetadata())
          .catch(() => {})
      }
    }
  }
}

function storedRecord(
  partition: number,
  { offset, key, value, timestamp, headers }: KafkaMessage,
): StoredRecord {
  return { partition, offset: Number(offset), key, value, timestamp: Number(timestamp), headers }
}

/** Whether trying again may help: KafkaJS says so, or the connection broke. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ((error as { retriable?: boolean }).retriable === true) return true
  return /Connection|BrokerNotFound|CoordinatorNotFound|RequestTimeout|MetadataNotLoaded|LockTimeout|NumberOfRetries/.test(
    error.name,
  )
}

/**
 * A topic's partitions. @throws a transient error when they are not known yet: KafkaJS lets who asks for a topic
 * wait for a refresh that had begun before, for others' topics, and then knows of no partitions.
 */
function partitionsOf(cluster: Cluster, topic: string): { partitionId: number; leader: number }[] {
  const partitions = cluster.findTopicPartitionMetadata(topic)
  if (partitions.length === 0) {
    throw Object.assign(new Error(`the partitions of ${topic} are not known yet`), { retriable: true })
  }
  return partitions.toSorted((a, b) => a.partitionId - b.partitionId)
}

async function listOffsets(
  broker: Broker,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
  isolationLevel: number,
) {
  const { responses } = await broker.listOffsets({
    isolationLevel,
    topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
  })
  return new Map(responses.flatMap((r) => r.partitions.map((p) => [p.partition, Number(p.offset)] as const)))
}
