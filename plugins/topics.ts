/** The topics of a configuration: those of the dataflow, and those its plugged-in processors write to. */
import type { Config } from '../config/types.ts'
import { TOPICS, type TopicName } from '../schemas/topics.ts'
import type { OwnTopic } from './define.ts'

/** The topics of plugged-in processors. */
export function ownTopics({ plugins }: Pick<Config, 'plugins'>): OwnTopic[] {
  return plugins.flatMap(({ topics }) => topics)
}

/** A topic's name, as the runtime takes it: its types know the dataflow's alone. */
export function topicName(topic: TopicName | OwnTopic): TopicName {
  return typeof topic === 'string' ? topic : (topic.name as TopicName)
}

/**
 * All topics, the dataflow's first. The runtime's types know those alone: a plugged-in one is told apart by its name
 * only, and its records have the type its author gave them.
 */
export function topicsOf(config: Pick<Config, 'plugins'>): readonly TopicName[] {
  return [...TOPICS, ...ownTopics(config).map(topicName)]
}
