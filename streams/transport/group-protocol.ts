/**
 * The requests that make offsets safe, which KafkaJS does not speak: TxnOffsetCommit v3 carries the member's
 * generation, so that a member the group has gone on without is refused (KIP-447); OffsetFetch v7 with
 * requireStable waits out a predecessor's open transaction; OffsetCommit v8 is for progress outside transactions.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { negativeControl } from '../negative-controls.ts'
import type { Decoder, Encoder, Exchange, TransactionIdentity } from './kafkajs.ts'
import { type Broker, BrokerClass, DecoderClass, EncoderClass, protocolErrors } from './kafkajs.ts'

/** A place in a group's generation: what a commit is fenced by. `null` commits for a group without members. */
export interface Membership {
  readonly generationId: number
  readonly memberId: string
}

/** Offsets of one topic, with their metadata. */
export interface TopicOffsets {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: number
    readonly metadata: string
  }[]
}

const OFFSET_FETCH = 9
const OFFSET_COMMIT = { apiKey: 8, apiVersion: 8, apiName: 'OffsetCommit' } as const
const TXN_OFFSET_COMMIT = { apiKey: 28, apiVersion: 3, apiName: 'TxnOffsetCommit' } as const
const UNSTABLE_OFFSET_COMMIT = 88
const NO_TAGS = [] as const
/** Without it transactions carry offsets as they did before KIP-447: nobody asks whose they are. */
const isFenced = !negativeControl('no-group-fencing')

/** Sends a request on the broker's own connection, with KafkaJS's correlation, timeouts and reconnects. */
export async function exchange<T>(broker: Broker, { request, response }: Exchange<T>): Promise<T> {
  const symbol = [
    ...Object.getOwnPropertySymbols(broker),
    ...Object.getOwnPropertySymbols(BrokerClass.prototype),
  ].find((s) => s.description === 'private:Broker:sendRequest')
  if (symbol === undefined) throw new Error('this KafkaJS does not send requests the known way')
  const send = (broker as unknown as Record<symbol, (e: Exchange<T>) => Promise<T>>)[symbol]!
  return send.call(broker, { request, response })
}

function tags(encoder: Encoder): Encoder {
  return encoder.writeUVarIntBytes(...NO_TAGS)
}

/**
 * Adds offsets to the transaction, fenced by the member's generation.
 * @throws KafkaJS protocol errors: ILLEGAL_GENERATION or UNKNOWN_MEMBER_ID when the group has moved on.
 */
export async function txnOffsetCommit(
  coordinator: Broker,
  transaction: TransactionIdentity,
  groupId: string,
  membership: Membership | null,
  topics: readonly TopicOffsets[],
): Promise<void> {
  const fence = isFenced ? membership : null
  await commitOffsets(coordinator, TXN_OFFSET_COMMIT, () =>
    tags(
      tags(new EncoderClass())
        .writeUVarIntString(transaction.transactionalId)
        .writeUVarIntString(groupId)
        .writeInt64(transaction.producerId)
        .writeInt16(transaction.producerEpoch)
        .writeInt32(fence?.generationId ?? -1)
        .writeUVarIntString(fence?.memberId ?? '')
        .writeUVarIntString(null)
        .writeUVarIntArray(topics.map(encodeTopicOffsets)),
    ),
  )
}

/**
 * Commits offsets by themselves, fenced by the member's generation; without a membership only while the group has
 * no members.
 * @throws KafkaJS protocol errors: ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID or REBALANCE_IN_PROGRESS when fenced.
 */
export async function offsetCommit(
  coordinator: Broker,
  groupId: string,
  membership: Membership | null,
  topics: readonly TopicOffsets[],
): Promise<void> {
  await commitOffsets(coordinator, OFFSET_COMMIT, () =>
    tags(
      tags(new EncoderClass())
        .writeUVarIntString(groupId)
        .writeInt32(membership?.generationId ?? -1)
        .writeUVarIntString(membership?.memberId ?? '')
        .writeUVarIntString(null)
        .writeUVarIntArray(topics.map(encodeTopicOffsets)),
    ),
  )
}

function encodeTopicOffsets({ topic, partitions }: TopicOffsets): Encoder {
  const encoded = partitions.map(({ partition, offset, metadata }) =>
    tags(
      new EncoderClass()
        .writeInt32(partition)
        .writeInt64(String(offset))
        .writeInt32(-1)
        .writeUVarIntString(metadata),
    ),
  )
  return tags(new EncoderClass().writeUVarIntString(topic).writeUVarIntArray(encoded))
}

/** Both kinds of commit are answered alike: an error code a partition. */
async function commitOffsets(
  coordinator: Broker,
  { apiKey, apiVersion, apiName }: { apiKey: number; apiVersion: number; apiName: string },
  encode: () => Encoder,
): Promise<void> {
  const codes = await exchange<number[]>(coordinator, {
    request: { apiKey, apiVersion, apiName, encode: async () => encode() },
    response: {
      decode: async (raw) => {
        const decoder = new DecoderClass(raw)
        decoder.readTaggedFields()
        decoder.readInt32()
        return decoder
          .readUVarIntArray((topic) => {
            topic.readUVarIntString()
            const partitionCodes = topic.readUVarIntArray((partition) => {
              partition.readInt32()
              const code = partition.readInt16()
              partition.readTaggedFields()
              return code
            })
            topic.readTaggedFields()
            return partitionCodes
          })
          .flat()
      },
      parse: async (data) => data,
    },
  })
  const failed = codes.find((code) => protocolErrors.failure(code))
  if (failed !== undefined) throw protocolErrors.createErrorFromCode(failed)
}

/** A committed offset; -1 where nothing was committed yet. */
export interface CommittedOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata: string
}

/**
 * The group's committed offsets, none of them pending in a transaction: waits until a predecessor's open
 * transaction has ended, which the broker does after its timeout at the latest.
 * @throws KafkaJS protocol errors other than UNSTABLE_OFFSET_COMMIT.
 */
export async function fetchStableOffsets(
  coordinator: Broker,
  groupId: string,
  topics: readonly { topic: string; partitions: readonly number[] }[],
): Promise<CommittedOffset[]> {
  for (;;) {
    const { offsets, codes } = await fetchOffsetsOnce(coordinator, groupId, topics, true)
    const failed = codes.find((code) => protocolErrors.failure(code) && code !== UNSTABLE_OFFSET_COMMIT)
    if (failed !== undefined) throw protocolErrors.createErrorFromCode(failed)
    if (!codes.includes(UNSTABLE_OFFSET_COMMIT)) return offsets
    await sleep(20)
  }
}

/**
 * The group's committed offsets as they stand now; a transaction that is open may replace them in a moment. For who
 * only looks on.
 * @throws KafkaJS protocol errors.
 */
export async function fetchOffsetsNow(
  coordinator: Broker,
  groupId: string,
  topics: readonly { topic: string; partitions: readonly number[] }[],
): Promise<CommittedOffset[]> {
  const { offsets, codes } = await fetchOffsetsOnce(coordinator, groupId, topics, false)
  const failed = codes.find((code) => protocolErrors.failure(code))
  if (failed !== undefined) throw protocolErrors.createErrorFromCode(failed)
  return offsets
}

async function fetchOffsetsOnce(
  coordinator: Broker,
  groupId: string,
  topics: readonly { topic: string; partitions: readonly number[] }[],
  requireStable: boolean,
): Promise<{ offsets: CommittedOffset[]; codes: number[] }> {
  const encodeTopic = ({ topic, partitions }: { topic: string; partitions: readonly number[] }) =>
    tags(
      new EncoderClass()
        .writeUVarIntString(topic)
        .writeUVarIntArray(partitions.map((partition) => new EncoderClass().writeInt32(partition))),
    )
  return exchange(coordinator, {
    request: {
      apiKey: OFFSET_FETCH,
      apiVersion: 7,
      apiName: 'OffsetFetch',
      encode: async () =>
        tags(
          tags(new EncoderClass())
            .writeUVarIntString(groupId)
            .writeUVarIntArray(topics.map(encodeTopic))
            .writeBoolean(requireStable),
        ),
    },
    response: { decode: async (raw) => decodeOffsets(new DecoderClass(raw)), parse: async (data) => data },
  })
}

function decodeOffsets(decoder: Decoder): { offsets: CommittedOffset[]; codes: number[] } {
  const codes: number[] = []
  decoder.readTaggedFields()
  decoder.readInt32()
  const offsets = decoder
    .readUVarIntArray((topicDecoder) => {
      const topic = topicDecoder.readUVarIntString() ?? ''
      const partitions = topicDecoder.readUVarIntArray((partitionDecoder): CommittedOffset => {
        const partition = partitionDecoder.readInt32()
        const offset = Number(partitionDecoder.readInt64().toString())
        partitionDecoder.readInt32()
        const metadata = partitionDecoder.readUVarIntString() ?? ''
        codes.push(partitionDecoder.readInt16())
        partitionDecoder.readTaggedFields()
        return { topic, partition, offset, metadata }
      })
      topicDecoder.readTaggedFields()
      return partitions
    })
    .flat()
  codes.push(decoder.readInt16())
  return { offsets, codes }
}
