/**
 * What a rebuild is measured against, a process of its own: bare KafkaJS, which reads a topic from its beginning and
 * writes the same records to another one, a batch at a time, all partitions side by side, without transactions.
 * Prints what it copied as JSON; the copy is deleted.
 */
import { randomUUID } from 'node:crypto'
import { kafkajs } from '../../streams/transport/kafkajs.ts'

/** What was copied, and how long it took from the first records that came. */
export interface Copied {
  readonly records: number
  readonly bytes: number
  readonly seconds: number
}

const [brokers = '', topic = '', count = ''] = process.argv.slice(2)
const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
const target = `${topic}.copy-${randomUUID()}`
const admin = kafka.admin()
await admin.connect()
const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
const numPartitions = topics[0]!.partitions.length
await admin.createTopics({ topics: [{ topic: target, numPartitions }], waitForLeaders: true })
try {
  console.log(JSON.stringify(await copy(Number(count), numPartitions)))
} finally {
  await admin.deleteTopics({ topics: [target] })
  await admin.disconnect()
}

async function copy(records: number, partitions: number): Promise<Copied> {
  const producer = kafka.producer()
  const consumer = kafka.consumer({ groupId: target })
  await Promise.all([producer.connect(), consumer.connect()])
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const done = Promise.withResolvers<void>()
  const copied = { records: 0, bytes: 0 }
  let started = 0
  await consumer.run({
    partitionsConsumedConcurrently: partitions,
    eachBatch: async ({ batch: { partition, messages } }) => {
      started ||= performance.now()
      await producer.send({
        topic: target,
        messages: messages.map(({ key, value }) => ({ key, value, partition })),
      })
      copied.records += messages.length
      for (const { value } of messages) copied.bytes += value?.length ?? 0
      if (copied.records >= records) done.resolve()
    },
  })
  await done.promise
  const seconds = (performance.now() - started) / 1000
  await Promise.all([consumer.disconnect(), producer.disconnect()])
  return { ...copied, seconds }
}
