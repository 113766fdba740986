import { describe, expect, it } from 'vitest'
import { sampleOf } from '../../../../streams/transport/batch-sample.ts'
import { CODEC_NAMES, packerOf, unpacked } from '../../../../streams/transport/compression.ts'
import {
  type Batch,
  encodePackedProduce,
  encodeProduce,
} from '../../../../streams/transport/produce-request.ts'

const identity = { transactionalId: 'w', producerId: '7', producerEpoch: 0 }
const records = Array.from({ length: 50 }, (_, at) => ({
  key: `q${at}`,
  value: Buffer.from(`${'The findings are weighed one by one. '.repeat(40)}${at}`),
}))
const batch: Batch = { topic: 't', partition: 0, firstSequence: 0, records }
const request = { identity, acks: -1, timeoutMs: 10_000, timestamp: 1_700_000_000_000, batches: [batch] }
/** Where a request of one batch of topic `t` has it: behind id, acks, timeout, counts, topic, partition and size. */
const BATCH_AT = 2 + 1 + 2 + 4 + 4 + 2 + 1 + 4 + 4 + 4

describe('a sample of batches', () => {
  it.each(['gzip', 'zstd'] as const)('tells what %s has made of the same records', async (compression) => {
    const plain = encodeProduce(request).subarray(BATCH_AT)
    const packed = (await encodePackedProduce(request, packerOf(compression)!)).subarray(BATCH_AT)
    expect(await sampleOf(plain)).toEqual({
      codecs: new Set(['none']),
      storedBytes: plain.length,
      unpackedBytes: plain.length,
    })
    expect(packed.length).toBeLessThan(plain.length / 5)
    const both = await sampleOf(Buffer.concat([plain, packed, plain.subarray(0, 100)]))
    expect(both).toEqual({
      codecs: new Set(['none', compression]),
      storedBytes: plain.length + packed.length,
      unpackedBytes: 2 * plain.length,
    })
  })

  it('leaves out the marks of transactions, and takes no bytes for nothing', async () => {
    const mark = Buffer.from(encodeProduce(request).subarray(BATCH_AT))
    mark.writeInt16BE(0x30, 21)
    expect(await sampleOf(mark)).toEqual({ codecs: new Set(), storedBytes: 0, unpackedBytes: 0 })
    expect((await sampleOf(Buffer.alloc(0))).storedBytes).toBe(0)
  })
})

it.each(['gzip', 'zstd'] as const)('%s packs under the number that Kafka gives it', async (compression) => {
  const { codec, pack } = packerOf(compression)!
  expect(CODEC_NAMES[codec]).toBe(compression)
  const text = Buffer.from('The findings are weighed. '.repeat(100))
  const packed = await pack(text)
  expect(packed.length).toBeLessThan(text.length / 4)
  expect((await unpacked(codec, packed)).equals(text)).toBe(true)
})
