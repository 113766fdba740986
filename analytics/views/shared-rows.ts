import type { TopicName } from '../../schemas/topics.ts'

/**
 * What stands behind FROM to read a table as every edition sees it: rows of a topic that an edition shares with the
 * one it is built on are there for both, and `shared.edition` says for which.
 */
export function sharedRows(table: string, topic: TopicName): string {
  return `${table} INNER JOIN ${owners(table, topic)}`
}

/**
 * What every edition sees of a topic's rows, as SELECTs to stand within a subquery: its own rows as they are, and those
 * of the one it is built on, joined. Far faster than {@link sharedRows}, which joins all rows, for most are seen by
 * their own edition alone.
 * @param select, rest what stands before and behind FROM, by the expression of the edition that sees the row
 */
export function seenRows(
  table: string,
  topic: TopicName,
  select: (edition: string) => string,
  rest: (edition: string) => string,
): string {
  return `
    ${select('edition')}
    FROM ${table}
    ${rest('edition')}
    UNION ALL
    ${select('shared.edition')}
    FROM ${table} INNER JOIN (
        SELECT edition, owner FROM edition_topics WHERE topic = '${topic}' AND owner != edition
    ) AS shared ON shared.owner = ${table}.edition
    ${rest('shared.edition')}`
}

/** The same of what a subquery makes of a topic's table, apart for each `edition` in it: far fewer rows to join. */
export function sharedSums(subquery: string, topic: TopicName): string {
  return `(${subquery}) AS owned INNER JOIN ${owners('owned', topic)}`
}

/**
 * The edition whose rows of a topic are those of a row's `edition`; empty while nothing is known of that one. For keys:
 * to look up a question of each edition takes far less than to have every row once for each.
 */
export function ownerOf(topic: TopicName): string {
  const known = (column: string) =>
    `(SELECT arrayPushBack(groupArray(toString(${column})), '') FROM edition_topics WHERE topic = '${topic}')`
  return `transform(edition, ${known('edition')}, ${known('owner')}, '')`
}

function owners(name: string, topic: TopicName): string {
  return `edition_topics AS shared ON shared.owner = ${name}.edition AND shared.topic = '${topic}'`
}
