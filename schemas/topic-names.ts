import type { TopicName } from './topics.ts'

/** What the names of an edition's topics and groups are made of. */
export interface NameParts {
  /** Put before the name of every topic, group and transactional id, for a shared cluster; empty by default. */
  topicPrefix: string
  pipeline: string
  edition: string
}

/** The full name of a topic, as the broker knows it: `<prefix><pipeline>.<edition>.<topic>`. */
export function topicNames(parts: NameParts): (topic: TopicName) => string {
  const start = `${parts.topicPrefix}${parts.pipeline}.${parts.edition}.`
  return (topic) => start + topic
}

/** The edition a topic belongs to by its full name; null where it is no topic of this name in this pipeline. */
export function editionOfTopic(
  { topicPrefix, pipeline }: Omit<NameParts, 'edition'>,
  topic: TopicName,
  fullName: string,
): string | null {
  const [start, end] = [`${topicPrefix}${pipeline}.`, `.${topic}`]
  if (!fullName.startsWith(start) || !fullName.endsWith(end)) return null
  const edition = fullName.slice(start.length, -end.length)
  // No name of an edition has a dot.
  return edition === '' || edition.includes('.') ? null : edition
}

/** The part of a configuration that groups and transactional ids are named after. */
export interface GroupParts extends Pick<NameParts, 'pipeline' | 'edition'> {
  readonly kafka: Pick<NameParts, 'topicPrefix'>
}

/**
 * The consumer group of a step: `<prefix><pipeline>.<edition>.<step>`; a step may end in a sampler's id. With the
 * prefix, or two teams that call a pipeline the same would take each other's work on one cluster.
 */
export function groupName({ kafka, pipeline, edition }: GroupParts, step: string): string {
  return `${kafka.topicPrefix}${pipeline}.${edition}.${step}`
}
