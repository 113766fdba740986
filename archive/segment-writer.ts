/** Writes a range of a partition: a file a schema, so that none is cut short where two writers take turns. */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { avroType } from '../schemas/avro-types.ts'
import { onDisk } from '../stack/disk-fault.ts'
import type { KafkaMessage } from '../streams/transport/kafkajs.ts'
import type { StoredRecord } from '../streams/transport/reader.ts'
import { type ArchiveCodec, type ArchivedRecord, ContainerWriter } from './container.ts'
import type { ArchivedFile, Segment } from './manifest.ts'

/** Before a value's Avro: a zero byte, the schema's id as a big-endian int32. */
export const FRAME_BYTES = 5

/** Writers' schemas by id, as text; null where the registry knows none that is a record's. */
export type SchemaTexts = (id: number) => Promise<string | null>

/** What a segment is written with. */
export interface SegmentSettings {
  readonly folder: string
  readonly topic: string
  readonly partition: number
  readonly codec: ArchiveCodec
  readonly schemaText: SchemaTexts
}

interface OpenFile {
  readonly schema: number | null
  readonly path: string
  readonly file: string
  readonly writer: ContainerWriter
  /** Whether bytes are a value of its schema. */
  readonly fits: (value: Buffer) => boolean
}

/** Writes one segment. */
export class SegmentWriter {
  readonly #settings: SegmentSettings
  readonly #from: number
  readonly #files = new Map<number | null, OpenFile>()
  #next: number

  constructor(settings: SegmentSettings, from: number) {
    this.#settings = settings
    this.#from = from
    this.#next = from
  }

  /** Bytes of keys and values so far. */
  get unpackedBytes(): number {
    return [...this.#files.values()].reduce((sum, { writer }) => sum + writer.unpackedBytes, 0)
  }

  /** Takes a record; offsets rise. */
  async add(record: StoredRecord): Promise<void> {
    const { offset, timestamp, key, value } = record
    this.#next = offset + 1
    const typed = value === null ? null : await this.#typedFile(value)
    const { writer } = typed ?? (await this.#fileOf(null))
    const kept = typed === null ? value : value!.subarray(FRAME_BYTES)
    await writer.add({ offset, timestamp, key, headers: headersOf(record.headers), value: kept })
  }

  /** Finishes the files, which count from now on. @param to up to where the range reaches; default: the last record */
  async finish(to = this.#next): Promise<Segment> {
    const files: ArchivedFile[] = []
    for (const { schema, path, file, writer } of this.#files.values()) {
      const summary = await writer.finish()
      onDisk(path, () => renameSync(partial(path), path))
      files.push({ file, schema, ...summary })
    }
    return { from: this.#from, to, files }
  }

  /** Gives the segment up. */
  async abandon(): Promise<void> {
    for (const { writer, path } of this.#files.values()) {
      await writer.abandon()
      rmSync(partial(path), { force: true })
    }
  }

  /** The file of the value's schema; null when it is no value of one. */
  async #typedFile(value: Buffer): Promise<OpenFile | null> {
    if (value.length < FRAME_BYTES || value[0] !== 0) return null
    const id = value.readInt32BE(1)
    const known = this.#files.get(id) ?? ((await this.#settings.schemaText(id)) === null ? null : undefined)
    if (known === null) return null
    const file = known ?? (await this.#fileOf(id))
    return file.fits(value) ? file : null
  }

  async #fileOf(schema: number | null): Promise<OpenFile> {
    const known = this.#files.get(schema)
    if (known !== undefined) return known
    const { folder, topic, partition, codec, schemaText } = this.#settings
    const text = schema === null ? null : await schemaText(schema)
    const value = text === null ? null : (JSON.parse(text) as object)
    const file = `${topic}/${padded(partition, 5)}-${padded(this.#from, 15)}-${schema ?? 'bytes'}.avro`
    const path = join(folder, file)
    onDisk(path, () => mkdirSync(dirname(path), { recursive: true }))
    const metadata = {
      'ninefold.topic': topic,
      'ninefold.partition': String(partition),
      ...(schema === null ? {} : { 'ninefold.schema.id': String(schema) }),
    }
    const writer = new ContainerWriter(partial(path), value, { codec, metadata })
    const opened = { schema, path, file, writer, fits: value === null ? () => true : fitter(value) }
    this.#files.set(schema, opened)
    return opened
  }
}

/** Whether bytes behind a frame are a value of this schema, to their end. */
function fitter(schema: object): (value: Buffer) => boolean {
  const type = avroType(schema)
  return (value) => {
    try {
      return type.decode(value, FRAME_BYTES).offset === value.length
    } catch {
      return false
    }
  }
}

/** Headers as a file holds them. */
export function headersOf(headers: KafkaMessage['headers'] = {}): ArchivedRecord['headers'] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values ?? null].flat().map((value) => ({ name, value: value === null ? null : Buffer.from(value) })),
  )
}

/** Until it counts. */
function partial(path: string): string {
  return `${path}.partial`
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}
