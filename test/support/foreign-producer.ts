/** Producers that know nothing of Ninefold: what stands in a topic when somebody writes there by mistake. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ensureJars } from '../../stack/jars.ts'
import { findJava } from '../../stack/java.ts'
import { kafkajs } from '../../streams/transport/kafkajs.ts'

/** A schema id that no registry has given. */
const UNKNOWN_SCHEMA = Buffer.from([0, 0x7f, 0xff, 0xff, 0xfe, 1, 2, 3])

/** Values that are no records of ours, each with what is said of it. */
export const UNREADABLE: readonly { readonly value: Buffer | null; readonly why: string }[] = [
  { value: Buffer.from('{"plain":"json"}'), why: 'magic byte wrong' },
  { value: UNKNOWN_SCHEMA, why: 'unknown schema id 2147483646' },
  { value: Buffer.alloc(0), why: '0 bytes are too few' },
  { value: null, why: 'a record without a value' },
]

/** Writes each of them to each topic, and one more without a key where that is allowed. */
export async function writeUnreadable(brokers: readonly string[], topics: readonly string[]): Promise<void> {
  const records = topics.flatMap((topic) => [
    ...UNREADABLE.map(({ value }, at) => ({ topic, key: `poison-${at}`, value })),
    // A compacted topic refuses what has no key.
    ...(topic.endsWith('.triage-state') ? [] : [{ topic, key: null, value: Buffer.from('no key') }]),
  ])
  await writeForeign(brokers, records)
}

/** A record of somebody else's; where left out, the partition follows from the key. */
export interface ForeignRecord {
  readonly topic: string
  readonly key: string | Buffer | null
  readonly value: Buffer | null
  readonly partition?: number
}

/** Writes records one after the other, as somebody does who knows nothing of ours. */
export async function writeForeign(
  brokers: readonly string[],
  records: readonly ForeignRecord[],
): Promise<void> {
  const producer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: 0 }).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  try {
    for (const { topic, ...message } of records) await producer.send({ topic, messages: [message] })
  } finally {
    await producer.disconnect()
  }
}

/** Makes a topic as somebody else might. */
export async function makeTopic(
  brokers: readonly string[],
  topic: string,
  numPartitions: number,
): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: 0 }).admin()
  await admin.connect()
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions }] })
  } finally {
    await admin.disconnect()
  }
}

/** Writes lines of text as Kafka's own console producer does, compressed. */
export async function writeCompressed(
  broker: string,
  topic: string,
  codec: string,
  lines: readonly string[],
): Promise<void> {
  const { kafka } = await ensureJars(() => {})
  const options = ['--bootstrap-server', broker, '--topic', topic, '--compression-codec', codec]
  const child = spawn(
    findJava(),
    [
      '-cp',
      join(kafka, '*'),
      'org.apache.kafka.tools.ConsoleProducer',
      ...options,
      '--timeout',
      '1000',
      '--batch-size',
      '200000',
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the console producer ended with ${code}: ${said}`)
}
