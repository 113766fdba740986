/** Where dead letters are read from: the topics, and how far groups have come in them. */
import { type LogSource, type ReadableSession, sourceOf } from '../explain/source.ts'
import type { DeadLetter } from '../schemas/types.ts'
import type { TopicReader } from '../streams/transport/reader.ts'
import type { LetterEntry } from './letter-list.ts'

/** An edition's topics, single records of them, and its groups' progress. */
export interface LetterSource extends LogSource {
  readonly committed: TopicReader['committed']
  /** Key and value of one record, by the topic's full name; null when none stands there. */
  at(
    topic: string,
    partition: number,
    offset: number,
  ): Promise<{ key: Buffer | null; value: Buffer | null } | null>
}

/**
 * A dead letter in full, read at its place.
 * @throws when it has left its topic since it was listed
 */
export async function letterAt(
  source: LetterSource,
  { place, deadLetterId }: Pick<LetterEntry, 'place' | 'deadLetterId'>,
): Promise<DeadLetter> {
  const { partition, offset } = place
  const stored = await source.at(source.fullName('dead-letters'), partition, offset)
  if (stored === null) throw new Error(`dead letter ${deadLetterId} is no longer at ${partition}/${offset}`)
  return source.codec.decodeAsync('dead-letters', stored.value)
}

/** Those of an open session. */
export function letterSourceOf(session: ReadableSession): LetterSource {
  const { reader } = session
  return {
    ...sourceOf(session),
    committed: (groupId, topics) => reader.committed(groupId, topics),
    async at(topic, partition, offset) {
      for await (const [record] of reader.read(topic, partition, offset, offset + 1)) return record ?? null
      return null
    },
  }
}
