/** The topics of an edition: how much is in them, and who is behind. */
import { SINK_STEP } from '../analytics/sink/sink.ts'
import { topicsOfSink } from '../pipeline/analytics.ts'
import type { Session } from '../pipeline/session.ts'
import { topicsOf } from '../plugins/topics.ts'
import { topology } from '../processors/topology.ts'
import type { TopicName } from '../schemas/topics.ts'
import { sharedTopics } from '../streams/edition-topics.ts'
import type { BatchSample } from '../streams/transport/batch-sample.ts'
import { ClusterObserver } from '../streams/transport/observer.ts'
import { type GroupLag, type GroupReader, readerOf, readLags } from './lags.ts'

/** A topic as it stands. */
export interface TopicReport {
  /** Its short name. */
  readonly topic: TopicName
  /** As the broker knows it. */
  readonly name: string
  /** Whether it is the base edition's. */
  readonly shared: boolean
  readonly partitions: number
  /** Offsets from beginning to end: records, and the marks of transactions among them. */
  readonly offsets: number
  /** One copy of each partition; null when the broker does not tell. */
  readonly bytes: number | null
  /** How it is packed, by a sample; null when there is nothing in it. */
  readonly compression: TopicCompression | null
  /** The groups that read it, and how many offsets they are behind. */
  readonly groups: readonly {
    readonly group: string
    readonly step: string
    readonly title: string
    readonly lag: number
  }[]
}

/** How a topic's batches are packed. */
export interface TopicCompression {
  /** Kafka's codecs among them, `none` for those as they are; sorted. */
  readonly codecs: readonly string[]
  /** Bytes as they were before they were packed, by those that are stored. */
  readonly ratio: number
  /** What the topic would take unpacked, by the sample's ratio; null when the broker does not tell its bytes. */
  readonly unpackedBytes: number | null
}

/** All topics of an edition, in the order of the dataflow. */
export interface TopicsReport {
  readonly pipeline: string
  readonly edition: string
  readonly topics: readonly TopicReport[]
  readonly total: {
    readonly partitions: number
    readonly offsets: number
    readonly bytes: number | null
    readonly lag: number
  }
}

/** Looks at the topics now. */
export async function readTopics(
  session: Pick<Session, 'config' | 'client' | 'base' | 'fullName'>,
): Promise<TopicsReport> {
  const { config, client, base, fullName } = session
  const observer = new ClusterObserver(client)
  const names = topicsOf(config)
  const full = names.map(fullName)
  const [extents, bytes] = [await observer.extents(full), await observer.bytes(full)]
  const shared = sharedTopics(base)
  const lags = await readLags(session, observer, readersOf(session), extents)
  const samples = new Map<string, BatchSample | null>()
  for (const name of full) samples.set(name, await observer.sample(name, extents.get(name) ?? []))
  const topics = names.map((topic): TopicReport => {
    const name = fullName(topic)
    const its = extents.get(name) ?? []
    const stored = bytes === null ? null : (bytes.get(name) ?? 0)
    return {
      topic,
      name,
      shared: shared.has(topic),
      partitions: its.length,
      offsets: sumOf(its.map(({ first, end }) => end - first)),
      bytes: stored,
      compression: compressionOf(samples.get(name) ?? null, stored),
      groups: groupsOn(topic, lags),
    }
  })
  return { pipeline: config.pipeline, edition: config.edition, topics, total: totalOf(topics) }
}

function compressionOf(sample: BatchSample | null, bytes: number | null): TopicCompression | null {
  if (sample === null) return null
  const ratio = sample.unpackedBytes / sample.storedBytes
  return {
    codecs: [...sample.codecs].sort(),
    ratio: Math.round(ratio * 100) / 100,
    unpackedBytes: bytes === null ? null : Math.round(bytes * ratio),
  }
}

/** The edition's steps, and the analytics where they are wanted. */
function readersOf({ config, base }: Pick<Session, 'config' | 'base'>): GroupReader[] {
  const shared = sharedTopics(base)
  const steps = topology(config).filter(({ outputs }) => !outputs.some((topic) => shared.has(topic)))
  return [...steps.map(readerOf), ...(config.clickhouse.kind === 'off' ? [] : [sinkReader({ config, base })])]
}

/** The analytics as a reader. */
export function sinkReader(session: Pick<Session, 'config' | 'base'>): GroupReader {
  return { step: SINK_STEP, inputs: topicsOfSink(session), inOrder: true }
}

function groupsOn(topic: TopicName, lags: readonly GroupLag[]): TopicReport['groups'] {
  return lags.flatMap(({ group, step, title, topics }) =>
    topics.filter((one) => one.topic === topic).map(({ lag }) => ({ group, step, title, lag })),
  )
}

function totalOf(topics: readonly TopicReport[]): TopicsReport['total'] {
  const bytes = topics.map((topic) => topic.bytes)
  return {
    partitions: sumOf(topics.map(({ partitions }) => partitions)),
    offsets: sumOf(topics.map(({ offsets }) => offsets)),
    bytes: bytes.includes(null) ? null : sumOf(bytes as number[]),
    lag: sumOf(topics.flatMap(({ groups }) => groups.map(({ lag }) => lag))),
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
