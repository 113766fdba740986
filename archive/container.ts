/**
 * Avro object container files (Avro 1.11 specification, "Object Container Files"), as any Avro tool reads them.
 *
 * Each record of a topic is one `ninefold.archive.ArchivedRecord`: where it stood, its key and headers, and its value,
 * typed by the schema its writer had. The value's bytes are taken over as they are, and given back as they are: no
 * writer's encoding is made into another. What is no Avro of a known schema is kept as plain bytes, in files of its own.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import avro from 'avsc'
import { messageOf, NinefoldError } from '../errors.ts'
import { avroType, avroTypeWithRaw } from '../schemas/avro-types.ts'

/** A record as a file holds it. */
export interface ArchivedRecord {
  readonly offset: number
  /** Milliseconds since 1970, as its producer said. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly headers: readonly { readonly name: string; readonly value: Buffer | null }[]
  /** In a file with a schema the value's Avro; in one without all there was, null for none. */
  readonly value: Buffer | null
}

/** How blocks are packed; names are the specification's. */
export const ARCHIVE_CODECS = ['deflate', 'zstandard', 'null'] as const

/** One of them. */
export type ArchiveCodec = (typeof ARCHIVE_CODECS)[number]

/** Bytes of a block before it is packed: large enough to pack well, small enough to read many files at once. */
const BLOCK_BYTES = 128 * 1024
/** No honest block unpacks to more: a record is a megabyte at most. */
const MAX_BLOCK_BYTES = 64 * 1024 * 1024

type Done = (error: Error | null, bytes: Buffer) => void

const PACKERS = {
  null: (bytes: Buffer, done: Done) => done(null, bytes),
  deflate: (bytes: Buffer, done: Done) => zlib.deflateRaw(bytes, done),
  zstandard: (bytes: Buffer, done: Done) => zlib.zstdCompress(bytes, done),
}
const UNPACKERS = {
  null: (bytes: Buffer, done: Done) => done(null, bytes),
  deflate: (bytes: Buffer, done: Done) => zlib.inflateRaw(bytes, { maxOutputLength: MAX_BLOCK_BYTES }, done),
  zstandard: (bytes: Buffer, done: Done) =>
    zlib.zstdDecompress(bytes, { maxOutputLength: MAX_BLOCK_BYTES }, done),
}

/** The schema of a file. @param value the writer's schema, a record's; null for plain bytes */
export function envelopeSchema(value: object | null): object {
  return {
    type: 'record',
    name: 'ArchivedRecord',
    namespace: 'ninefold.archive',
    doc: "A record of a Kafka topic. Topic and partition are in the file's metadata.",
    fields: [
      { name: 'offset', type: 'long', doc: 'Where it stood in its partition.' },
      {
        name: 'timestamp',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: "When it was written, by its producer's clock.",
      },
      { name: 'key', type: ['null', 'bytes'], doc: 'Its key: the question id in UTF-8.' },
      {
        name: 'headers',
        type: {
          type: 'array',
          items: {
            type: 'record',
            name: 'ArchivedHeader',
            fields: [
              { name: 'name', type: 'string' },
              { name: 'value', type: ['null', 'bytes'] },
            ],
          },
        },
        doc: 'Its headers, in their order.',
      },
      {
        name: 'value',
        type: value ?? ['null', 'bytes'],
        doc: value === null ? 'Its bytes, which are no Avro of a known schema.' : 'Its value.',
      },
    ],
  }
}

/** The type of a file's records, whose values stay bytes. */
function envelopeType(schema: object): avro.Type {
  const { fields } = schema as { fields: { name: string; type: unknown }[] }
  const value = fields.find(({ name }) => name === 'value')?.type
  const isTyped = typeof value === 'object' && value !== null && !Array.isArray(value)
  const type = isTyped ? avroTypeWithRaw(schema, value) : avroType(schema)
  // avsc would write the schema without its docs; its types are frozen.
  return Object.create(type, { getSchema: { value: () => schema } }) as avro.Type
}

/** What a finished file is known by. */
export interface ContainerSummary {
  readonly records: number
  /** Bytes on the disk. */
  readonly bytes: number
  /** Bytes of keys and values before they were packed. */
  readonly unpackedBytes: number
  /** SHA-256 of the file, in hex. */
  readonly sha256: string
}

/** Writes a new file. */
export class ContainerWriter {
  readonly #path: string
  readonly #encoder: avro.streams.BlockEncoder
  readonly #content = new ContentDigest()
  readonly #bytes = createHash('sha256')
  readonly #written: Promise<void>
  #size = 0

  /** @param metadata text that stands in the file's header beside the schema */
  constructor(
    path: string,
    value: object | null,
    {
      codec,
      metadata,
    }: { readonly codec: ArchiveCodec; readonly metadata: Readonly<Record<string, string>> },
  ) {
    this.#path = path
    this.#encoder = new avro.streams.BlockEncoder(envelopeType(envelopeSchema(value)), {
      codec,
      codecs: PACKERS,
      blockSize: BLOCK_BYTES,
      writeHeader: 'always',
      metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text)])),
    } as object)
    const counted = new PassThrough()
    counted.on('data', (chunk: Buffer) => {
      this.#bytes.update(chunk)
      this.#size += chunk.length
    })
    this.#written = pipeline(this.#encoder, counted, createWriteStream(path, { flush: true }))
    // It may fail before anybody waits for it.
    this.#written.catch(() => {})
  }

  /** Bytes of keys and values so far. */
  get unpackedBytes(): number {
    return this.#content.bytes
  }

  async add(record: ArchivedRecord): Promise<void> {
    this.#content.add(record)
    if (this.#encoder.write(record)) return
    await Promise.race([new Promise((resolve) => this.#encoder.once('drain', resolve)), this.#written])
  }

  /**
   * All is on the disk after this, and was read from there again.
   * @throws what keeps it from being written; NF_ARCHIVE_DAMAGED when something else is read than was written
   */
  async finish(): Promise<ContainerSummary> {
    this.#encoder.end()
    await this.#written
    const read = new ContentDigest()
    for await (const record of readContainer(this.#path)) read.add(record)
    if (read.text() !== this.#content.text()) throw damaged(this.#path, 'it reads other than it was written')
    const { records, bytes: unpackedBytes } = this.#content
    return { records, bytes: this.#size, unpackedBytes, sha256: this.#bytes.digest('hex') }
  }

  /** Gives the file up. */
  async abandon(): Promise<void> {
    this.#encoder.destroy()
    await this.#written.catch(() => {})
  }
}

/** The records of a file. @throws NF_ARCHIVE_DAMAGED when it is no such file, or a block of it cannot be read */
export async function* readContainer(path: string): AsyncGenerator<ArchivedRecord> {
  const decoder = new avro.streams.BlockDecoder({ codecs: UNPACKERS, parseHook: envelopeType } as object)
  const file = createReadStream(path)
  file.on('error', (error) => decoder.destroy(error))
  file.pipe(decoder)
  try {
    for await (const record of decoder) yield record as ArchivedRecord
  } catch (error) {
    throw damaged(path, messageOf(error))
  } finally {
    file.destroy()
    decoder.destroy()
  }
}

/** SHA-256 of a file, in hex. @throws NF_ARCHIVE_DAMAGED when it is not there */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    const file = await open(path)
    for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer)
  } catch (error) {
    throw damaged(path, messageOf(error))
  }
  return hash.digest('hex')
}

/** What tells that two runs of records are the same. */
class ContentDigest {
  readonly #hash = createHash('sha256')
  records = 0
  bytes = 0

  add({ offset, timestamp, key, headers, value }: ArchivedRecord): void {
    this.records++
    this.bytes += (key?.length ?? 0) + (value?.length ?? 0)
    const names = headers.map(({ name, value: text }) => [name, text?.toString('base64') ?? null])
    const head = [offset, timestamp, key?.length ?? -1, value?.length ?? -1, names]
    this.#hash.update(JSON.stringify(head))
    if (key !== null) this.#hash.update(key)
    if (value !== null) this.#hash.update(value)
  }

  text(): string {
    return `${this.records} ${this.#hash.digest('hex')}`
  }
}

/** What is told of a file that cannot be used. */
export function damaged(path: string, why: string): NinefoldError {
  return new NinefoldError(
    'NF_ARCHIVE_DAMAGED',
    `${path} cannot be used: ${why}`,
    'Take it from another copy of the archive. While the topics still hold its records, an archive in a new folder is as good.',
  )
}
