/**
 * Deletes an edition: its topics, groups, local stores and rows in ClickHouse. What was paid for stays: its topic
 * `completions`, the journals they come from, the groups that tell how far these were published, and the account of
 * what was spent. Begun with a record in the log, so that nobody goes on with half an edition; done again, it ends what
 * was begun.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openAnalytics } from '../analytics/client.ts'
import { layoutOf } from '../analytics/ddl.ts'
import { dropEditionRows } from '../analytics/drop-edition.ts'
import { explainFailure } from '../analytics/failure.ts'
import type { Config } from '../config/config.ts'
import { NinefoldError } from '../errors.ts'
import { DROPPING } from '../pipeline/editions.ts'
import { notePath } from '../pipeline/loaded-note.ts'
import { type PublishingSession, publish } from '../pipeline/publish.ts'
import type { Session } from '../pipeline/session.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { Edition } from '../schemas/types.ts'
import { isLocked } from '../stack/lock.ts'
import { clusterFolder, slotsFolder } from '../streams/slot.ts'
import { ClusterObserver } from '../streams/transport/observer.ts'
import { builtOn, type Spent, spentOn } from './edition-details.ts'
import { countRecords, type EditionView } from './edition-view.ts'

/** What dropping an edition deletes, and what it keeps. */
export interface DropLosses {
  readonly edition: string
  /** Training records that were not withdrawn. */
  readonly records: number
  readonly topics: number
  /** One copy of each partition; null when the broker does not tell. */
  readonly bytes: number | null
  /** Whether the questions are its own, and go with it. */
  readonly ownQuestions: boolean
  /** What was paid for, which stays. */
  readonly kept: Spent
}

type DropSession = Pick<Session, 'config' | 'client' | 'analyticsUrl'>

/**
 * What would be lost.
 * @throws {NinefoldError} NF_EDITION_IN_USE while a worker runs, or others are built on it
 */
export async function lossesOf(
  session: DropSession,
  editions: readonly EditionView[],
  view: EditionView,
): Promise<DropLosses> {
  const others = builtOn(editions, view.name)
  if (others.length > 0) {
    throw inUse(view.name, `${others.join(', ')} is built on its topics`, 'Drop that first.')
  }
  const config = { ...session.config, edition: view.name }
  await refuseWorkers(session, config)
  const topics = await topicsToDelete(session, config)
  const bytes = await new ClusterObserver(session.client).bytes(topics)
  return {
    edition: view.name,
    records: await countRecords(view),
    topics: topics.length,
    bytes: bytes && [...bytes.values()].reduce((sum, size) => sum + size, 0),
    ownQuestions: view.base === null,
    kept: await spentOn(view),
  }
}

/**
 * Deletes the edition.
 * @param writing opens what writes into the edition's topics; not asked where the log has the mark already
 * @param say told, a line at a time, what is under way
 * @throws {NinefoldError} NF_EDITION_IN_USE when a worker has come meanwhile; NF_CLICKHOUSE_…
 * @throws what else kept it from the end; where nothing is gone yet, the edition is as it was
 */
export async function dropEdition(
  session: DropSession,
  view: EditionView,
  writing: () => Promise<WritingSession>,
  say: (line: string) => void,
): Promise<void> {
  const { client } = session
  const { name, recorded, fullName } = view
  const config = { ...session.config, edition: name }
  if (recorded === null || recorded.isDropping) await deleteTopics(session, config, say)
  else await marked(recorded.record, await writing(), () => deleteTopics(session, config, say))
  await client.deleteGroups(await groupsOf(session, config))
  if (session.analyticsUrl !== null) {
    say('deleting its rows in ClickHouse')
    await deleteRows(config, session.analyticsUrl)
  }
  await forgetLocally(session, config, fullName)
  // Until this one is gone the edition is known, and dropping it can be taken up again.
  await client.deleteTopics([fullName('editions')])
}

/** A session of the edition that writes. */
type WritingSession = PublishingSession & Pick<Session, 'close'>

/**
 * Does something after the log was told that the edition is dropped; takes that back where it fails and no topic is gone.
 * Closes the session.
 */
async function marked(record: Edition, session: WritingSession, action: () => Promise<void>): Promise<void> {
  const { config, client } = session
  const mark = (kind: string) =>
    publish(session, [{ topic: 'editions', key: record.edition, value: { ...record, kind } }])
  try {
    const before = await topicsToDelete(session, config)
    await mark(DROPPING)
    await action().catch(async (error: unknown) => {
      const there = new Set(await client.listTopics())
      if (before.every((topic) => there.has(topic))) await mark(record.kind)
      throw error
    })
  } finally {
    await session.close()
  }
}

/** Deletes all of its topics that go, but for the one that tells of it. */
async function deleteTopics(
  session: DropSession,
  config: Config,
  say: (line: string) => void,
): Promise<void> {
  await refuseWorkers(session, config)
  const last = `${groupName(config, '')}editions`
  const topics = (await topicsToDelete(session, config)).filter((topic) => topic !== last)
  say(`deleting ${topics.length + 1} topics`)
  await session.client.deleteTopics(topics)
}

/** @throws {NinefoldError} NF_EDITION_IN_USE */
async function refuseWorkers(session: DropSession, config: Config): Promise<void> {
  const groups = await session.client.describeGroups(await groupsOf(session, config))
  const busy = groups.find(({ members }) => members.length > 0)
  const isHeld = locksIn(slotsFolder(config)).some(isLocked)
  if (busy === undefined && !isHeld) return
  throw inUse(
    config.edition,
    busy === undefined ? 'a worker of this machine runs' : `a worker is in group ${busy.groupId}`,
    'Stop it (Ctrl-C in "ninefold run"); one that was killed is forgotten after some seconds. Then try again.',
  )
}

function locksIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.lock'))
    .map((name) => join(folder, name))
}

function inUse(edition: string, why: string, remedy: string): NinefoldError {
  return new NinefoldError('NF_EDITION_IN_USE', `edition ${edition} cannot be dropped: ${why}`, remedy)
}

/** All topics of the edition, those of plugged-in processors among them, but not what was paid for. */
async function topicsToDelete({ client }: Pick<Session, 'client'>, config: Config): Promise<string[]> {
  const start = groupName(config, '')
  return (await client.listTopics()).filter(
    (topic) => topic.startsWith(start) && topic !== `${start}completions`,
  )
}

/** All groups of the edition but those of the journals. */
async function groupsOf({ client }: DropSession, config: Config): Promise<string[]> {
  const [all, journals] = [groupName(config, ''), groupName(config, 'journal.')]
  return (await client.listGroups()).filter((group) => group.startsWith(all) && !group.startsWith(journals))
}

async function deleteRows(config: Config, url: string): Promise<void> {
  const client = openAnalytics(config, url, { database: 'default' })
  try {
    await dropEditionRows(client, layoutOf(config.clickhouse), config.edition)
  } catch (error) {
    throw explainFailure(error, { url })
  } finally {
    await client.close()
  }
}

/** Stores of this cluster's slots, and the note of what was loaded. Locks stay: one that is made anew could be held twice. */
async function forgetLocally(
  { client }: DropSession,
  config: Config,
  fullName: EditionView['fullName'],
): Promise<void> {
  const cluster = clusterFolder(await client.clusterId())
  const folder = slotsFolder(config)
  const slots = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  for (const slot of slots.filter((entry) => entry.isDirectory())) {
    rmSync(join(folder, slot.name, cluster), { recursive: true, force: true })
  }
  rmSync(notePath({ config, fullName }), { force: true })
}
