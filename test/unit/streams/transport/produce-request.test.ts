import { createRequire } from 'node:module'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { framedRequest } from '../../../../streams/transport/framed-request.ts'
import { type Batch, encodeProduce } from '../../../../streams/transport/produce-request.ts'

interface KafkaJsRequest {
  apiKey: number
  apiVersion: number
  encode(): Promise<{ buffer: Buffer }>
}

const require = createRequire(import.meta.url)
const kafkaJsProduce = require('kafkajs/src/protocol/requests/produce/v7/request.js') as (
  request: object,
) => KafkaJsRequest
const kafkaJsFrame = require('kafkajs/src/protocol/request.js') as typeof framedRequest

const NOW = 1_700_000_000_123
const content = fc.oneof(
  fc.constant(null),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
)
const key = fc.oneof(content, fc.string({ unit: 'grapheme', maxLength: 100 }))
const batch = fc.record({
  topic: fc.constantFrom('p.main.raw-paths', 'p.main.verdicts', 'p.main.tödlich'),
  partition: fc.nat(20),
  firstSequence: fc.nat(2 ** 31 - 1),
  records: fc.array(fc.record({ key, value: content }), { minLength: 1, maxLength: 150 }),
})
const batches = fc.uniqueArray(batch, { maxLength: 8, selector: (b: Batch) => `${b.topic}/${b.partition}` })
const identity = fc.record({
  transactionalId: fc.string({ minLength: 1, maxLength: 40 }),
  producerId: fc.bigInt(0n, 2n ** 62n).map(String),
  producerEpoch: fc.nat(32_767),
})

function encodedByKafkaJs(id: object, all: readonly Batch[]): Promise<{ buffer: Buffer }> {
  const topicData = [...Map.groupBy(all, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map(({ partition, firstSequence, records }) => ({
      partition,
      firstSequence,
      messages: records.map(({ headers = [], ...record }) => ({
        ...record,
        headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
      })),
    })),
  }))
  return kafkaJsProduce({ ...id, acks: -1, timeout: 10_000, compression: 0, topicData }).encode()
}

describe('a produce request', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('has the very bytes KafkaJS writes', async () => {
    await fc.assert(
      fc.asyncProperty(identity, batches, async (id, all) => {
        const ours = encodeProduce({
          identity: id,
          acks: -1,
          timeoutMs: 10_000,
          timestamp: NOW,
          batches: all,
        })
        const theirs = await encodedByKafkaJs(id, all)
        expect(ours.equals(theirs.buffer)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('has them also where records bring their own times and headers', async () => {
    const header = fc.record({
      name: fc.string({ unit: 'grapheme', maxLength: 12 }),
      value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    })
    const record = fc.record({
      key,
      value: content,
      // All of as many digits: KafkaJS sorts them as text.
      timestamp: fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 }),
      headers: fc.uniqueArray(header, { maxLength: 4, selector: ({ name }) => name }),
    })
    const oneBatch = fc.record({
      topic: fc.constant('t'),
      partition: fc.nat(20),
      firstSequence: fc.nat(9),
      records: fc.array(record, { minLength: 1, maxLength: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(identity, oneBatch, async (id, one) => {
        const settings = { identity: id, acks: -1, timeoutMs: 10_000, timestamp: NOW, batches: [one] }
        const theirs = await encodedByKafkaJs(id, [one])
        expect(encodeProduce(settings).toString('hex')).toBe(theirs.buffer.toString('hex'))
      }),
      { numRuns: 100 },
    )
  })

  it('has room for records whose lengths take many bytes', async () => {
    const id = { transactionalId: 'w', producerId: '7', producerEpoch: 0 }
    const value = Buffer.alloc(700_000, 1)
    const all = [{ topic: 't', partition: 0, firstSequence: 0, records: [{ key: 'é'.repeat(9000), value }] }]
    const ours = encodeProduce({ identity: id, acks: -1, timeoutMs: 10_000, timestamp: NOW, batches: all })
    expect(ours.equals((await encodedByKafkaJs(id, all)).buffer)).toBe(true)
  })
})

describe('a framed request', () => {
  it('has the very bytes KafkaJS writes', async () => {
    const request = kafkaJsProduce({
      acks: -1,
      timeout: 5,
      transactionalId: 'w',
      compression: 0,
      topicData: [],
    })
    const outgoing = { correlationId: 4711, clientId: 'nine·fold', request }
    const theirs = await kafkaJsFrame(outgoing)
    expect((await framedRequest(outgoing)).buffer.equals(theirs.buffer)).toBe(true)
  })
})
