/**
 * Looks at a cluster without taking part in anything: where topics end, how far groups are, who their members are, what
 * it all takes on disk. As few requests as there can be, for it may be asked again and again while work goes on.
 */
import { type BatchSample, sampleBatches } from './batch-sample.ts'
import type { KafkaClient } from './client.ts'
import { typeOf } from './connection-faults.ts'
import { type CommittedOffset, fetchOffsetsNow } from './group-protocol.ts'
import type { Broker, Cluster } from './kafkajs.ts'
import { bytesOnBroker } from './log-dirs.ts'
import { isTransient } from './reader.ts'
import { type WorkerIdentity, workerOf } from './sticky-assigner.ts'

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1
const LATEST = -1
const EARLIEST = -2
const MAX_ATTEMPTS = 10

/** The committed part of a partition. */
export interface Extent {
  readonly partition: number
  readonly first: number
  /** The last stable offset. */
  readonly end: number
}

/** A group, and the workers in it. */
export interface GroupMembers {
  readonly groupId: string
  /** Members, whether or not they said who they are. */
  readonly members: number
  readonly workers: readonly WorkerIdentity[]
}

/** Partitions by topic, under the number of the broker that leads them. */
export type Placed = Map<number, { topic: string; partitions: number[] }[]>

/** Looks through one client. */
export class ClusterObserver {
  readonly #client: KafkaClient

  constructor(client: KafkaClient) {
    this.#client = client
  }

  /** Where every partition of these topics begins and ends, in partition order. */
  async extents(topics: readonly string[]): Promise<Map<string, Extent[]>> {
    return this.#trying(async (cluster) => {
      const extents = new Map<string, Extent[]>(topics.map((topic) => [topic, []]))
      for (const [leader, led] of await placed(cluster, topics)) {
        const broker = await cluster.findBroker({ nodeId: leader })
        const [first, end] = await Promise.all([
          offsetsAt(broker, led, EARLIEST),
          offsetsAt(broker, led, LATEST),
        ])
        for (const { topic, partitions } of led) {
          for (const partition of partitions) {
            const place = `${topic}/${partition}`
            extents.get(topic)!.push({ partition, first: first.get(place) ?? 0, end: end.get(place) ?? 0 })
          }
        }
      }
      for (const all of extents.values()) all.sort((a, b) => a.partition - b.partition)
      return extents
    })
  }

  /** What a group has committed; a transaction that is open may replace it in a moment. */
  async progress(
    groupId: string,
    topics: readonly { topic: string; partitions: readonly number[] }[],
  ): Promise<CommittedOffset[]> {
    return this.#trying(async (cluster) =>
      fetchOffsetsNow(await cluster.findGroupCoordinator({ groupId }), groupId, topics),
    )
  }

  /** Bytes on disk by topic, one copy of each partition; null when the broker will not tell. */
  async bytes(topics: readonly string[]): Promise<Map<string, number> | null> {
    try {
      return await this.#trying(async (cluster) => {
        const bytes = new Map<string, number>()
        for (const [leader, led] of await placed(cluster, topics)) {
          const broker = await cluster.findBroker({ nodeId: leader })
          for (const [topic, size] of await bytesOnBroker(broker, led)) {
            bytes.set(topic, (bytes.get(topic) ?? 0) + size)
          }
        }
        return bytes
      })
    } catch (error) {
      if (typeOf(error) === '') throw error
      return null
    }
  }

  /** How a topic's batches are packed, by some of its fullest partition; null where there are none. */
  async sample(topic: string, extents: readonly Extent[]): Promise<BatchSample | null> {
    const [fullest] = extents.toSorted((a, b) => b.end - b.first - (a.end - a.first))
    if (fullest === undefined || fullest.end === fullest.first) return null
    const { partition, first, end } = fullest
    const sample = await this.#trying(async (cluster) => {
      const placing = [...(await placed(cluster, [topic]))]
      const [leader] = placing.find(([, led]) =>
        led.some(({ partitions }) => partitions.includes(partition)),
      )!
      const broker = await cluster.findBroker({ nodeId: leader })
      // From the middle: neither the first ones, which are few, nor the last.
      return sampleBatches(broker, { topic, partition, offset: Math.floor((first + end) / 2) })
    })
    return sample.storedBytes === 0 ? null : sample
  }

  /** Who is in these groups now. */
  async members(groupIds: readonly string[]): Promise<GroupMembers[]> {
    const groups = await this.#client.describeGroups(groupIds)
    return groups.map(({ groupId, members }) => ({
      groupId,
      members: members.length,
      workers: members.flatMap(({ memberMetadata }) => workerOf(memberMetadata) ?? []),
    }))
  }

  /** Retries what a moved leader or coordinator breaks; gives up soon, for whoever looks on can look again later. */
  async #trying<T>(action: (cluster: Cluster) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const cluster = await this.#client.cluster()
      try {
        return await action(cluster)
      } catch (error) {
        const isHopeless = this.#client.watch.away !== null || !isTransient(error)
        if (attempt >= MAX_ATTEMPTS || isHopeless) throw error
        await cluster.refreshMetadata().catch(() => {})
      }
    }
  }
}

/** Topics' partitions by the broker that leads them. */
export async function placed(cluster: Cluster, topics: readonly string[]): Promise<Placed> {
  await cluster.addMultipleTargetTopics(topics)
  const placed: Placed = new Map()
  for (const topic of topics) {
    for (const { partitionId, leader } of cluster.findTopicPartitionMetadata(topic)) {
      const led = placed.get(leader) ?? []
      placed.set(leader, led)
      const known = led.find((one) => one.topic === topic)
      if (known === undefined) led.push({ topic, partitions: [partitionId] })
      else known.partitions.push(partitionId)
    }
  }
  return placed
}

/** Where all that was written to these partitions ends, transactions that are open among it: by `topic/partition`. */
export function writtenEnds(
  broker: Broker,
  led: readonly { topic: string; partitions: readonly number[] }[],
): Promise<Map<string, number>> {
  return offsetsAt(broker, led, LATEST, READ_UNCOMMITTED)
}

async function offsetsAt(
  broker: Broker,
  led: readonly { topic: string; partitions: readonly number[] }[],
  timestamp: number,
  isolationLevel = READ_COMMITTED,
): Promise<Map<string, number>> {
  const topics = led.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => ({ partition, timestamp })),
  }))
  const { responses } = await broker.listOffsets({ isolationLevel, topics })
  return new Map(
    responses.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)] as const),
    ),
  )
}
