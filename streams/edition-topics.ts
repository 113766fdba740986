/** Which topics an edition reads and writes: its own, and those it shares with the edition it is built on. */
import type { Config } from '../config/config.ts'
import { topicsOf } from '../plugins/topics.ts'
import { editionOfTopic, topicNames } from '../schemas/topic-names.ts'
import type { TopicName } from '../schemas/topics.ts'
import type { NewTopic } from './transport/client.ts'

/** An edition that applies a configuration to what another one has already taken in. */
export interface EditionBase {
  readonly edition: string
  /** The first topic that is read from the base; everything before it is the base's too. */
  readonly from: TopicName
}

/** The topics up to and including `from`, in the dataflow's order. */
const DATAFLOW: readonly TopicName[] = ['intake', 'questions', 'raw-paths', 'verdicts']

/** Full names of an edition's topics: shared ones carry the base edition's name. */
export function editionTopics(config: Config, base: EditionBase | null): (topic: TopicName) => string {
  const { topicPrefix } = config.kafka
  const own = topicNames({ topicPrefix, pipeline: config.pipeline, edition: config.edition })
  if (base === null) return own
  const shared = topicNames({ topicPrefix, pipeline: config.pipeline, edition: base.edition })
  const isShared = sharedTopics(base)
  return (topic) => (isShared.has(topic) ? shared(topic) : own(topic))
}

/** The topics an edition shares with its base. @throws when it cannot be built on that topic. */
export function sharedTopics(base: EditionBase | null): ReadonlySet<TopicName> {
  if (base === null) return new Set()
  const last = DATAFLOW.indexOf(base.from)
  if (last < 0) throw new Error(`an edition can be built from ${DATAFLOW.join(', ')}, not from ${base.from}`)
  return new Set(DATAFLOW.slice(0, last + 1))
}

/**
 * The editions of a pipeline that have a topic of their own, in the order of their names.
 * @param topics the full names of all topics there are
 */
export function editionsWith(
  topic: TopicName,
  { kafka, pipeline }: Pick<Config, 'kafka' | 'pipeline'>,
  topics: readonly string[],
): string[] {
  const parts = { topicPrefix: kafka.topicPrefix, pipeline }
  return topics.flatMap((name) => editionOfTopic(parts, topic, name) ?? []).sort()
}

const KEPT: Readonly<Record<string, string>> = { 'retention.ms': '-1', 'retention.bytes': '-1' }
const COMPACTED: Readonly<Record<string, string>> = { 'cleanup.policy': 'compact' }

/** How a topic is kept. Topics keep everything; only the changelog is compacted, and none is ever tombstoned. */
export function topicSettings(name: string): Readonly<Record<string, string>> {
  return name === 'triage-state' ? COMPACTED : KEPT
}

/** All topics of an edition. */
export function topicsToMake(config: Config, fullName: (topic: TopicName) => string): NewTopic[] {
  const { partitions, replication } = config.kafka
  return topicsOf(config).map((topic) => ({
    topic: fullName(topic),
    partitions,
    replication,
    config: topicSettings(topic),
  }))
}
