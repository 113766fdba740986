/**
 * Brings this machine's cache up to what was ever paid for, on any machine and in any edition of the pipeline: reads
 * `completions` from where it stopped last time.
 */
import { join } from 'node:path'
import { JournalShelves, RebuiltJournal } from '../models/journal.ts'
import { editionOfTopic } from '../schemas/topic-names.ts'
import { waitForLock } from '../stack/lock.ts'
import { readCompletions } from './completions-reading.ts'
import type { Session } from './session.ts'

/** A rebuild of millions of calls takes minutes; a second worker waits for the first. */
const LOCK_TIMEOUT_MS = 3_600_000

/** Reads what is new. @returns how many completions were taken in. */
export async function rebuildCompletionsCache(session: Session): Promise<number> {
  const { config, client } = session
  const folder = join(config.dataDir, 'journal', `${config.pipeline}.${config.edition}`)
  using _lock = await waitForLock(join(folder, 'rebuilt.lock'), { timeoutMs: LOCK_TIMEOUT_MS })
  const journals = join(config.dataDir, 'journal')
  const known = new JournalShelves(journals, '')
  const rebuilt = new RebuiltJournal(join(folder, `rebuilt-${await fileName(client)}`))
  try {
    let taken = 0
    for (const topic of await completionTopics(session))
      taken += await readNew(session, topic, rebuilt, known)
    return taken
  } finally {
    rebuilt.close()
    known.close()
  }
}

/** Another cluster's offsets mean nothing here. */
async function fileName(client: Session['client']): Promise<string> {
  return (await client.clusterId()).replaceAll(/[^A-Za-z0-9_-]/g, '_')
}

/** The completions of every edition of the pipeline: editions that ask alike share the answers. */
async function completionTopics({ config, client }: Session): Promise<string[]> {
  const { pipeline, kafka } = config
  const parts = { topicPrefix: kafka.topicPrefix, pipeline }
  const topics = await client.listTopics()
  return topics.filter((topic) => editionOfTopic(parts, 'completions', topic) !== null).sort()
}

/** What this machine's own journals know already is not kept twice. */
async function readNew(
  session: Session,
  topic: string,
  rebuilt: RebuiltJournal,
  known: JournalShelves,
): Promise<number> {
  let taken = 0
  const positionOf = (partition: number) => rebuilt.positionOf(topic, partition)
  for await (const { partition, completions, next } of readCompletions(session, topic, positionOf)) {
    const news = completions.filter(({ requestHash }) => known.find(requestHash) === null)
    rebuilt.add(topic, partition, news, next)
    taken += news.length
  }
  return taken
}
