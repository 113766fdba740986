/**
 * Topics as files. What is archived already is gone on from, so that an archive can be made bit by bit, a killed one
 * ends where it began, and the next month's adds only what is new.
 */
import { join } from 'node:path'
import { NinefoldError } from '../errors.ts'
import type { Session } from '../pipeline/session.ts'
import { topicsOf } from '../plugins/topics.ts'
import { type SchemaStore, schemaStore } from '../schemas/registry.ts'
import type { RegistryAddress } from '../schemas/registry-http.ts'
import type { TopicName } from '../schemas/topics.ts'
import { waitForLock } from '../stack/lock.ts'
import { sharedTopics } from '../streams/edition-topics.ts'
import type { ArchiveCodec } from './container.ts'
import {
  type ArchivedTopic,
  endOf,
  findManifest,
  type Manifest,
  type Segment,
  writeManifest,
} from './manifest.ts'
import { readProgress } from './progress.ts'
import { type SegmentSettings, SegmentWriter } from './segment-writer.ts'

/** Bytes of records a file holds, or a little more: few enough to be copied, and written again when one is damaged. */
const SEGMENT_BYTES = 256 * 1024 * 1024
/** How often it is tried to find nobody writing. */
const MAX_PASSES = 5
const LOCK_TIMEOUT_MS = 5_000

/** What to archive, and how. */
export interface ArchiveOptions {
  /** Its folder, new or of an archive of the same pipeline. */
  readonly folder: string
  /** Topics by short name; null for all that are the edition's own, and the progress of its groups. */
  readonly topics: readonly TopicName[] | null
  readonly codec: ArchiveCodec
  /** Take what is there, although workers may be writing. */
  readonly whileRunning: boolean
  /** Where the schemas of records come from. */
  readonly registry: RegistryAddress
  readonly onProgress: (line: string) => void
  /** Bytes of records a segment holds; default {@link SEGMENT_BYTES}. */
  readonly segmentBytes?: number
}

/** What one call has archived of a topic. */
export interface ArchivedNow {
  readonly topic: string
  readonly name: string
  /** Of this call. */
  readonly records: number
  readonly bytes: number
  readonly unpackedBytes: number
  /** Of the archive. */
  readonly recordsInAll: number
}

/** What one call has archived. */
export interface ArchiveReport {
  readonly folder: string
  readonly edition: string
  readonly topics: readonly ArchivedNow[]
  /** How many groups' progress is in the archive; null when it is not complete. */
  readonly groups: number | null
}

/**
 * Archives topics of the session's edition as they stand now. Every file was read again before it counts.
 * @throws NF_ARCHIVE_FOLDER when the folder belongs to another archive, NF_ARCHIVE_BUSY when workers write on
 */
export async function archiveTopics(session: Session, options: ArchiveOptions): Promise<ArchiveReport> {
  using _lock = await waitForLock(join(options.folder, 'archive.lock'), { timeoutMs: LOCK_TIMEOUT_MS })
  const archiving = new Archiving(session, options, await openManifest(session, options.folder))
  await archiving.allTopics()
  const groups = await archiving.progress()
  return { folder: options.folder, edition: session.config.edition, topics: archiving.report(), groups }
}

async function openManifest({ client, config }: Session, folder: string): Promise<Manifest> {
  const clusterId = await client.clusterId()
  const { pipeline } = config
  const { topicPrefix } = config.kafka
  const found = findManifest(folder)
  if (found === null) {
    const nothing = { schemas: {}, topics: [], progress: {} }
    return { format: 'ninefold-archive', version: 1, pipeline, topicPrefix, clusterId, ...nothing }
  }
  if (found.pipeline !== pipeline || found.topicPrefix !== topicPrefix) {
    throw otherArchive(folder, `of pipeline ${found.topicPrefix}${found.pipeline}`)
  }
  if (found.clusterId !== clusterId) throw otherArchive(folder, `of another cluster (${found.clusterId})`)
  return found
}

function otherArchive(folder: string, what: string): NinefoldError {
  return new NinefoldError(
    'NF_ARCHIVE_FOLDER',
    `${folder} holds an archive ${what}`,
    'Name another folder with --out.',
  )
}

/** One call. */
class Archiving {
  readonly #session: Session
  readonly #options: ArchiveOptions
  readonly #manifest: Manifest
  readonly #schemas: SchemaStore
  readonly #names: readonly TopicName[]
  readonly #added = new Map<string, Segment[]>()

  constructor(session: Session, options: ArchiveOptions, manifest: Manifest) {
    this.#session = session
    this.#options = options
    this.#manifest = manifest
    this.#schemas = schemaStore(options.registry)
    const shared = sharedTopics(session.base)
    const own = topicsOf(session.config).filter((topic) => !shared.has(topic))
    const others = options.topics?.find((topic) => shared.has(topic))
    if (others !== undefined) throw ofBase(others, session)
    // Without its own record no edition can be built on, whatever else is loaded back.
    this.#names = options.topics === null ? own : [...new Set<TopicName>([...options.topics, 'editions'])]
  }

  /** Archives what is new in each topic. */
  async allTopics(): Promise<void> {
    for (const name of this.#names) {
      const topic = this.#topicOf(name)
      const bounds = await this.#session.reader.settledBounds(topic.topic)
      // All at once: where they are made again, there must be as many.
      for (const partition of bounds.keys()) topic.partitions[partition] ??= []
      for (const [partition, { first, end }] of bounds.entries()) {
        await this.#partition(topic, partition, { first, end })
      }
    }
  }

  /** @returns how many groups there are; null where outputs and progress cannot be had as of one moment */
  async progress(): Promise<number | null> {
    const { config } = this.#session
    const isWhole = this.#options.topics === null && !this.#options.whileRunning
    for (let pass = 1; ; pass++) {
      const groups = await readProgress(this.#session)
      const isStill = !isWhole || (await this.#isStill())
      if (isStill) {
        if (isWhole) this.#checkBase(groups)
        const known = this.#manifest.progress[config.edition]
        const nothingNew = [...this.#added.values()].every((segments) => segments.length === 0)
        // A topic or two leave a whole archive whole when they had nothing new.
        if (isWhole || known === undefined || !nothingNew) {
          this.#manifest.progress[config.edition] = { complete: isWhole, groups }
          writeManifest(this.#options.folder, this.#manifest)
        }
        return this.#manifest.progress[config.edition]!.complete ? groups.length : null
      }
      if (pass === MAX_PASSES) throw busy(config.edition)
      await this.allTopics()
    }
  }

  /** What this call has archived. */
  report(): ArchivedNow[] {
    return this.#names.map((name) => {
      const { topic, partitions } = this.#topicOf(name)
      const now = sumOf(this.#added.get(topic) ?? [])
      return { topic, name, ...now, recordsInAll: sumOf(partitions.flat()).records }
    })
  }

  /** Whether everything that is written by now is archived, so that the progress read just before belongs to it. */
  async #isStill(): Promise<boolean> {
    for (const name of this.#names) {
      const { topic, partitions } = this.#topicOf(name)
      const bounds = await this.#session.reader.bounds(topic)
      if (bounds.some(({ first, written }, at) => (endOf(partitions[at] ?? []) ?? first) !== written))
        return false
    }
    return true
  }

  /** An edition that was built on another one goes on from offsets of that one's topics. */
  #checkBase(
    groups: readonly { offsets: readonly { topic: string; partition: number; offset: number }[] }[],
  ): void {
    const { base, config } = this.#session
    if (base === null) return
    const own = new Set(this.#names.map(this.#session.fullName))
    const beyond = groups
      .flatMap(({ offsets }) => offsets)
      .filter(({ topic }) => !own.has(topic))
      .find(({ topic, partition, offset }) => {
        const archived = this.#manifest.topics.find((one) => one.topic === topic)
        return offset > (endOf(archived?.partitions[partition] ?? []) ?? 0)
      })
    if (beyond === undefined) return
    throw new NinefoldError(
      'NF_ARCHIVE_FOLDER',
      `edition ${config.edition} is built on ${base.edition}, whose topic ${beyond.topic} this archive does not hold, or not up to date`,
      `Archive edition ${base.edition} into the same folder first: \`ninefold archive --edition ${base.edition} --out ${this.#options.folder}\`.`,
    )
  }

  #topicOf(name: TopicName): ArchivedTopic {
    const topic = this.#session.fullName(name)
    const known = this.#manifest.topics.find((one) => one.topic === topic)
    if (known !== undefined) return known
    const added = { name, topic, edition: this.#session.config.edition, partitions: [] }
    this.#manifest.topics.push(added)
    return added
  }

  async #partition(
    topic: ArchivedTopic,
    partition: number,
    { first, end }: { readonly first: number; readonly end: number },
  ): Promise<void> {
    const segments = topic.partitions[partition]!
    const from = endOf(segments) ?? first
    if (from > end || (segments.length > 0 && first > from))
      throw gone(topic.topic, partition, from, { first, end })
    if (from === end) return
    const { folder, codec, segmentBytes = SEGMENT_BYTES, onProgress } = this.#options
    const schemaText = (id: number) => this.#schemaText(id)
    const settings = { folder, topic: topic.topic, partition, codec, schemaText }
    for await (const segment of segmentsOf(this.#session, settings, { from, end, segmentBytes })) {
      segments.push(segment)
      this.#note(topic.topic, segment)
      // What follows is newer than the progress that was archived before.
      delete this.#manifest.progress[topic.edition]
      writeManifest(folder, this.#manifest)
      onProgress(`${topic.topic}/${partition} is archived up to offset ${segment.to} of ${end}`)
    }
  }

  #note(topic: string, segment: Segment): void {
    const known = this.#added.get(topic)
    if (known === undefined) this.#added.set(topic, [segment])
    else known.push(segment)
  }

  async #schemaText(id: number): Promise<string | null> {
    const { schemas } = this.#manifest
    const known = schemas[id]
    if (known !== undefined) return known
    const text = await this.#schemas.textOf(id)
    if (text === undefined || (JSON.parse(text) as { type?: unknown }).type !== 'record') return null
    schemas[id] = text
    return text
  }
}

/** A partition's records as segments; those that hold none are told, too, since offsets count on. */
async function* segmentsOf(
  { reader }: Pick<Session, 'reader'>,
  settings: SegmentSettings,
  { from, end, segmentBytes }: { from: number; end: number; segmentBytes: number },
): AsyncGenerator<Segment> {
  let writer = new SegmentWriter(settings, from)
  try {
    for await (const records of reader.read(settings.topic, settings.partition, from, end)) {
      for (const record of records) {
        await writer.add(record)
        if (writer.unpackedBytes < segmentBytes || record.offset + 1 >= end) continue
        yield await writer.finish()
        writer = new SegmentWriter(settings, record.offset + 1)
      }
    }
    yield await writer.finish(end)
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

function sumOf(segments: readonly Segment[]): Pick<ArchivedNow, 'records' | 'bytes' | 'unpackedBytes'> {
  const files = segments.flatMap((segment) => segment.files)
  const sum = (of: 'records' | 'bytes' | 'unpackedBytes') =>
    files.reduce((total, file) => total + file[of], 0)
  return { records: sum('records'), bytes: sum('bytes'), unpackedBytes: sum('unpackedBytes') }
}

function ofBase(topic: TopicName, { config, base }: Session): NinefoldError {
  return new NinefoldError(
    'NF_TOPIC_UNKNOWN',
    `edition ${config.edition} has no topic ${topic} of its own: it reads the one of edition ${base!.edition}`,
    `Archive that one, with --edition ${base!.edition}.`,
  )
}

function gone(
  topic: string,
  partition: number,
  from: number,
  now: { first: number; end: number },
): NinefoldError {
  return new NinefoldError(
    'NF_ARCHIVE_FOLDER',
    `${topic}/${partition} is archived up to offset ${from}, but now reaches from ${now.first} to ${now.end}`,
    'The topic was made anew, or records were deleted that are not archived. Archive it into a new folder.',
  )
}

function busy(edition: string): NinefoldError {
  return new NinefoldError(
    'NF_ARCHIVE_BUSY',
    `edition ${edition} is being written to: its topics and its progress cannot be archived as of one moment`,
    'Stop its workers and archive again, which adds only what is missing. Or take --while-running: loaded back, all of it counts as worked off.',
  )
}
