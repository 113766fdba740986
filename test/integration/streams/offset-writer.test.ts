/** Records back at the offsets they had, on a real broker: with holes, headers and times, whoever dies on the way. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { silentLog } from '../../../streams/log.ts'
import { KafkaClient } from '../../../streams/transport/client.ts'
import { Displaced, OffsetWriter } from '../../../streams/transport/offset-writer.ts'
import { TopicReader } from '../../../streams/transport/reader.ts'
import { TransactionalProducer } from '../../../streams/transport/transaction.ts'

let client: KafkaClient
let reader: TopicReader
let made = 0

beforeAll(() => {
  client = new KafkaClient({ brokers: inject('stack').brokers }, silentLog)
  reader = new TopicReader(client)
})

afterAll(() => client.close())

/** A topic nobody else uses. */
async function newTopic(config: Record<string, string> = {}): Promise<string> {
  const topic = `placed-${++made}`
  await client.ensureTopics([{ topic, partitions: 2, replication: 1, config }])
  return topic
}

const TIME = 1_600_000_000_000
const record = (text: string) => ({
  key: Buffer.from('k'),
  value: Buffer.from(text),
  timestamp: TIME + text.length,
  headers: [
    { name: 'trace', value: Buffer.from(text) },
    { name: 'empty', value: Buffer.alloc(0) },
  ],
})

async function offsetsIn(topic: string): Promise<string[]> {
  const found: string[] = []
  for await (const records of reader.readAll(topic)) {
    for (const { partition, offset, value, timestamp, headers } of records) {
      expect(timestamp).toBe(TIME + value!.length)
      expect(String(headers?.trace)).toBe(String(value))
      found.push(`${partition}/${offset} ${value}`)
    }
  }
  return found
}

it('stand where they stood, with holes of any size between them, also in a compacted topic', async () => {
  for (const config of [{}, { 'cleanup.policy': 'compact' }]) {
    const topic = await newTopic(config as Record<string, string>)
    const writer = await OffsetWriter.open(client, `placing-${topic}`)
    await writer.append([
      { topic, partition: 0, from: 0, records: [record('a'), record('bb')] },
      { topic, partition: 1, from: 0, records: [record('c')] },
    ])
    const filled = await writer.fill([
      { topic, partition: 0, from: 2, to: 3 },
      { topic, partition: 1, from: 1, to: 40 },
    ])
    expect(filled).toEqual([3, 40])
    await writer.append([
      { topic, partition: 0, from: 3, records: [record('dddd')] },
      { topic, partition: 1, from: 40, records: [record('e')] },
    ])
    expect(await writer.ends([topic])).toEqual(
      new Map([
        [`${topic}/0`, 4],
        [`${topic}/1`, 41],
      ]),
    )
    await writer.close()
    expect(await offsetsIn(topic)).toEqual(['0/0 a', '0/1 bb', '0/3 dddd', '1/0 c', '1/40 e'])
  }
})

it('what a dead writer has left open lies within its hole', async () => {
  const topic = await newTopic()
  const id = `placing-${topic}`
  const writer = await OffsetWriter.open(client, id)
  await writer.append([{ topic, partition: 0, from: 0, records: [record('a')] }])
  // As one that was killed in a hole of ten: three of its records, and no end.
  const killed = await TransactionalProducer.open(client, id)
  const filler = { topic, partition: 0, key: '', value: null }
  await killed
    .commit([filler, filler, filler], [], () => {
      throw new Error('killed')
    })
    .catch(() => {})
  const next = await OffsetWriter.open(client, id)
  const end = (await next.ends([topic])).get(`${topic}/0`)!
  expect(end).toBe(5)
  expect(await next.fill([{ topic, partition: 0, from: end, to: 11 }])).toEqual([11])
  await next.append([{ topic, partition: 0, from: 11, records: [record('b')] }])
  expect(await offsetsIn(topic)).toEqual(['0/0 a', '0/11 b'])
  await Promise.all([writer.close(), killed.close(), next.close()])
})

it('who finds somebody else writing says so', async () => {
  const topic = await newTopic()
  const writer = await OffsetWriter.open(client, `placing-${topic}`)
  await writer.append([{ topic, partition: 0, from: 0, records: [record('a')] }])
  const wrong = writer.append([{ topic, partition: 0, from: 5, records: [record('b')] }])
  await expect(wrong).rejects.toThrow(Displaced)
  await writer.close()
})
