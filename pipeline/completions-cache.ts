/**
 * Brings this machine's cache up to what was ever paid for, on any machine and in any edition of the pipeline: reads
 * `completions` from where it stopped last time.
 */
import { join } from 'node:path'
import { JournalShelves } from '../models/journal.ts'
import { RebuiltJournal } from '../models/rebuilt-journal.ts'
import { waitForLock } from '../stack/lock.ts'
import { editionsWith, editionTopics } from '../streams/edition-topics.ts'
import { clusterFolder } from '../streams/slot.ts'
import { readCompletions } from './completions-reading.ts'
import type { Session } from './session.ts'

/** A rebuild of millions of calls takes minutes; a second worker waits for the first. */
const LOCK_TIMEOUT_MS = 3_600_000

/** Reads what is new. @returns how many completions were taken in. */
export async function rebuildCompletionsCache(session: Session): Promise<number> {
  const { config, client } = session
  // Beside the journals of the editions, none of which may have this name.
  const folder = join(config.dataDir, 'journal', `${config.pipeline}._rebuilt`)
  using _lock = await waitForLock(join(folder, 'rebuilt.lock'), { timeoutMs: LOCK_TIMEOUT_MS })
  const journals = join(config.dataDir, 'journal')
  const known = new JournalShelves(journals, '')
  // Another cluster's offsets mean nothing here.
  const rebuilt = new RebuiltJournal(join(folder, clusterFolder(await client.clusterId())))
  try {
    rebuilt.relyOn(known.numbers())
    let taken = 0
    for (const topic of await completionTopics(session))
      taken += await readNew(session, topic, rebuilt, known)
    // Those that were made meanwhile, too.
    rebuilt.relyOn(known.numbers())
    return taken
  } finally {
    rebuilt.close()
    known.close()
  }
}

/** The completions of all editions. */
async function completionTopics({ config, client }: Session): Promise<string[]> {
  const editions = editionsWith('completions', config, await client.listTopics())
  return editions.map((edition) => editionTopics({ ...config, edition }, null)('completions'))
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
    const news = completions.filter(({ requestHash }) => !known.has(requestHash))
    rebuilt.add(topic, partition, news, next)
    taken += news.length
  }
  return taken
}
