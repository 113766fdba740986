/**
 * The only door to KafkaJS: loads the pinned version with its read_committed filter mended and with all of Kafka's
 * codecs, and types the internal parts the transport uses. Importing `kafkajs` anywhere else is a lint error, since
 * whoever loads it first decides which filter its batches use.
 */
import { createRequire } from 'node:module'
import type {
  Admin,
  Consumer,
  ConsumerConfig,
  GroupDescription,
  KafkaConfig,
  KafkaMessage,
  LogEntry,
  PartitionAssigner,
} from 'kafkajs'
import { negativeControl } from '../negative-controls.ts'
import { CODECS } from './compression.ts'
import { framedRequest } from './framed-request.ts'
import { withoutAborted } from './read-committed.ts'
import { keepSteady } from './steady-times.ts'

export type {
  Admin,
  Consumer,
  ConsumerConfig,
  GroupDescription,
  KafkaConfig,
  KafkaMessage,
  LogEntry,
  PartitionAssigner,
}

/** The version whose internals this folder knows. */
export const KAFKAJS_VERSION = '2.2.4'

/** A broker connection: the requests the transport sends itself. */
export interface Broker {
  readonly nodeId: number
  isConnected(): boolean
  initProducerId(request: { transactionalId: string; transactionTimeout: number }): Promise<ProducerIdentity>
  addPartitionsToTxn(
    request: TransactionIdentity & { topics: { topic: string; partitions: number[] }[] },
  ): Promise<unknown>
  addOffsetsToTxn(request: TransactionIdentity & { groupId: string }): Promise<unknown>
  endTxn(request: TransactionIdentity & { transactionResult: boolean }): Promise<unknown>
  fetch(
    request: FetchRequest,
  ): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>
  listOffsets(request: {
    isolationLevel: number
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[]
  }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>
}

/** What InitProducerId hands out: an epoch above every earlier one, which fences them. */
export interface ProducerIdentity {
  producerId: string
  producerEpoch: number
}

/** Names a transaction to the coordinator. */
export interface TransactionIdentity extends ProducerIdentity {
  transactionalId: string
}

/** One Fetch request. */
export interface FetchRequest {
  isolationLevel: number
  maxWaitTime: number
  minBytes: number
  maxBytes: number
  topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[]
}

/** What a fetch brings of one partition. */
export interface FetchedPartition {
  partition: number
  highWatermark: string
  lastStableOffset: string
  messages: KafkaMessage[]
}

/** A fetched chunk, aborted and control records taken out. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly fetchedOffset: string
  readonly rawMessages: readonly unknown[]
  readonly messages: KafkaMessage[]
  lastOffset(): string
}

/** KafkaJS's view of the cluster: metadata and broker connections. */
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[]
  findBroker(node: { nodeId: number }): Promise<Broker>
  findGroupCoordinator(request: { groupId: string; coordinatorType?: number }): Promise<Broker>
}

interface Kafka {
  consumer(config: ConsumerConfig): Consumer
  admin(config?: object): Admin
}

const require = createRequire(import.meta.url)

/**
 * KafkaJS sets timers that are already due, which newer Nodes warn of on the user's screen (KafkaJS issue 1751).
 * The timers fire at once, as meant; the warning is taken out, any other passes.
 */
function silenceOverdueTimers(): void {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'TimeoutNegativeWarning') return
    ;(emitWarning as (...args: unknown[]) => void)(warning, ...rest)
  }) as typeof process.emitWarning
}

function loadMended(): typeof import('kafkajs') {
  const filterModule = require.resolve('kafkajs/src/consumer/filterAbortedMessages')
  const batchModule = require.resolve('kafkajs/src/consumer/batch')
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== KAFKAJS_VERSION) {
    throw new Error(
      `KafkaJS ${version} is installed, but its internals are known for ${KAFKAJS_VERSION} only`,
    )
  }
  if (require.cache[batchModule] !== undefined) {
    throw new Error(
      'kafkajs was loaded before its read_committed filter was mended: import it from here only',
    )
  }
  silenceOverdueTimers()
  const requestModule = require.resolve('kafkajs/src/protocol/request')
  require(requestModule)
  require.cache[requestModule]!.exports = framedRequest
  require(filterModule)
  if (!negativeControl('unmended-read-committed')) require.cache[filterModule]!.exports = withoutAborted
  keepSteady(require('kafkajs/src/consumer/consumerGroup'), 'lastRequest')
  keepSteady(require('kafkajs/src/network/requestQueue'), 'throttledUntil')
  keepSteady(require('kafkajs/src/network/requestQueue/socketRequest'), 'sentAt')
  keepSteady(require('kafkajs/src/cluster/brokerPool'), 'metadataExpireAt')
  const { Codecs } = require('kafkajs/src/protocol/message/compression') as { Codecs: object }
  Object.assign(Codecs, CODECS)
  return require('kafkajs')
}

/** KafkaJS itself, mended. */
export const kafkajs = loadMended()

/** KafkaJS's batch: decides which fetched records are committed. */
export const BatchClass = require('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  data: FetchedPartition,
) => Batch

/** How an answer is read. */
export interface Response<T> {
  decode(raw: Buffer): Promise<T>
  parse(data: T): Promise<T>
}

/** A request as KafkaJS's connections send it: what is to be sent is a buffer, named as its encoders name it. */
export interface Exchange<T> {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    encode(): Promise<{ readonly buffer: Buffer }>
  }
  readonly response: Response<T>
}

/** KafkaJS's broker class, whose prototype the transport extends with newer request versions. */
export const BrokerClass = require('kafkajs/src/broker') as { prototype: Record<string | symbol, unknown> }

/** One TCP connection of KafkaJS's. */
export interface ConnectionLike {
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
}

/** KafkaJS's connection class. */
export const ConnectionClass = require('kafkajs/src/network/connection') as {
  new (options: object): ConnectionLike
  prototype: ConnectionLike
}

/** KafkaJS's wire encoder. */
export const EncoderClass = require('kafkajs/src/protocol/encoder') as new () => Encoder

/** KafkaJS's wire decoder. */
export const DecoderClass = require('kafkajs/src/protocol/decoder') as new (raw: Buffer) => Decoder

/** KafkaJS's reader of the answer to a Produce request of version 7; `parse` throws what the answer refuses. */
export const produceResponse = require('kafkajs/src/protocol/requests/produce/v7/response') as Response<{
  topics: { topicName: string; partitions: { partition: number; baseOffset: string }[] }[]
}>

/** KafkaJS's protocol errors by code. */
export const protocolErrors = require('kafkajs/src/protocol/error') as {
  failure(code: number): boolean
  createErrorFromCode(code: number): Error & { type: string; retriable: boolean }
}

/** Writes Kafka's wire format; what is called UVar or tagged belongs to its flexible versions. */
export interface Encoder {
  /** What was written. */
  readonly buffer: Buffer
  writeInt16(n: number): Encoder
  writeInt32(n: number): Encoder
  writeInt64(n: string | number): Encoder
  writeBoolean(b: boolean): Encoder
  writeString(s: string): Encoder
  writeArray(items: Encoder[]): Encoder
  writeUVarIntBytes(bytes?: Buffer): Encoder
  writeUVarIntString(s: string | null): Encoder
  writeUVarIntArray(items: Encoder[]): Encoder
}

/** Reads the same. */
export interface Decoder {
  readTaggedFields(): void
  readInt16(): number
  readInt32(): number
  readInt64(): { toString(): string }
  readBoolean(): boolean
  readString(): string | null
  readBytes(): Buffer | null
  readArray<T>(read: (decoder: Decoder) => T): T[]
  readUVarIntString(): string | null
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[]
}

/** A cluster of its own connections, as KafkaJS makes one for each of its clients. */
export function newCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    (s) => s.description === 'private:Kafka:createCluster',
  )
  const create = symbol && (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]
  if (create === undefined) throw new Error('this KafkaJS does not make clusters the known way')
  return create({ allowAutoTopicCreation: false, isolationLevel: 1, metadataMaxAge: 30_000 })
}
