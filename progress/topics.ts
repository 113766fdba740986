/** The topics of an edition: how much is in them, and who is behind. */
import { SINK_STEP } from '../analytics/sink/sink.ts'
import { topicsOfSink } from '../pipeline/analytics.ts'
import type { Session } from '../pipeline/session.ts'
import { topicsOf } from '../plugins/topics.ts'
import { topology } from '../processors/topology.ts'
import type { TopicName } from '../schemas/topics.ts'
import { sharedTopics } from '../streams/edition-topics.ts'
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
  /** The groups that read it, and how many offsets they are behind. */
  readonly groups: readonly {
    readonly group: string
    readonly step: string
    readonly title: string
    readonly lag: number
  }[]
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
  const topics = names.map((topic): TopicReport => {
    const name = fullName(topic)
    const its = extents.get(name) ?? []
    return {
      topic,
      name,
      shared: shared.has(topic),
      partitions: its.length,
      offsets: sumOf(its.map(({ first, end }) => end - first)),
      bytes: bytes === null ? null : (bytes.get(name) ?? 0),
      groups: groupsOn(topic, lags),
    }
  })
  return { pipeline: config.pipeline, edition: config.edition, topics, total: totalOf(topics) }
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
