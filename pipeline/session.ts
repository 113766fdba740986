/** What every command that touches the log needs: the configuration, the cluster, the registry, the topics. */
import { join } from 'node:path'
import { type Config, loadConfig } from '../config/config.ts'
import type { ConfigInput } from '../config/schema.ts'
import { NinefoldError } from '../errors.ts'
import type { ProcessorPlugin } from '../plugins/define.ts'
import { ownTopics } from '../plugins/topics.ts'
import { type Codec, createCodec } from '../schemas/codec.ts'
import { connectRegistry, lookUpRegistry } from '../schemas/registry.ts'
import type { TopicName } from '../schemas/topics.ts'
import { type EditionBase, editionTopics, topicsToMake } from '../streams/edition-topics.ts'
import { fileLog, type Log } from '../streams/log.ts'
import { KafkaClient } from '../streams/transport/client.ts'
import { TopicReader } from '../streams/transport/reader.ts'
import { UnreadableRecords } from '../streams/unreadable.ts'
import { findAddresses } from './addresses.ts'
import { baseOf, checkBase, findEdition, readEditionTopic, refuseDropping } from './editions.ts'

/** How to open a session. */
export interface SessionOptions {
  /** Path of ninefold.yaml, or what it would hold. */
  readonly config: string | ConfigInput
  /** Default `main`. */
  readonly edition?: string
  /** Settings that go before the configuration's, each `key=value`. */
  readonly set?: readonly string[]
  /** What the edition is built on, when this session makes it; a known edition remembers. */
  readonly base?: EditionBase
  /** Processors to plug in beside those the configuration names. */
  readonly plugins?: readonly ProcessorPlugin[]
  /** Makes no topics and registers no schemas: for who only reads. What does not exist must not be asked for. */
  readonly readOnly?: boolean
  /** Told, a line at a time, what takes long. */
  readonly onProgress?: (line: string) => void
}

/** An open session; close it. */
export interface Session {
  readonly config: Config
  readonly client: KafkaClient
  readonly reader: TopicReader
  readonly codec: Codec
  readonly log: Log
  readonly base: EditionBase | null
  /** Where analytics are; null where the configuration wants none. */
  readonly analyticsUrl: string | null
  /** Records that were come upon and cannot be read. */
  readonly unreadable: UnreadableRecords
  /** Full names of the edition's topics. */
  readonly fullName: (topic: TopicName) => string
  close(): Promise<void>
}

/** Reads the configuration, starts what the local stack lacks, makes topics and schemas that are missing. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { edition, set, plugins, readOnly = false } = options
  const config = await loadConfig(options.config, { edition, set, plugins })
  const log = fileLog(join(config.dataDir, 'logs', 'ninefold.log'))
  const { kafka, registry, clickhouseUrl } = await findAddresses(config, options.onProgress)
  const client = await KafkaClient.connect(kafka, log)
  try {
    const reader = new TopicReader(client)
    const own = editionTopics(config, null)
    const extra = ownTopics(config)
    const schemas = readOnly
      ? lookUpRegistry(registry)
      : await connectRegistry({ ...registry, topicName: own, extra })
    const codec = createCodec(schemas, { extra })
    const unreadable = new UnreadableRecords()
    const recorded = await readEditionTopic({ client, reader, codec, unreadable }, own('editions'))
    if (!readOnly) refuseDropping(config.edition, recorded)
    const base = recorded === null ? (options.base ?? null) : baseOf(recorded.record)
    if (recorded === null && base !== null) {
      const ofBase = editionTopics({ ...config, edition: base.edition }, null)
      checkBase(base, await findEdition({ client, reader, codec, unreadable }, ofBase('editions')))
    }
    const fullName = editionTopics(config, base)
    if (!readOnly) await ensureTopics(config, client, fullName)
    const analyticsUrl = clickhouseUrl
    const opened = { config, client, reader, codec, log, base, analyticsUrl, unreadable, fullName }
    return { ...opened, close: () => client.close() }
  } catch (error) {
    await client.close()
    throw error
  }
}

/** Makes missing topics. @throws NF_TOPIC_PARTITIONS when one has another number of partitions than configured. */
async function ensureTopics(
  config: Config,
  client: KafkaClient,
  fullName: (topic: TopicName) => string,
): Promise<void> {
  const counts = await client.ensureTopics(topicsToMake(config, fullName))
  for (const [topic, count] of counts) checkPartitions(config, topic, count)
}

/** @throws NF_TOPIC_PARTITIONS when a topic has another number of partitions than configured. */
export function checkPartitions({ kafka: { partitions } }: Config, topic: string, count: number): void {
  if (count === partitions) return
  throw new NinefoldError(
    'NF_TOPIC_PARTITIONS',
    `topic ${topic} has ${count} partitions, but kafka.partitions is ${partitions}`,
    `Set kafka.partitions to ${count}, or use another pipeline name: all topics of a pipeline have equally many, so that a question's records meet in one partition.`,
  )
}
