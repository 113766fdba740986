/**
 * Which codec pays: what records of about 5 KB take in Kafka's log under each, and what packing them costs.
 *
 * Node's own codecs are measured in this process, as the transport packs, by batches of different sizes; Kafka's four by
 * its own Java producer, into a broker of the bench's. Usage: node bench/compression/bench.ts [--texts questions.jsonl.gz]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { ensureJars } from '../../stack/jars.ts'
import { findJava } from '../../stack/java.ts'
import { startStack } from '../../stack/stack.ts'
import { stopStack } from '../../stack/stop.ts'
import { silentLog } from '../../streams/log.ts'
import { KafkaClient } from '../../streams/transport/client.ts'
import { CODEC_NAMES, packerOf, unpacked } from '../../streams/transport/compression.ts'
import { ClusterObserver } from '../../streams/transport/observer.ts'
import { inColumns, right } from '../../terminal/columns.ts'
import { cpuSeconds } from '../cpu.ts'
import { realLikeRecords } from './records.ts'

const RECORDS = 8_000
const BATCHES = [1, 16, 160]
const MIB = 1024 * 1024

const { values } = parseArgs({ options: { texts: { type: 'string' } } })
const file = values.texts ?? new URL('../../demo/questions.jsonl', import.meta.url).pathname
const bytes = readFileSync(file)
const records = realLikeRecords((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'), RECORDS)
const total = records.reduce((sum, record) => sum + Buffer.byteLength(record), 0)
console.log(`${RECORDS} records of ${Math.round(total / RECORDS)} bytes, texts from ${file}\n`)

await measureHere()
await measureJava()

/** In this process: all threads' time, since packing runs beside the event loop. */
async function measureHere(): Promise<void> {
  const rows = [['in Node', 'records a batch', 'ratio', 'CPU ms/MiB', 'unpacking'].map(right)]
  for (const codec of ['gzip', 'zstd'] as const) {
    for (const size of BATCHES) {
      const batches: Buffer[] = []
      for (let at = 0; at < RECORDS; at += size)
        batches.push(Buffer.from(records.slice(at, at + size).join('')))
      const packer = packerOf(codec)!
      const packed: Buffer[] = []
      const packing = await cpuOf(async () => {
        for (const batch of batches) packed.push(await packer.pack(batch))
      })
      const unpacking = await cpuOf(async () => {
        for (const batch of packed) await unpacked(packer.codec, batch)
      })
      const stored = packed.reduce((sum, batch) => sum + batch.length, 0)
      const perMib = (ms: number) => (ms / (total / MIB)).toFixed(1)
      rows.push(
        [codec, `${size}`, (total / stored).toFixed(2), perMib(packing), perMib(unpacking)].map(right),
      )
    }
  }
  console.log(`${inColumns(rows).join('\n')}\n`)
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** By Kafka's own producer, all codecs; the time includes Java's start, which `none` has as well. */
async function measureJava(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ninefold-bench-'))
  const { brokers } = await startStack({ dataDir, ephemeral: true, analytics: false })
  const client = new KafkaClient({ brokers }, silentLog)
  try {
    const rows = [['Java producer', 'ratio', 'MiB stored', 'CPU s'].map(right)]
    for (const codec of CODEC_NAMES) {
      const topic = `packed-${codec}`
      await client.ensureTopics([{ topic, partitions: 1, replication: 1, config: {} }])
      const seconds = await produceWithJava(brokers[0]!, topic, codec)
      const stored = (await new ClusterObserver(client).bytes([topic]))?.get(topic) ?? 0
      const size = [(total / stored).toFixed(2), (stored / MIB).toFixed(1), seconds.toFixed(1)]
      rows.push([codec, ...size].map(right))
    }
    console.log(inColumns(rows).join('\n'))
  } finally {
    await client.close()
    await stopStack({ dataDir, graceMs: 5_000 })
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** @returns seconds of CPU it took, as last seen */
async function produceWithJava(broker: string, topic: string, codec: string): Promise<number> {
  const { kafka } = await ensureJars(() => {})
  const tool = ['-cp', join(kafka, '*'), 'org.apache.kafka.tools.ConsoleProducer']
  const options = ['--bootstrap-server', broker, '--topic', topic, '--compression-codec', codec]
  const child = spawn(findJava(), [...tool, ...options, '--batch-size', '80000', '--timeout', '50'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(child, 'close')
  child.stdin.end(records.map((record) => `${record}\n`).join(''))
  let seconds = 0
  while (child.exitCode === null) {
    seconds = cpuSeconds(child.pid!) ?? seconds
    await sleep(20)
  }
  const [code] = await ended
  if (code !== 0) throw new Error(`the console producer ended with ${code}`)
  return seconds
}
