import type { TopicName } from '../../schemas/topics.ts'

/**
 * What stands behind FROM to read a table as every edition sees it: rows of a topic that an edition shares with the
 * one it is built on are there for both, and `shared.edition` says for which.
 */
export function sharedRows(table: string, topic: TopicName): string {
  return `${table} INNER JOIN edition_topics AS shared ON shared.owner = ${table}.edition AND shared.topic = '${topic}'`
}
