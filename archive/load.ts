/**
 * An archive back into a cluster: every record at the offset it had, under the schema it had, and the progress of all
 * groups, so that workers go on where they stood. What is there already is compared and left; so a second load adds
 * nothing, and one that was killed goes on.
 */
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import type { SchemaStore } from '../schemas/registry.ts'
import { groupName } from '../schemas/topic-names.ts'
import { topicSettings } from '../streams/edition-topics.ts'
import type { KafkaClient } from '../streams/transport/client.ts'
import { Displaced, OffsetWriter, placeOf } from '../streams/transport/offset-writer.ts'
import { isPassing } from '../streams/transport/outlook.ts'
import { type Bounds, TopicReader } from '../streams/transport/reader.ts'
import { damaged, sha256Of } from './container.ts'
import { type Lane, writeLanes } from './lanes.ts'
import { type ArchivedTopic, endOf, type Manifest, readManifest } from './manifest.ts'
import { type ArchivedPartition, recordsFrom } from './partition-reader.ts'
import { writeProgress } from './progress.ts'
import { sameUpTo } from './same-records.ts'
import { SchemaIds } from './schema-ids.ts'

const MAX_ATTEMPTS = 20

/** What a load works with. */
export interface LoadArchiveOptions {
  readonly folder: string
  readonly config: Config
  readonly client: KafkaClient
  readonly registry: SchemaStore
  readonly onProgress: (line: string) => void
}

/** What a load has done. */
export interface LoadArchiveReport {
  readonly folder: string
  readonly pipeline: string
  readonly topics: readonly {
    readonly topic: string
    readonly edition: string
    /** Records of the archive, all of which are in the topic now. */
    readonly records: number
    /** Those that this call has written. */
    readonly loaded: number
  }[]
  /** Groups that have their progress from this call. */
  readonly groups: number
  /** Editions whose progress is not in the archive: all that was loaded of them counts as worked off. */
  readonly workedOff: readonly string[]
}

/**
 * Loads an archive back.
 * @throws NF_ARCHIVE_DAMAGED before anything is written; NF_ARCHIVE_TARGET when a topic holds something else, or has
 * another number of partitions; NF_ARCHIVE_FOLDER when the archive is of another pipeline; NF_SCHEMA_INCOMPATIBLE
 */
export async function loadArchive(options: LoadArchiveOptions): Promise<LoadArchiveReport> {
  const { folder, config, client, onProgress } = options
  const manifest = readManifest(folder)
  checkPipeline(manifest, config, folder)
  checkFinished(manifest, folder)
  await checkFiles(manifest, folder)
  onProgress(`the files of ${folder} are whole`)
  await makeTopics(manifest, config, client)
  const ids = await registerSchemas(manifest, options.registry)
  const reader = new TopicReader(client)
  const partitions = partitionsOf(manifest, folder, ids)
  // Whoever had the id open is fenced, and his marks are written before it is looked what there is.
  const loaded = await writeAll(options, { reader, partitions })
  const ends = new Map<string, number>()
  for (const { topic } of manifest.topics) {
    for (const [partition, { end }] of (await reader.settledBounds(topic)).entries()) {
      ends.set(placeOf({ topic, partition }), end)
    }
  }
  const groups = await writeProgress(manifest, { client, reader, ends })
  return {
    folder,
    pipeline: manifest.pipeline,
    topics: manifest.topics.map(({ topic, edition, partitions: segments }) => ({
      topic,
      edition,
      records: segments.flat().reduce((sum, { files }) => sum + recordsIn(files), 0),
      loaded: loaded.get(topic) ?? 0,
    })),
    groups,
    workedOff: Object.entries(manifest.progress).flatMap(([edition, { complete }]) =>
      complete ? [] : [edition],
    ),
  }
}

interface Partition extends ArchivedPartition {
  readonly topic: string
  readonly partition: number
  /** The offset after the last one. */
  readonly end: number
}

function partitionsOf({ topics }: Manifest, folder: string, ids: SchemaIds): Partition[] {
  return topics.flatMap(({ topic, name, partitions }) =>
    partitions.map((segments, partition) => {
      return { topic, name, partition, folder, segments, ids, end: endOf(segments) ?? 0 }
    }),
  )
}

/** Writes what is missing, and compares what is there. @returns how many records were written, by topic */
async function writeAll(
  { client, config, onProgress }: LoadArchiveOptions,
  { reader, partitions }: { readonly reader: TopicReader; readonly partitions: readonly Partition[] },
): Promise<Map<string, number>> {
  const loaded = new Map<string, number>()
  const id = groupName(config, 'archive-load')
  let isFirst = true
  for (let attempt = 1; ; attempt++) {
    const writer = await OffsetWriter.open(client, id)
    try {
      const bounds = await boundsOf(reader, partitions)
      // What somebody else has put there is found before anything is added to it.
      if (isFirst) await compareAll(reader, partitions, bounds)
      isFirst = false
      const lanes = partitions.map((one): Lane => {
        const position = bounds.get(placeOf(one))!.written
        const { topic, partition, end } = one
        return { topic, partition, position, end, records: recordsFrom(one, position) }
      })
      await writeLanes(writer, lanes, ({ topic, records }) =>
        loaded.set(topic, (loaded.get(topic) ?? 0) + records),
      )
      onProgress('all records are in the topics; they are compared with the files')
      await compareAll(reader, partitions, await boundsOf(reader, partitions))
      return loaded
    } catch (error) {
      if (error instanceof Displaced) throw displaced(error)
      if (attempt >= MAX_ATTEMPTS || !isPassing(error)) throw error
      onProgress(`Kafka does not answer (${messageOf(error)}); the load goes on when it does`)
      await client.watch.answers(new AbortController().signal)
    } finally {
      await writer.close().catch(() => {})
    }
  }
}

async function boundsOf(reader: TopicReader, partitions: readonly Partition[]): Promise<Map<string, Bounds>> {
  const bounds = new Map<string, Bounds>()
  for (const topic of new Set(partitions.map((one) => one.topic))) {
    for (const [partition, one] of (await reader.settledBounds(topic)).entries()) {
      bounds.set(placeOf({ topic, partition }), one)
    }
  }
  return bounds
}

/** Compares what stands in the partitions with what the archive has there. @throws NF_ARCHIVE_TARGET */
async function compareAll(
  reader: TopicReader,
  partitions: readonly Partition[],
  bounds: ReadonlyMap<string, Bounds>,
): Promise<void> {
  for (const one of partitions) {
    const { first, written } = bounds.get(placeOf(one))!
    const to = Math.min(written, one.end)
    const difference = await sameUpTo(
      reader.read(one.topic, one.partition, first, to),
      recordsFrom(one, first),
      to,
      {
        // Of a compacted topic the newest record of a key is enough.
        mayLack: topicSettings(one.name)['cleanup.policy'] === 'compact',
      },
    )
    if (difference !== null) throw differs(placeOf(one), difference)
  }
}

function checkPipeline({ pipeline, topicPrefix }: Manifest, config: Config, folder: string): void {
  if (pipeline === config.pipeline && topicPrefix === config.kafka.topicPrefix) return
  throw new NinefoldError(
    'NF_ARCHIVE_FOLDER',
    `${folder} is an archive of pipeline ${topicPrefix}${pipeline}, not of ${config.kafka.topicPrefix}${config.pipeline}`,
    'Give the configuration it was made with (`-c`): names of topics stand within the records.',
  )
}

/** Every call that came to its end has left word of the progress, complete or not. */
function checkFinished({ topics, progress }: Manifest, folder: string): void {
  const cut = topics.find(({ edition }) => progress[edition] === undefined)
  if (cut === undefined) return
  throw new NinefoldError(
    'NF_ARCHIVE_FOLDER',
    `the archive of edition ${cut.edition} in ${folder} was cut short`,
    `Where its topics are, run \`ninefold archive --edition ${cut.edition} --out …\` again: it goes on from there.`,
  )
}

async function checkFiles({ topics }: Manifest, folder: string): Promise<void> {
  for (const { file, sha256 } of filesOf(topics)) {
    const path = join(folder, file)
    if ((await sha256Of(path)) !== sha256) throw damaged(path, 'its SHA-256 is not the one in manifest.json')
  }
}

async function makeTopics({ topics }: Manifest, config: Config, client: KafkaClient): Promise<void> {
  const counts = await client.ensureTopics(
    topics.map(({ topic, name, partitions }) => ({
      topic,
      partitions: partitions.length,
      replication: config.kafka.replication,
      config: topicSettings(name),
    })),
  )
  for (const { topic, partitions } of topics) {
    const count = counts.get(topic)
    if (count === partitions.length) continue
    throw new NinefoldError(
      'NF_ARCHIVE_TARGET',
      `topic ${topic} has ${count} partitions here, and ${partitions.length} in the archive`,
      'Load into a cluster that does not have the topic, or delete it there.',
    )
  }
}

/** Registers each schema under the topics it was written to, the oldest first. */
async function registerSchemas({ topics, schemas }: Manifest, registry: SchemaStore): Promise<SchemaIds> {
  const ids = new Map<number, number>()
  const used = topics.flatMap(({ topic, partitions }) =>
    filesOf([{ partitions }]).flatMap(({ schema }) => (schema === null ? [] : [{ schema, topic }])),
  )
  const once = new Map(used.map((one) => [`${one.schema} ${one.topic}`, one]))
  for (const { schema, topic } of [...once.values()].sort((a, b) => a.schema - b.schema)) {
    ids.set(schema, await registry.register(`${topic}-value`, schemas[schema]!))
  }
  return new SchemaIds(ids, schemas)
}

function filesOf(topics: readonly Pick<ArchivedTopic, 'partitions'>[]) {
  return topics.flatMap(({ partitions }) => partitions.flat().flatMap(({ files }) => files))
}

function recordsIn(files: readonly { readonly records: number }[]): number {
  return files.reduce((sum, { records }) => sum + records, 0)
}

function displaced(cause: Displaced): NinefoldError {
  return differs(cause.place, `somebody else writes there: ${cause.message}`, cause)
}

function differs(place: string, difference: string, cause?: unknown): NinefoldError {
  return new NinefoldError(
    'NF_ARCHIVE_TARGET',
    `${place} does not hold what the archive holds: ${difference}`,
    'Nothing in it was replaced. Load into a cluster that does not have the topic; or, if what is there may go, delete the topic and load again.',
    { cause },
  )
}
