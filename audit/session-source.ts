/** The topics of an open session, as an audit reads them. */
import type { Session } from '../pipeline/session.ts'
import { topicNames } from '../schemas/topic-names.ts'
import type { TopicName } from '../schemas/topics.ts'
import { sharedTopics } from '../streams/edition-topics.ts'
import type { Bounds } from '../streams/transport/reader.ts'
import type { AuditRecord, AuditSource } from './source.ts'

/**
 * Topics in the order their ends are noted: downstream first, so that while workers run whatever is read has what it
 * was made of among what is read.
 */
const ENDS_FIRST: readonly TopicName[] = [
  'redrive',
  'scores',
  'score-intake',
  'records',
  'unsolved',
  'kept',
  'escalated',
  'ranked',
  'triage-state',
  'triaged-difficult',
  'triaged-medium',
  'triaged-easy',
  'verdicts',
  'controls',
  'raw-paths',
  'questions',
  'intake',
  'completions',
  'dead-letters',
]

/** Notes where every topic ends now; later records are not read. */
export async function openSource({ client, reader, config, base, fullName }: Session): Promise<AuditSource> {
  const { topicPrefix } = config.kafka
  const ofBase =
    base === null ? null : topicNames({ topicPrefix, pipeline: config.pipeline, edition: base.edition })
  const bases =
    ofBase === null ? null : { completions: ofBase('completions'), deadLetters: ofBase('dead-letters') }
  const read = [...ENDS_FIRST.map(fullName), ...(bases === null ? [] : Object.values(bases))]
  const ends = new Map<string, Bounds[]>()
  for (const topic of read) ends.set(topic, await reader.settledBounds(topic))
  const foreignCompletions = (await client.listTopics()).filter(
    (topic) => topic.endsWith('.completions') && !ends.has(topic),
  )
  return {
    fullName,
    shared: sharedTopics(base),
    base: bases,
    foreignCompletions,
    async *readTopic(topic): AsyncGenerator<AuditRecord> {
      const bounds = ends.get(topic) ?? (await reader.settledBounds(topic))
      for (const [partition, { first, end }] of bounds.entries()) {
        for await (const records of reader.read(topic, partition, first, end)) yield* records
      }
    },
  }
}
