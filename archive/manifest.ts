/** What an archive holds: `manifest.json` in its folder. Files that it does not name count for nothing. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { NinefoldError } from '../errors.ts'
import { onDisk } from '../stack/disk-fault.ts'
import { damaged } from './container.ts'

const offset = z.int().min(0)

const file = z.object({
  /** Its path within the archive. */
  file: z.string().regex(/^[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\.avro$/),
  /** The id its values' schema had in the registry; null where values are plain bytes. */
  schema: z.int().nullable(),
  records: z.int(),
  bytes: z.int(),
  unpackedBytes: z.int(),
  sha256: z.string(),
})

/** A range of a partition: the offsets from <= offset < to; of files whose offsets lie between each other's. */
const segment = z.object({ from: offset, to: offset, files: z.array(file) })

const topic = z.object({
  /** Its short name. */
  name: z.string(),
  /** As the broker knows it. */
  topic: z.string().regex(/^[A-Za-z0-9._-]+$/),
  edition: z.string(),
  /** In the order of partitions; the segments of each follow one another. */
  partitions: z.array(z.array(segment)),
})

const group = z.object({
  group: z.string(),
  offsets: z.array(z.object({ topic: z.string(), partition: z.int(), offset, metadata: z.string() })),
})

/**
 * How far the groups of an edition were. `complete`: the topics are whole and nobody worked on them, so that outputs and
 * progress agree.
 */
const progress = z.object({ complete: z.boolean(), groups: z.array(group) })

const manifest = z.object({
  format: z.literal('ninefold-archive'),
  version: z.literal(1),
  pipeline: z.string(),
  topicPrefix: z.string(),
  /** The cluster it was made of: offsets of another one's topics do not go on from it. */
  clusterId: z.string(),
  /** Writers' schemas by the id they had, as the registry gave them: JSON as text. */
  schemas: z.record(z.string(), z.string()),
  topics: z.array(topic),
  /** By edition. */
  progress: z.record(z.string(), progress),
})

/** A file of an archive. */
export type ArchivedFile = z.output<typeof file>
/** A range of a partition. */
export type Segment = z.output<typeof segment>
/** A topic. */
export type ArchivedTopic = z.output<typeof topic>
/** The progress of an edition's groups. */
export type ArchivedProgress = z.output<typeof progress>
/** The whole of it. */
export type Manifest = z.output<typeof manifest>

const FILE = 'manifest.json'

/** The manifest of a folder; null when it has none. @throws NF_ARCHIVE_DAMAGED, NF_ARCHIVE_FOLDER */
export function findManifest(folder: string): Manifest | null {
  const path = join(folder, FILE)
  if (!existsSync(path)) return null
  let read: unknown
  try {
    read = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw damaged(path, 'it is no JSON')
  }
  const { success, data, error } = manifest.safeParse(read)
  if (success) return data
  const { version } = read as { version?: unknown }
  if (typeof version === 'number' && version > 1) {
    throw new NinefoldError(
      'NF_ARCHIVE_FOLDER',
      `${folder} holds an archive of version ${version}, which this Ninefold does not know`,
      'Use the Ninefold that made it, or a newer one.',
    )
  }
  throw damaged(path, z.prettifyError(error).split('\n')[0] ?? '')
}

/** The manifest of an archive that must be there. @throws NF_ARCHIVE_FOLDER, NF_ARCHIVE_DAMAGED */
export function readManifest(folder: string): Manifest {
  const found = findManifest(folder)
  if (found !== null) return found
  throw new NinefoldError(
    'NF_ARCHIVE_FOLDER',
    `${folder} holds no archive: there is no ${FILE}`,
    'Name the folder that `ninefold archive --out` has written.',
  )
}

/** Replaces it, in one step. */
export function writeManifest(folder: string, value: Manifest): void {
  const path = join(folder, FILE)
  onDisk(path, () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${path}.partial`, `${JSON.stringify(value, null, 1)}\n`, { flush: true })
    renameSync(`${path}.partial`, path)
  })
}

/** The offset up to which a partition is archived. */
export function endOf(segments: readonly Segment[]): number | null {
  return segments.at(-1)?.to ?? null
}
