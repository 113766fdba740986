/** One process's connection to Kafka: makes consumers, transactions and readers that share its settings. */
import { setTimeout as sleep } from 'node:timers/promises'
import { kafkaLogCreator, type Log, silentLog } from '../log.ts'
import { BrokerWatch } from './broker-watch.ts'
import type { Compression } from './compression.ts'
import { connectionFault, notAllowed } from './connection-faults.ts'
import {
  type Admin,
  type Cluster,
  type Consumer,
  type ConsumerConfig,
  type GroupDescription,
  type KafkaConfig,
  kafkajs,
  newCluster,
} from './kafkajs.ts'
import './shared-connect.ts'
import { isTransient } from './reader.ts'

/** A wrong address or password is told within seconds; a broker that is starting is waited for by the stack. */
const FIRST_CONTACT_RETRIES = 4
const RETRIES = 20
/** Those who work for long look after themselves: they soon want to know that a broker is away. */
const WORKING_RETRIES = 8
const LEADER_WAIT_MS = 100
const MAX_LEADER_ATTEMPTS = 300
/** How long a broker may take to answer who asks whether it is there, ms. */
const PROBE_TIMEOUT_MS = 5_000
/** How long `close` waits for connections to end, ms: those to a broker that is away may take longer. */
const CLOSE_MS = 2_000

/** How the cluster is reached. */
export interface ConnectionOptions {
  readonly brokers: readonly string[]
  readonly clientId?: string
  readonly ssl?: KafkaConfig['ssl']
  readonly sasl?: KafkaConfig['sasl']
  /** How what is written is packed; default `none`. */
  readonly compression?: Compression
}

/** A topic to be made. */
export interface NewTopic {
  readonly topic: string
  readonly partitions: number
  readonly replication: number
  readonly config: Readonly<Record<string, string>>
}

/** A connection to Kafka; close it when done. */
export class KafkaClient {
  /** The addresses it was given. */
  readonly brokers: readonly string[]
  /** How what is written through it is packed. */
  readonly compression: Compression
  /** Whether the cluster answers, for all who work through this client. */
  readonly watch: BrokerWatch
  readonly #kafka: InstanceType<typeof kafkajs.Kafka>
  readonly #working: InstanceType<typeof kafkajs.Kafka>
  #cluster: Promise<Cluster> | null = null
  #closed = false

  constructor(options: ConnectionOptions, log: Log, retries = RETRIES) {
    const settings = {
      clientId: options.clientId ?? 'ninefold',
      brokers: [...options.brokers],
      ssl: options.ssl,
      sasl: options.sasl,
      connectionTimeout: 5_000,
    }
    this.brokers = options.brokers
    this.compression = options.compression ?? 'none'
    const kafkaOf = (tries: number) =>
      new kafkajs.Kafka({
        ...settings,
        retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: tries },
        logCreator: kafkaLogCreator(log),
      })
    this.#kafka = kafkaOf(retries)
    this.#working = kafkaOf(Math.min(retries, WORKING_RETRIES))
    const probe = new kafkajs.Kafka({
      ...settings,
      requestTimeout: PROBE_TIMEOUT_MS,
      retry: { retries: 0 },
      logCreator: kafkaLogCreator(silentLog),
    })
    this.watch = new BrokerWatch(() => clusterIdOf(probe))
  }

  /**
   * A client of a cluster that answers.
   * @throws {NinefoldError} NF_KAFKA_UNREACHABLE, NF_KAFKA_TLS, NF_KAFKA_AUTH
   */
  static async connect(options: ConnectionOptions, log: Log): Promise<KafkaClient> {
    await new KafkaClient(options, log, FIRST_CONTACT_RETRIES).clusterId().catch((error) => {
      throw connectionFault(error, options.brokers)
    })
    return new KafkaClient(options, log)
  }

  /** A connected cluster for requests of one's own; shared by all who read through this client. */
  async cluster(): Promise<Cluster> {
    if (this.#closed) throw new Error('the connection to Kafka is closed')
    this.#cluster ??= this.newCluster().catch((error) => {
      // The next call tries again.
      this.#cluster = null
      throw error
    })
    return this.#cluster
  }

  /** A connected cluster of its own connections, which the caller disconnects. */
  async newCluster(): Promise<Cluster> {
    const cluster = newCluster(this.#working)
    await cluster.connect()
    return cluster
  }

  consumer(config: ConsumerConfig): Consumer {
    return this.#working.consumer(config)
  }

  /** Makes the topics that do not exist yet; those that do are left as they are. Returns all partition counts. */
  async ensureTopics(topics: readonly NewTopic[]): Promise<Map<string, number>> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      const existing = new Set(await admin.listTopics())
      const missing = topics.filter(({ topic }) => !existing.has(topic))
      if (missing.length > 0) {
        await admin.createTopics({
          // KafkaJS gives up on a topic that the broker it asks has not heard of yet: waited for below.
          waitForLeaders: false,
          topics: missing.map(({ topic, partitions, replication, config }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor: replication,
            configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
          })),
        })
      }
      return await countPartitions(admin, topics)
    } catch (error) {
      throw notAllowed(error) ?? error
    } finally {
      await admin.disconnect()
    }
  }

  /** The topics there are. */
  async listTopics(): Promise<string[]> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      return await admin.listTopics()
    } finally {
      await admin.disconnect()
    }
  }

  /** The consumer groups there are, as far as the user may see them. */
  async listGroups(): Promise<string[]> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      return (await admin.listGroups()).groups.map(({ groupId }) => groupId)
    } finally {
      await admin.disconnect()
    }
  }

  /** Deletes topics with all that is in them; returns when the cluster knows them no more. */
  async deleteTopics(topics: readonly string[]): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      const gone = new Set(topics)
      const left = async () => (await admin.listTopics()).filter((topic) => gone.has(topic))
      const there = await left()
      if (there.length > 0) await admin.deleteTopics({ topics: there })
      for (let attempt = 1; (await left()).length > 0; attempt++) {
        if (attempt >= MAX_LEADER_ATTEMPTS) throw new Error(`${(await left()).join(', ')} cannot be deleted`)
        await sleep(LEADER_WAIT_MS)
      }
    } catch (error) {
      throw notAllowed(error) ?? error
    } finally {
      await admin.disconnect()
    }
  }

  /** Deletes groups with all they have committed. @throws when one of them has members, or is not there. */
  async deleteGroups(groupIds: readonly string[]): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      await admin.deleteGroups([...groupIds])
    } catch (error) {
      throw notAllowed(error) ?? error
    } finally {
      await admin.disconnect()
    }
  }

  /** Groups as their coordinators know them. */
  async describeGroups(groupIds: readonly string[]): Promise<GroupDescription[]> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      return (await admin.describeGroups([...groupIds])).groups
    } finally {
      await admin.disconnect()
    }
  }

  /** The cluster's own id, which tells one Kafka from another at the same address. */
  clusterId(): Promise<string> {
    return clusterIdOf(this.#kafka)
  }

  /** Ends the shared connection; who is late with a request does not open it again. */
  async close(): Promise<void> {
    this.#closed = true
    this.watch.close()
    const closed = this.#cluster?.then((cluster) => cluster.disconnect()).catch(() => {})
    this.#cluster = null
    await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })])
  }
}

async function clusterIdOf(kafka: InstanceType<typeof kafkajs.Kafka>): Promise<string> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return (await admin.describeCluster()).clusterId
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** How many partitions the topics have, once all of them have leaders. @throws when that takes half a minute. */
async function countPartitions(admin: Admin, topics: readonly NewTopic[]): Promise<Map<string, number>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const metadata = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) })
      const leaderless = metadata.topics.find(({ partitions }) => partitions.some(({ leader }) => leader < 0))
      if (leaderless === undefined) {
        return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]))
      }
      if (attempt >= MAX_LEADER_ATTEMPTS) throw new Error(`topic ${leaderless.name} has no leader`)
    } catch (error) {
      const isHopeless = notAllowed(error) !== null || !isTransient(error)
      if (attempt >= MAX_LEADER_ATTEMPTS || isHopeless) throw error
    }
    await sleep(LEADER_WAIT_MS)
  }
}
