/** The plan of a replay whose session is open. */
import { join } from 'node:path'
import { editionOf } from '../../config/edition.ts'
import { JournalShelves } from '../../models/journal.ts'
import { topicNames } from '../../schemas/topic-names.ts'
import { rebuildCompletionsCache } from '../completions-cache.ts'
import { isSettled } from '../editions.ts'
import type { ReplayTopic } from '../replay.ts'
import { selectSteps } from '../run.ts'
import { checkPartitions, type Session } from '../session.ts'
import { makePlan } from './make-plan.ts'
import type { ReplayPlan } from './replay-plan.ts'

/**
 * Says what a replay would do. Nothing is written to any topic, and nobody is asked; the cache of answers on this
 * machine is brought up to date, as the replay would do.
 * @param session of the edition, which need not exist; {@link openReplay} opens it to be read only
 * @throws NF_EDITION_CHANGED, NF_TOPIC_PARTITIONS where the replay would be refused
 */
export async function planReplay(
  session: Session,
  onProgress: (line: string) => void = () => {},
): Promise<ReplayPlan> {
  const { config, base, reader, fullName } = session
  if (base === null) throw new Error('a plan is made of an edition that is built on another one')
  await isSettled(session, editionOf(config))
  const taken = fullName(base.from)
  checkPartitions(config, taken, (await reader.bounds(taken)).length)
  await rebuildCompletionsCache(session)
  const { pipeline, kafka } = config
  const answers = new JournalShelves(join(config.dataDir, 'journal'), '')
  try {
    return await makePlan({
      ...session,
      processors: selectSteps(session, []),
      base: { edition: base.edition, from: base.from as ReplayTopic },
      baseName: topicNames({ topicPrefix: kafka.topicPrefix, pipeline, edition: base.edition }),
      find: (requestHash) => answers.find(requestHash),
      onProgress,
    })
  } finally {
    answers.close()
  }
}
