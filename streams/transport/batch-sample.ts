/** How a topic's batches are packed, by a look at some of them as they are stored: KafkaJS tells records only. */
import { createRequire } from 'node:module'
import { CODEC_NAMES, unpacked } from './compression.ts'
import { exchange } from './group-protocol.ts'
import { type Broker, type Decoder, DecoderClass, type Exchange, protocolErrors } from './kafkajs.ts'

/** What batches take, as they are stored and as they would without being packed. */
export interface BatchSample {
  /** Names of the codecs met. */
  readonly codecs: ReadonlySet<string>
  readonly storedBytes: number
  readonly unpackedBytes: number
}

const SAMPLE_BYTES = 512 * 1024
const HEADER_BYTES = 61
/** From a batch's beginning to what its length counts. */
const UNCOUNTED_BYTES = 12
const MAGIC_AT = 16
const ATTRIBUTES_AT = 21
const MAGIC = 2
const CODEC = 0x07
const CONTROL = 0x20

const fetchRequest = createRequire(import.meta.url)('kafkajs/src/protocol/requests/fetch/v4/request') as (
  request: object,
) => Exchange<unknown>['request']

/** The batches from an offset on, about half a megabyte of them; marks of transactions are left out. */
export async function sampleBatches(
  broker: Broker,
  {
    topic,
    partition,
    offset,
  }: { readonly topic: string; readonly partition: number; readonly offset: number },
): Promise<BatchSample> {
  const place = { partition, fetchOffset: String(offset), maxBytes: SAMPLE_BYTES }
  const request = fetchRequest({
    replicaId: -1,
    maxWaitTime: 100,
    minBytes: 1,
    maxBytes: SAMPLE_BYTES,
    topics: [{ topic, partitions: [place] }],
  })
  const bytes = await exchange(broker, {
    request,
    response: {
      decode: async (raw) => decodeRecords(new DecoderClass(raw)),
      parse: async (data) => data,
    },
  })
  return sampleOf(bytes)
}

/** What these batches take; the last one may be cut off, and is left out then. */
export async function sampleOf(bytes: Buffer): Promise<BatchSample> {
  const codecs = new Set<string>()
  let storedBytes = 0
  let unpackedBytes = 0
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const size = UNCOUNTED_BYTES + bytes.readInt32BE(at + 8)
    if (at + size > bytes.length || bytes[at + MAGIC_AT] !== MAGIC) break
    const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT)
    if ((attributes & CONTROL) === 0) {
      const codec = attributes & CODEC
      const records = await unpacked(codec, bytes.subarray(at + HEADER_BYTES, at + size))
      codecs.add(CODEC_NAMES[codec] ?? `codec ${codec}`)
      storedBytes += size
      unpackedBytes += HEADER_BYTES + records.length
    }
    at += size
  }
  return { codecs, storedBytes, unpackedBytes }
}

/** The record set of the one partition that was asked for. */
function decodeRecords(decoder: Decoder): Buffer {
  decoder.readInt32()
  const [sets = []] = decoder.readArray((topic) => {
    topic.readString()
    return topic.readArray((partition) => {
      partition.readInt32()
      const code = partition.readInt16()
      partition.readInt64()
      partition.readInt64()
      partition.readArray((aborted) => [aborted.readInt64(), aborted.readInt64()])
      if (protocolErrors.failure(code)) throw protocolErrors.createErrorFromCode(code)
      return partition.readBytes() ?? Buffer.alloc(0)
    })
  })
  return sets[0] ?? Buffer.alloc(0)
}
