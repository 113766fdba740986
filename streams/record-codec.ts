/** Between what Kafka holds and what processors see. */
import { setTimeout as sleep } from 'node:timers/promises'
import { NinefoldError } from '../errors.ts'
import type { Codec } from '../schemas/codec.ts'
import { UndecodableError } from '../schemas/decode-errors.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import type { Redrive } from '../schemas/types.ts'
import type { Absence } from './absence.ts'
import { partitionOf } from './partition.ts'
import { type Emission, type Input, RecordError } from './processor.ts'
import { backOff } from './transport/back-off.ts'
import type { KafkaMessage } from './transport/kafkajs.ts'
import { MAX_RECORD_BYTES, type OutgoingRecord, sizeOf } from './transport/transaction.ts'

const REGISTRY_PAUSES = { firstMs: 500, maxMs: 4_000 }

/** A record as it was fetched. */
export interface Letter {
  /** The topic's full name. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** As they came with it; none of ours has any. */
  readonly headers?: KafkaMessage['headers']
}

/** A fetched record, read; or why it could not be, or need not be. */
export type Opened =
  | ({ kind: 'record'; input: Input; bytes: Buffer; place: number } & Try)
  | ({ kind: 'undecodable'; error: UndecodableError } & Try)
  | { kind: 'nothing' }

/** Which try at a record this is. */
export interface Try {
  /** From 1. */
  readonly attempts: number
  /** The dead letter of the try before. */
  readonly redrivenFrom: string | null
}

const FIRST_TRY: Try = { attempts: 1, redrivenFrom: null }

/** Reads and writes the records of one edition's topics. */
export class RecordCodec {
  readonly #codec: Codec
  readonly fullName: (topic: TopicName) => string
  readonly #partitions: number
  readonly #registry: Absence | null
  readonly #shortNames: ReadonlyMap<string, TopicName>

  /** @param registry told when the registry does not answer, and when it does again */
  constructor(
    codec: Codec,
    fullName: (topic: TopicName) => string,
    topics: readonly TopicName[],
    partitions: number,
    registry: Absence | null = null,
  ) {
    this.#codec = codec
    this.fullName = fullName
    this.#partitions = partitions
    this.#registry = registry
    this.#shortNames = new Map(topics.map((topic) => [fullName(topic), topic]))
  }

  /** The short name of a topic. @throws for a topic of no edition of ours. */
  shortName(fullName: string): TopicName {
    const name = this.#shortNames.get(fullName)
    if (name === undefined) throw new Error(`${fullName} is no topic of this edition`)
    return name
  }

  decode<T extends TopicName>(topic: T, bytes: Buffer | null): TopicRecords[T] {
    return this.#codec.decode(topic, bytes)
  }

  /** Reads a record; an unreachable registry is waited for, since that is not the record's fault. */
  decodeAsync<T extends TopicName>(topic: T, bytes: Buffer | null): Promise<TopicRecords[T]> {
    return this.#patiently(() => this.#codec.decodeAsync(topic, bytes))
  }

  /** Learns to `decode` what was written with the same schema as these bytes; they may be the first few only. */
  learn(bytes: Buffer): Promise<void> {
    return this.#patiently(() => this.#codec.learn(bytes.readInt32BE(1)))
  }

  /**
   * An emission as bytes with its partition.
   * @throws {RecordError} too-large, when no broker would take it: cutting it would lose what was paid for.
   */
  readonly encode = (emission: Emission): OutgoingRecord => {
    const value = this.#codec.encode(emission.topic, emission.value as TopicRecords[TopicName])
    const partition = emission.partition ?? partitionOf(emission.key, this.#partitions)
    const record = { topic: this.fullName(emission.topic), partition, key: emission.key, value }
    const bytes = sizeOf(record)
    if (bytes > MAX_RECORD_BYTES) {
      const message = `a record for ${emission.topic} takes ${bytes} bytes; a broker takes ${MAX_RECORD_BYTES}`
      throw new RecordError('too-large', message)
    }
    return record
  }

  async #patiently<T>(action: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await action()
        if (attempt > 1) this.#registry?.answered()
        return result
      } catch (error) {
        if (!(error instanceof NinefoldError) || error.code !== 'NF_REGISTRY_UNREACHABLE') {
          if (attempt > 1) this.#registry?.answered()
          throw error
        }
        this.#registry?.missed(error.message)
        // Whoever waits for nothing else may end.
        await sleep(backOff(attempt, REGISTRY_PAUSES), undefined, { ref: false })
      }
    }
  }
}

/**
 * Reads a fetched record. One of topic `redrive` is opened to the record it orders to be tried again, if the
 * order is for this group and has not come before; its place is below zero, since it stands in no input topic. An
 * order for a record of a topic the step does not read is as good as undecodable.
 */
export async function openLetter(
  codec: RecordCodec,
  letter: Letter,
  groupId: string,
  inputs: readonly TopicName[],
  orders: OrdersTaken,
): Promise<Opened> {
  const topic = codec.shortName(letter.topic)
  let which = FIRST_TRY
  try {
    if (topic !== 'redrive')
      return { ...(await opened(codec, topic, letter.value)), place: letter.offset, ...which }
    const order = await codec.decodeAsync('redrive', letter.value)
    if (order.group !== groupId || (await orders.isRepeat(order, letter.offset))) return { kind: 'nothing' }
    which = { attempts: 2, redrivenFrom: order.deadLetterId }
    const { record, orders: deep } = await orderedRecord(codec, order)
    which = { ...which, attempts: 1 + deep }
    const origin = inputs.find((name) => codec.fullName(name) === record.topic)
    if (origin === undefined)
      throw new UndecodableError(`redrive: ${groupId} does not read topic ${record.topic}`)
    return { ...(await opened(codec, origin, record.value)), place: placeOfRedrive(letter.offset), ...which }
  } catch (error) {
    if (error instanceof UndecodableError) return { kind: 'undecodable', error, ...which }
    throw error
  }
}

/** Which orders to try something again have come before. */
export interface OrdersTaken {
  isRepeat(order: Redrive, offset: number): Promise<boolean>
}

async function opened(codec: RecordCodec, topic: TopicName, value: Buffer | null) {
  const input = { topic, value: await codec.decodeAsync(topic, value) } as Input
  return { kind: 'record', input, bytes: value as Buffer } as const
}

/** What an order wants to be tried again, and how many orders it took. What failed once more did so as an order, which is opened in turn. */
export async function orderedRecord(
  codec: Pick<RecordCodec, 'fullName' | 'decodeAsync'>,
  order: Pick<Redrive, 'topic' | 'key' | 'value'>,
): Promise<{ record: Pick<Redrive, 'topic' | 'key' | 'value'>; orders: number }> {
  let record = order
  let orders = 1
  for (; record.topic === codec.fullName('redrive'); orders++) {
    record = await codec.decodeAsync('redrive', record.value)
  }
  return { record, orders }
}

/** A place in topic `redrive`, told from places in a step's own inputs by its sign. */
export function placeOfRedrive(offset: number): number {
  return -(offset + 1)
}
