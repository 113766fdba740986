/**
 * A Produce request (version 7), of a transaction or of none, written into one buffer. KafkaJS makes several buffers a
 * record and copies each three times over, which was a tenth of a worker's time; the bytes are the same.
 *
 *   batch   the wire format "magic 2"; headers and timestamps where records bring their own
 */
import type { Packer } from './compression.ts'
import { crc32c } from './crc32c.ts'
import type { TransactionIdentity } from './kafkajs.ts'

/** A record of a batch. */
export interface BatchRecord {
  readonly key: string | Buffer | null
  readonly value: Buffer | null
  /** Milliseconds since 1970; default: the request's. */
  readonly timestamp?: number
  /** Default: none. */
  readonly headers?: readonly BatchHeader[]
}

/** A header of a record; a record may have several of one name. */
export interface BatchHeader {
  readonly name: string
  readonly value: Buffer | null
}

/** What goes to one partition. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  /** The producer's sequence number of the first record; {@link NO_SEQUENCE} outside of transactions. */
  readonly firstSequence: number
  /** At least one. */
  readonly records: readonly BatchRecord[]
}

/** A request; a partition may be named once. */
export interface ProduceRequest {
  /** null: the records stand by themselves, and count as soon as they are written. */
  readonly identity: TransactionIdentity | null
  readonly acks: number
  readonly timeoutMs: number
  /** Milliseconds since 1970, of all records that have none of their own. */
  readonly timestamp: number
  readonly batches: readonly Batch[]
}

/** Stands for the sequence number of a batch that is part of no producer's sequence. */
export const NO_SEQUENCE = -1

/** Stands for the producer of such a batch. */
const NOBODY = { transactionalId: null, producerId: -1, producerEpoch: -1 }

const MAGIC = 2
const TRANSACTIONAL = 0x10
/** From the beginning of a batch to its first record. */
const BATCH_HEADER_BYTES = 61
/** What the batch's own length does not count: base offset and length. */
const UNCOUNTED_BYTES = 12
const CRC_AT = 17
/** Where what the checksum covers begins: the attributes. */
const CHECKED_FROM = 21
/** A record's attributes. */
const ATTRIBUTES_BYTES = 1
/** The most that lengths, deltas and the number of headers take of a record. */
const MAX_VARINTS_BYTES = 35
/** The most that the lengths of a header take. */
const MAX_HEADER_VARINTS_BYTES = 10

/** A batch's records, packed. */
interface Packed {
  /** The codec's number in the wire format. */
  readonly codec: number
  readonly bytes: Buffer
}

/** The request's body, as it follows the request's header; its records as they are. */
export function encodeProduce(request: ProduceRequest): Buffer {
  return encodeBody(request, new Map())
}

/** The same with each batch's records packed, beside the event loop. */
export async function encodePackedProduce(request: ProduceRequest, { codec, pack }: Packer): Promise<Buffer> {
  const packing = request.batches.map(async (batch): Promise<[Batch, Packed]> => {
    const records = new Writer(maxRecordsBytes(batch))
    writeRecords(records, batch, request)
    return [batch, { codec, bytes: await pack(records.bytes.subarray(0, records.at)) }]
  })
  return encodeBody(request, new Map(await Promise.all(packing)))
}

function encodeBody(request: ProduceRequest, packed: ReadonlyMap<Batch, Packed>): Buffer {
  const { acks, timeoutMs, batches } = request
  const writer = new Writer(maxBytes(request, packed))
  writer.nullableString(request.identity?.transactionalId ?? null)
  writer.int16(acks)
  writer.int32(timeoutMs)
  const byTopic = Map.groupBy(batches, ({ topic }) => topic)
  writer.int32(byTopic.size)
  for (const [topic, topicBatches] of byTopic) {
    writer.string(topic)
    writer.int32(topicBatches.length)
    for (const batch of topicBatches) {
      writer.int32(batch.partition)
      const sizeAt = writer.at
      writer.int32(0)
      writeBatch(writer, batch, request, packed.get(batch) ?? null)
      writer.bytes.writeInt32BE(writer.at - sizeAt - 4, sizeAt)
    }
  }
  return writer.bytes.subarray(0, writer.at)
}

function writeBatch(writer: Writer, batch: Batch, request: ProduceRequest, packed: Packed | null): void {
  const { firstSequence, records } = batch
  const { producerId, producerEpoch } = request.identity ?? NOBODY
  const { base, newest } = timesOf(batch, request)
  const start = writer.at
  const { bytes } = writer
  bytes.fill(0, start, start + BATCH_HEADER_BYTES)
  bytes.writeInt8(MAGIC, start + 16)
  const transactional = request.identity === null ? 0 : TRANSACTIONAL
  bytes.writeInt16BE(transactional | (packed?.codec ?? 0), start + CHECKED_FROM)
  bytes.writeInt32BE(records.length - 1, start + 23)
  bytes.writeBigInt64BE(BigInt(base), start + 27)
  bytes.writeBigInt64BE(BigInt(newest), start + 35)
  bytes.writeBigInt64BE(BigInt(producerId), start + 43)
  bytes.writeInt16BE(producerEpoch, start + 51)
  bytes.writeInt32BE(firstSequence, start + 53)
  bytes.writeInt32BE(records.length, start + 57)
  writer.at = start + BATCH_HEADER_BYTES
  if (packed === null) writeRecords(writer, batch, request)
  else writer.content(packed.bytes)
  bytes.writeInt32BE(writer.at - start - UNCOUNTED_BYTES, start + 8)
  bytes.writeUInt32BE(crc32c(bytes, start + CHECKED_FROM, writer.at), start + CRC_AT)
}

/** The oldest and the newest time of a batch's records. */
function timesOf({ records }: Batch, { timestamp }: ProduceRequest): { base: number; newest: number } {
  const times = { base: Number.POSITIVE_INFINITY, newest: Number.NEGATIVE_INFINITY }
  for (const record of records) {
    const time = record.timestamp ?? timestamp
    times.base = Math.min(times.base, time)
    times.newest = Math.max(times.newest, time)
  }
  return times
}

function writeRecords(writer: Writer, batch: Batch, request: ProduceRequest): void {
  const { base } = timesOf(batch, request)
  for (const [index, record] of batch.records.entries()) {
    writeRecord(writer, record, { index, sinceBase: (record.timestamp ?? request.timestamp) - base })
  }
}

const NO_HEADERS: readonly BatchHeader[] = []

function writeRecord(
  writer: Writer,
  { key, value, headers = NO_HEADERS }: BatchRecord,
  { index, sinceBase }: { readonly index: number; readonly sinceBase: number },
): void {
  writer.varint(
    ATTRIBUTES_BYTES +
      varintBytes(sinceBase) +
      varintBytes(index) +
      sizedBytes(key) +
      sizedBytes(value) +
      varintBytes(headers.length) +
      headers.reduce((sum, header) => sum + sizedBytes(header.name) + sizedBytes(header.value), 0),
  )
  writer.int8(0)
  writer.varint(sinceBase)
  writer.varint(index)
  writer.sized(key)
  writer.sized(value)
  writer.varint(headers.length)
  for (const header of headers) {
    writer.sized(header.name)
    writer.sized(header.value)
  }
}

/** Bytes of something behind its length. */
function sizedBytes(content: string | Buffer | null): number {
  const length = lengthOf(content)
  return varintBytes(length) + Math.max(0, length)
}

function lengthOf(content: string | Buffer | null): number {
  if (content === null) return -1
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length
}

/** Bytes of a number as a zigzag varint. */
function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = zigzag(value); rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes++
  return bytes
}

/** Whole numbers as those above 0, small ones first; of 52 bits, since spans of time take more than 32. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** No request of these batches is larger. */
function maxBytes({ identity, batches }: ProduceRequest, packed: ReadonlyMap<Batch, Packed>): number {
  let bytes = 12 + (identity === null ? 0 : Buffer.byteLength(identity.transactionalId))
  for (const batch of batches) {
    bytes += 14 + Buffer.byteLength(batch.topic) + BATCH_HEADER_BYTES
    bytes += packed.get(batch)?.bytes.length ?? maxRecordsBytes(batch)
  }
  return bytes
}

function maxRecordsBytes({ records }: Batch): number {
  let bytes = 0
  for (const { key, value, headers = NO_HEADERS } of records) {
    bytes += ATTRIBUTES_BYTES + MAX_VARINTS_BYTES + Math.max(0, lengthOf(key)) + (value?.length ?? 0)
    for (const header of headers) {
      bytes += MAX_HEADER_VARINTS_BYTES + lengthOf(header.name) + (header.value?.length ?? 0)
    }
  }
  return bytes
}

/** Writes from the front of a buffer that is large enough. */
class Writer {
  readonly bytes: Buffer
  at = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  int8(value: number): void {
    this.at = this.bytes.writeInt8(value, this.at)
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at)
  }

  string(text: string): void {
    this.int16(Buffer.byteLength(text))
    this.content(text)
  }

  nullableString(text: string | null): void {
    if (text === null) this.int16(-1)
    else this.string(text)
  }

  /** Behind its length, which is -1 for null. */
  sized(content: string | Buffer | null): void {
    this.varint(lengthOf(content))
    if (content !== null) this.content(content)
  }

  content(content: string | Buffer): void {
    this.at +=
      typeof content === 'string' ? this.bytes.write(content, this.at) : content.copy(this.bytes, this.at)
  }

  /** A zigzag varint. */
  varint(value: number): void {
    let rest = zigzag(value)
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.bytes[this.at++] = (rest % 0x80) | 0x80
    this.bytes[this.at++] = rest
  }
}
