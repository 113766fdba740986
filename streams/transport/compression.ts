/**
 * Batches packed and unpacked. KafkaJS brings gzip alone, and fails a whole fetch at any other codec; Kafka's own clients
 * write four. Ours are written as they are, or packed by what Node brings: gzip and zstd.
 */
import { promisify } from 'node:util'
import { constants, gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib'
import { unpackLz4 } from './lz4-frame.ts'

/** A batch is a megabyte or so as it was sent: more than this in it is no honest one. */
const MAX_BYTES = 256 * 1024 * 1024
/** How Java's producers begin Snappy: blocks behind a header of this, a version and the oldest one that reads it. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEADER_BYTES = XERIAL_MAGIC.length + 8

/** How batches can be written. */
export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const

/** One of them. */
export type Compression = (typeof COMPRESSIONS)[number]

/** Packs a batch's records. */
export interface Packer {
  /** Its number in a batch's attributes. */
  readonly codec: number
  pack(records: Buffer): Promise<Buffer>
}

/** Level 1 of zstd packs texts as well as gzip does, in a fraction of its time: docs/archive.md has figures. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

const PACKERS: Readonly<Record<Exclude<Compression, 'none'>, Packer>> = {
  gzip: { codec: 1, pack: (records) => promisify(gzip)(records) },
  zstd: { codec: 4, pack: (records) => promisify(zstdCompress)(records, ZSTD) },
}

/** What packs batches; null where they are written as they are. */
export function packerOf(compression: Compression): Packer | null {
  return compression === 'none' ? null : PACKERS[compression]
}

/** The names of Kafka's codecs by their numbers. */
export const CODEC_NAMES: readonly string[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** A batch's records as they were before they were packed. @throws {Error} when they are damaged */
export async function unpacked(codec: number, records: Buffer): Promise<Buffer> {
  if (codec === 0) return records
  if (codec === 1) return promisify(gunzip)(records, { maxOutputLength: MAX_BYTES })
  const known = CODECS[codec]
  if (known === undefined) throw new Error(`Kafka has no codec ${codec}`)
  return known().decompress(records)
}

/** A codec as KafkaJS calls it. */
interface Codec {
  compress(): Promise<never>
  decompress(packed: Buffer): Promise<Buffer>
}

/** By the number of the codec in a batch's attributes. */
export const CODECS: Readonly<Record<number, () => Codec>> = {
  2: () => readOnly('snappy', unpackSnappy),
  3: () => readOnly('lz4', async (packed) => unpackLz4(packed, MAX_BYTES)),
  4: () => readOnly('zstd', (packed) => promisify(zstdDecompress)(packed, { maxOutputLength: MAX_BYTES })),
}

function readOnly(name: string, decompress: (packed: Buffer) => Promise<Buffer>): Codec {
  return {
    compress: () => Promise.reject(new Error(`KafkaJS writes nothing with ${name}`)),
    decompress: (packed) =>
      decompress(packed).catch((cause) => {
        throw new Error(`a batch said to be ${name} cannot be unpacked: ${cause.message}`, { cause })
      }),
  }
}

async function unpackSnappy(packed: Buffer): Promise<Buffer> {
  // Loaded when it is needed: it brings codecs for which every command would wait at its start.
  const { decompressSnappy } = await import('hyparquet-compressors')
  const unpackRaw = (block: Buffer): Buffer => {
    const length = lengthIn(block)
    if (length > MAX_BYTES) throw new Error(`it unpacks to more than ${MAX_BYTES} bytes`)
    return length === 0 ? Buffer.alloc(0) : Buffer.from(decompressSnappy(block, length))
  }
  if (!packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unpackRaw(packed)
  const blocks: Buffer[] = []
  for (let at = XERIAL_HEADER_BYTES; at < packed.length; ) {
    const length = packed.readInt32BE(at)
    blocks.push(unpackRaw(packed.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

/** Snappy begins with the unpacked length as a varint. */
function lengthIn(packed: Buffer): number {
  let length = 0
  for (let at = 0, shift = 0; shift <= 28; at++, shift += 7) {
    const byte = packed.readUInt8(at)
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return length
  }
  throw new Error('its length is damaged')
}
