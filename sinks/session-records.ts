/** What an export reads from an open session. */
import type { Session } from '../pipeline/session.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import type { Bounds, TopicReader } from '../streams/transport/reader.ts'

/** Reads any topic of a session, as {@link readTopic} does. */
export function topicsOf(
  session: Session,
): <T extends TopicName>(topic: T) => AsyncIterable<TopicRecords[T]> {
  return (topic) => readTopic(session, topic)
}

/** All records of a topic as it stands now; those that cannot be read are noted in the session. */
export async function* readTopic<T extends TopicName>(
  session: Pick<Session, 'reader' | 'codec' | 'unreadable' | 'fullName'>,
  topic: T,
): AsyncGenerator<TopicRecords[T]> {
  const name = session.fullName(topic)
  for (const [partition, range] of (await session.reader.settledBounds(name)).entries()) {
    yield* readPartition(session, topic, { name, partition, ...range })
  }
}

/** Some of a partition. */
export interface PartitionRange extends Pick<Bounds, 'first' | 'end'> {
  /** The topic's full name. */
  readonly name: string
  readonly partition: number
}

/** The records of a partition from `first` up to `end`; those that cannot be read are noted. */
export async function* readPartition<T extends TopicName>(
  {
    reader,
    codec,
    unreadable,
  }: Pick<RecordSource, 'codec' | 'unreadable'> & { reader: Pick<TopicReader, 'read'> },
  topic: T,
  { name, partition, first, end }: PartitionRange,
): AsyncGenerator<TopicRecords[T]> {
  for await (const records of reader.read(name, partition, first, end)) {
    for (const { offset, value } of records) {
      const place = { topic: name, partition, offset }
      const record = await unreadable.read(place, () => codec.decodeAsync(topic, value))
      if (record !== null) yield record
    }
  }
}

/** What reading on needs of a session. */
export type RecordSource = {
  readonly reader: Pick<Session['reader'], 'bounds' | 'read'>
  readonly codec: Pick<Session['codec'], 'decodeAsync'>
} & Pick<Session, 'unreadable' | 'fullName'>

/** A record that was not read before, and when it was written, ms since 1970. */
export interface NewRecord<V> {
  readonly record: V
  readonly timestamp: number
}

/**
 * The records of a topic that came since it was last read; those that cannot be read are noted.
 * @param positions by partition: from where on nothing was read; moves on with each record that was taken
 */
export async function* readNew<T extends TopicName>(
  { reader, codec, unreadable, fullName }: RecordSource,
  topic: T,
  positions: Map<number, number>,
): AsyncGenerator<NewRecord<TopicRecords[T]>> {
  const name = fullName(topic)
  for (const [partition, { first, end }] of (await reader.bounds(name)).entries()) {
    const from = positions.get(partition) ?? first
    for await (const records of reader.read(name, partition, from, end)) {
      for (const { offset, value, timestamp } of records) {
        const decode = () => codec.decodeAsync(topic, value)
        const record = await unreadable.read({ topic: name, partition, offset }, decode)
        if (record !== null) yield { record, timestamp }
        positions.set(partition, offset + 1)
      }
    }
    // The end, not the last record's offset: behind it stands the mark of its transaction.
    positions.set(partition, Math.max(from, end))
  }
}
