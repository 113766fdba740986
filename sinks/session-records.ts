/** What an export reads from an open session. */
import type { Session } from '../pipeline/session.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import { Revisions } from './revisions.ts'

/** Which revision of each question counts, by what was admitted so far. */
export async function readRevisions(session: Session): Promise<Revisions> {
  const revisions = new Revisions()
  for await (const question of readTopic(session, 'questions')) revisions.add(question)
  return revisions
}

/** All records of a topic as it stands now; those that cannot be read are noted in the session. */
export async function* readTopic<T extends TopicName>(
  { reader, codec, unreadable, fullName }: Pick<Session, 'reader' | 'codec' | 'unreadable' | 'fullName'>,
  topic: T,
): AsyncGenerator<TopicRecords[T]> {
  const name = fullName(topic)
  for await (const records of reader.readAll(name)) {
    for (const { partition, offset, value } of records) {
      const place = { topic: name, partition, offset }
      const record = await unreadable.read(place, () => codec.decodeAsync(topic, value))
      if (record !== null) yield record
    }
  }
}
