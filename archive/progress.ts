/** How far an edition's groups are, out of Kafka and back into it. */
import { NinefoldError } from '../errors.ts'
import type { Session } from '../pipeline/session.ts'
import { topicsOf } from '../plugins/topics.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { KafkaClient } from '../streams/transport/client.ts'
import { commitProgress } from '../streams/transport/group-offsets.ts'
import type { TopicReader } from '../streams/transport/reader.ts'
import { Fenced } from '../streams/transport/transaction.ts'
import type { ArchivedProgress, Manifest } from './manifest.ts'

/** What all groups of the edition have committed on topics it reads or writes. */
export async function readProgress({
  config,
  client,
  reader,
  fullName,
}: Pick<Session, 'config' | 'client' | 'reader' | 'fullName'>): Promise<ArchivedProgress['groups']> {
  const ours = (await client.listGroups()).filter((group) => group.startsWith(groupName(config, '')))
  const partitions = Array.from({ length: config.kafka.partitions }, (_, partition) => partition)
  const asked = topicsOf(config).map((topic) => ({ topic: fullName(topic), partitions }))
  const groups: ArchivedProgress['groups'] = []
  for (const group of ours.toSorted()) {
    const offsets = (await reader.committed(group, asked)).filter(({ offset }) => offset >= 0)
    if (offsets.length > 0) groups.push({ group, offsets })
  }
  return groups
}

/** Where progress is written to. */
export interface ProgressTarget {
  readonly client: KafkaClient
  readonly reader: TopicReader
  /** Where the partitions that were loaded end, by `topic/partition`. */
  readonly ends: ReadonlyMap<string, number>
}

/**
 * Commits the archived progress, wherever a group has none yet. Of an edition whose progress is not complete all that
 * was loaded counts as worked off: to begin at the beginning would write every output a second time.
 * @returns how many groups have their progress from here
 * @throws NF_ARCHIVE_BUSY when a worker is in one of the groups
 */
export async function writeProgress(
  { pipeline, topicPrefix, progress }: Manifest,
  { client, reader, ends }: ProgressTarget,
): Promise<number> {
  let written = 0
  for (const [edition, { complete, groups }] of Object.entries(progress)) {
    const outbox = groupName({ pipeline, edition, kafka: { topicPrefix } }, 'journal.')
    for (const { group, offsets } of groups) {
      const loaded = offsets.filter(({ topic, partition }) => ends.has(`${topic}/${partition}`))
      // A journal's progress counts its own entries, not offsets.
      const isTrue = complete || group.startsWith(outbox)
      const wanted = loaded.map((one) =>
        isTrue ? one : { ...one, offset: ends.get(`${one.topic}/${one.partition}`)!, metadata: '' },
      )
      const missing = await withoutKnown(reader, group, wanted)
      if (missing.length === 0) continue
      await commit(client, group, missing)
      written++
    }
  }
  return written
}

type Offsets = ArchivedProgress['groups'][number]['offsets']

async function withoutKnown(reader: TopicReader, group: string, wanted: Offsets): Promise<Offsets> {
  const asked = [...byTopic(wanted)].map(([topic, offsets]) => ({
    topic,
    partitions: offsets.map(({ partition }) => partition),
  }))
  const committed = (await reader.committed(group, asked)).filter(({ offset }) => offset >= 0)
  const known = new Set(committed.map(({ topic, partition }) => `${topic}/${partition}`))
  return wanted.filter(({ topic, partition }) => !known.has(`${topic}/${partition}`))
}

async function commit(client: KafkaClient, group: string, offsets: Offsets): Promise<void> {
  const topics = [...byTopic(offsets)].map(([topic, partitions]) => ({ topic, partitions }))
  try {
    await commitProgress(client, group, null, topics, new AbortController().signal)
  } catch (error) {
    if (!(error instanceof Fenced)) throw error
    throw new NinefoldError(
      'NF_ARCHIVE_BUSY',
      `a worker is in group ${group} already`,
      'Stop all workers of the pipeline, delete its topics in this cluster, and load the archive again: what they have made out of half of it is not what it holds.',
      { cause: error },
    )
  }
}

function byTopic(offsets: Offsets): Map<string, Offsets> {
  return Map.groupBy(offsets, ({ topic }) => topic)
}
