/**
 * Makes a pipeline's tables anew: dropped, made, and filled from the topics of all its editions. Progress is told of a
 * database by its id, and the new one has another: so no group's offsets need to be set back, and a rebuild that was cut
 * short is gone on with by the next run.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openAnalytics } from '../analytics/client.ts'
import { type Layout, layoutOf } from '../analytics/ddl.ts'
import { explainFailure } from '../analytics/failure.ts'
import { dropTables, migrate } from '../analytics/migrations.ts'
import { SINK_STEP } from '../analytics/sink/sink.ts'
import { TABLES } from '../analytics/tables/tables.ts'
import { NinefoldError } from '../errors.ts'
import { groupName } from '../schemas/topic-names.ts'
import { editionsWith, editionTopics } from '../streams/edition-topics.ts'
import { findAnalytics } from './addresses.ts'
import { startSink } from './analytics.ts'
import { baseOf, readEditionTopic } from './editions.ts'
import type { Session } from './session.ts'

/** How many rows a table has now. */
export interface RebuiltTable {
  readonly table: string
  readonly rows: number
}

const POLL_MS = 200

/**
 * Drops the tables, makes them, fills them.
 * @param say told, a line at a time, what is under way
 * @throws {NinefoldError} NF_ANALYTICS_BUSY while workers bring records in; NF_CLICKHOUSE_…
 */
export async function rebuildAnalytics(
  session: Session,
  say: (line: string) => void,
): Promise<RebuiltTable[]> {
  const editions = await editionsOf(session)
  await refuseWhileBusy(session, editions)
  const url = await findAnalytics(session.config)
  const open = (database?: string) => openAnalytics(session.config, url, { database })
  const layout = layoutOf(session.config.clickhouse)
  try {
    await makeAnew(open, layout)
    for (const { config } of editions) say(`edition ${config.edition}: reading its topics`)
    for (const edition of editions) await fill(edition, say)
    return await countRows(open)
  } catch (error) {
    throw explainFailure(error, { url: url ?? '' })
  }
}

/** A session's own edition and its siblings, each as a session of its own; those that are being dropped are not. */
async function editionsOf(session: Session): Promise<Session[]> {
  const { client, config } = session
  const names = editionsWith('editions', config, await client.listTopics())
  const siblings = names.map(async (edition): Promise<Session | null> => {
    const its = { ...config, edition }
    const recorded = await readEditionTopic(session, editionTopics(its, null)('editions'))
    if (recorded?.isDropping) return null
    const base = recorded === null ? null : baseOf(recorded.record)
    return { ...session, config: its, base, fullName: editionTopics(its, base) }
  })
  return (await Promise.all(siblings)).filter((sibling) => sibling !== null)
}

async function refuseWhileBusy({ client }: Session, editions: readonly Session[]): Promise<void> {
  const groups = new Map(editions.map(({ config }) => [groupName(config, SINK_STEP), config.edition]))
  for (const { groupId, members } of await client.describeGroups([...groups.keys()])) {
    if (members.length === 0) continue
    throw new NinefoldError(
      'NF_ANALYTICS_BUSY',
      `${members.length} workers bring records of edition ${groups.get(groupId)} into the tables`,
      'Stop them (Ctrl-C in "ninefold run"); one that was killed is forgotten after some seconds. Then try again.',
    )
  }
}

async function makeAnew(open: (database?: string) => ReturnType<typeof openAnalytics>, layout: Layout) {
  const client = open('default')
  try {
    await dropTables(client, layout)
  } finally {
    await client.close()
  }
  await migrate(open, layout)
}

/** Brings in all that stands in the edition's topics now. */
async function fill(session: Session, say: (line: string) => void): Promise<void> {
  let failure: Error | null = null
  const failed = (error: Error) => {
    failure ??= error
  }
  const sink = startSink(session, { say, failed })
  try {
    while (sink !== null && failure === null && !(await sink.isDrained())) await sleep(POLL_MS)
  } finally {
    await sink?.stop()
  }
  if (failure !== null) throw failure
}

async function countRows(open: () => ReturnType<typeof openAnalytics>): Promise<RebuiltTable[]> {
  const client = open()
  try {
    const counts = TABLES.map(
      ({ name }) => `SELECT '${name}' AS table, toUInt32(count()) AS rows FROM ${name}`,
    )
    const result = await client.query({ query: counts.join(' UNION ALL '), format: 'JSONEachRow' })
    const rows = new Map((await result.json<RebuiltTable>()).map(({ table, rows }) => [table, rows]))
    return TABLES.map(({ name }) => ({ table: name, rows: rows.get(name) ?? 0 }))
  } finally {
    await client.close()
  }
}
