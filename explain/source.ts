/** Where explanations are read from: the topics, and nothing else. */
import type { Config } from '../config/config.ts'
import type { Session } from '../pipeline/session.ts'
import type { Codec } from '../schemas/codec.ts'
import { topicNames } from '../schemas/topic-names.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import type { UnreadableRecords } from '../streams/unreadable.ts'

/** A record's bytes with its place and the time it was written, milliseconds since 1970. */
export interface StoredBytes {
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: number
}

/** The topics of one edition. */
export interface LogSource {
  readonly config: Config
  readonly codec: Pick<Codec, 'decodeAsync'>
  /** Records that were come upon and cannot be read. */
  readonly unreadable: UnreadableRecords
  /** Full name of a topic of the edition; shared ones are those of the edition it is built on. */
  readonly fullName: (topic: TopicName) => string
  /** The edition this one is built on, and the full names of its own topics; null for none. */
  readonly base: { readonly edition: string; readonly fullName: (topic: TopicName) => string } | null
  /** The committed records of a topic, by full name; of one partition where it is named. */
  read(topic: string, partition?: number): AsyncIterable<StoredBytes>
}

/** What a session is read through. */
export type ReadableSession = Pick<
  Session,
  'config' | 'codec' | 'reader' | 'unreadable' | 'base' | 'fullName'
>

/** The topics of an open session, as they stand when they are read. */
export function sourceOf({ config, codec, reader, unreadable, base, fullName }: ReadableSession): LogSource {
  const { topicPrefix } = config.kafka
  const ofBase = base && topicNames({ topicPrefix, pipeline: config.pipeline, edition: base.edition })
  return {
    config,
    codec,
    unreadable,
    fullName,
    base: base && ofBase && { edition: base.edition, fullName: ofBase },
    async *read(topic, only) {
      for (const [partition, { first, end }] of (await reader.settledBounds(topic, only)).entries()) {
        if ((only ?? partition) !== partition) continue
        for await (const records of reader.read(topic, partition, first, end)) yield* records
      }
    },
  }
}

/** A record of a topic, read. */
export interface ReadRecord<T extends TopicName> extends StoredBytes {
  readonly record: TopicRecords[T]
}

/** Which records to read. */
export interface Selection {
  readonly partition?: number
  /** Full name, where it is not the edition's own. */
  readonly fullName?: string
  /** Told by the bytes alone, so that others need not be decoded. */
  readonly wanted?: (stored: StoredBytes) => boolean
}

/** Reads records of a topic; those that cannot be read are noted. */
export async function* readRecords<T extends TopicName>(
  { codec, unreadable, fullName, read }: LogSource,
  topic: T,
  { partition, fullName: name = fullName(topic), wanted = () => true }: Selection = {},
): AsyncGenerator<ReadRecord<T>> {
  for await (const stored of read(name, partition)) {
    if (!wanted(stored)) continue
    const place = { topic: name, partition: stored.partition, offset: stored.offset }
    const record = await unreadable.read(place, () => codec.decodeAsync(topic, stored.value))
    if (record !== null) yield { ...stored, record }
  }
}
