/** A pipeline of toys on a real broker, its data in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { memoryCodec } from '../../schemas/memory-codec.ts'
import { groupName } from '../../schemas/topic-names.ts'
import { TOPICS, type TopicName, type TopicRecords } from '../../schemas/topics.ts'
import type { Question } from '../../schemas/types.ts'
import { editionTopics, topicsToMake } from '../../streams/edition-topics.ts'
import { silentLog } from '../../streams/log.ts'
import type { AnyProcessor, Emission } from '../../streams/processor.ts'
import { RecordCodec } from '../../streams/record-codec.ts'
import { inputTopics } from '../../streams/task.ts'
import { KafkaClient } from '../../streams/transport/client.ts'
import { isTransient, type StoredRecord, TopicReader } from '../../streams/transport/reader.ts'
import { TransactionalProducer } from '../../streams/transport/transaction.ts'
import { Worker } from '../../streams/worker.ts'
import type { WorkerTuning } from '../../streams/worker-tuning.ts'
import { config } from './records.ts'

const DRAIN_MS = 60_000
/** Everything faster than in life, so that groups move on in tenths of seconds. */
const HASTY: Partial<WorkerTuning> = {
  tickMs: 20,
  heartbeatIntervalMs: 100,
  sessionTimeoutMs: 4_000,
  fetchWaitMs: 50,
  graceMs: 1_000,
}

/** The configuration of a toy pipeline. */
export function toyConfig(pipeline: string, dataDir: string): Config {
  return config({
    pipeline,
    dataDir,
    kafka: {
      brokers: null,
      topicPrefix: '',
      partitions: 4,
      replication: 1,
      compression: 'none',
      tls: null,
      sasl: null,
    },
    // Toys may fail as often as their tests want.
    deadLetters: { maxShare: 1, window: 100 },
  })
}

/** Topics of one pipeline on a broker, and workers on them. */
export class ToyKafka implements AsyncDisposable {
  readonly config: Config
  readonly client: KafkaClient
  readonly reader: TopicReader
  readonly codec: RecordCodec
  readonly fullName: (topic: TopicName) => string
  /** What workers have failed of. */
  readonly failures: Error[] = []

  constructor(brokers: readonly string[], config: Config) {
    this.config = config
    this.client = new KafkaClient({ brokers }, silentLog)
    this.reader = new TopicReader(this.client)
    this.fullName = editionTopics(config, null)
    this.codec = new RecordCodec(memoryCodec(), this.fullName, TOPICS, config.kafka.partitions)
  }

  /** A new pipeline, with all its topics. */
  static async open(brokers: readonly string[], pipeline: string): Promise<ToyKafka> {
    const dataDir = mkdtempSync(join(tmpdir(), `ninefold-${pipeline}-`))
    const toys = new ToyKafka(brokers, toyConfig(pipeline, dataDir))
    await toys.client.ensureTopics(topicsToMake(toys.config, toys.fullName))
    return toys
  }

  worker(processors: readonly AnyProcessor[], tuning: Partial<WorkerTuning> = {}): Promise<Worker> {
    return Worker.start({
      config: this.config,
      processors,
      client: this.client,
      codec: memoryCodec(),
      fullName: this.fullName,
      log: silentLog,
      tuning: { ...HASTY, ...tuning },
      failed: (error) => this.failures.push(error),
    })
  }

  /** Publishes in one transaction; a broker that does not lead a new topic yet is asked again. */
  async publish(emissions: readonly Emission[]): Promise<void> {
    for (;;) {
      const producer = await TransactionalProducer.open(this.client, `${this.config.pipeline}.load`)
      try {
        await producer.commit(emissions.map(this.codec.encode), [])
        return
      } catch (error) {
        if (!isTransient(error)) throw error
      } finally {
        await producer.close()
      }
    }
  }

  publishQuestions(questions: readonly Question[]): Promise<void> {
    return this.publish(questions.map((value) => ({ topic: 'questions', key: value.questionId, value })))
  }

  /** Publishes, and aborts it: the topic has the records' offsets, and nobody sees them. */
  async publishAborted(emissions: readonly Emission[]): Promise<void> {
    const id = `${this.config.pipeline}.aborts`
    const producer = await TransactionalProducer.open(this.client, id)
    await leaveOpen(producer, () => producer.commit(emissions.map(this.codec.encode), [], stop))
    await (await TransactionalProducer.open(this.client, id)).close()
  }

  /** Publishes a record that nobody can read. */
  async publishGarbled(topic: TopicName): Promise<void> {
    const producer = await TransactionalProducer.open(this.client, `${this.config.pipeline}.garbled`)
    const value = Buffer.from('no record at all')
    await producer.commit([{ topic: this.fullName(topic), partition: 0, key: 'k', value }], [])
    await producer.close()
  }

  /** The committed records of a topic, partition after partition. */
  async records(topic: TopicName): Promise<StoredRecord[]> {
    const records: StoredRecord[] = []
    for await (const some of this.reader.readAll(this.fullName(topic))) records.push(...some)
    return records
  }

  async read<T extends TopicName>(topic: T): Promise<TopicRecords[T][]> {
    return (await this.records(topic)).map(({ value }) => this.codec.decode(topic, value))
  }

  /** Waits until a worker finds nothing left to do. @throws what a worker failed of. */
  async drained(worker: Worker): Promise<void> {
    const deadline = Date.now() + DRAIN_MS
    while (!(await worker.isDrained())) {
      if (this.failures.length > 0) throw this.failures[0]
      if (Date.now() > deadline) throw new Error('the worker has not drained')
      await sleep(50)
    }
  }

  /** Offsets a step has not committed yet, by place; markers count. Empty when it is at the very end. */
  async lag(processor: AnyProcessor): Promise<Record<string, number>> {
    const lag: Record<string, number> = {}
    for (const topic of inputTopics(processor, this.fullName)) {
      const bounds = await this.reader.bounds(topic)
      const partitions = [...bounds.keys()]
      const group = groupName(this.config, processor.step)
      for (const { partition, offset } of await this.reader.committed(group, [{ topic, partitions }])) {
        const behind = bounds[partition]!.written - Math.max(0, offset)
        if (behind > 0) lag[`${topic}/${partition}`] = behind
      }
    }
    return lag
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close()
    rmSync(this.config.dataDir, { recursive: true, force: true })
  }
}

/** Thrown between a transaction's first send and its end: it stays open. */
export function stop(): void {
  throw new Error('left open')
}

/** Runs a transaction that is to be left open, as by a worker that died in it. */
export async function leaveOpen(
  producer: TransactionalProducer,
  transaction: () => Promise<unknown>,
): Promise<void> {
  const error = await transaction().then(
    () => new Error('the transaction was not left open'),
    (thrown: Error) => thrown,
  )
  if (error.message !== 'left open') throw error
  await producer.close()
}
