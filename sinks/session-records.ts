/** What an export reads from an open session. */
import type { Session } from '../pipeline/session.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'

/** Reads any topic of a session, as {@link readTopic} does. */
export function topicsOf(
  session: Session,
): <T extends TopicName>(topic: T) => AsyncIterable<TopicRecords[T]> {
  return (topic) => readTopic(session, topic)
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
