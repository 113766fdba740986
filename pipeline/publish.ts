/** Writes records from outside the dataflow: loads, redrives, the edition's own record. All or nothing a call. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { topicsOf } from '../plugins/topics.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { Emission } from '../streams/processor.ts'
import { RecordCodec } from '../streams/record-codec.ts'
import type { KafkaClient } from '../streams/transport/client.ts'
import { isTransient } from '../streams/transport/reader.ts'
import { type OutgoingRecord, TransactionalProducer } from '../streams/transport/transaction.ts'
import type { Session } from './session.ts'

const MAX_ATTEMPTS = 10
const RETRY_MS = 100

/** What of a session records are written through. */
export type PublishingSession = Pick<Session, 'client' | 'codec' | 'config' | 'fullName'>

/** Publishes the records in one transaction. */
export async function publish(session: PublishingSession, emissions: readonly Emission[]): Promise<void> {
  const publisher = await Publisher.open(session)
  try {
    await publisher.publish(emissions)
  } finally {
    await publisher.close()
  }
}

/** Takes records for the log. */
export interface RecordSink {
  /** A record as {@link publishEncoded} takes it. @throws {RecordError} too-large, when no broker would take it. */
  encode(emission: Emission): OutgoingRecord
  /** Returns when the broker has the records, all or none. */
  publishEncoded(records: readonly OutgoingRecord[]): Promise<void>
  close(): Promise<void>
}

/** Publishes batch after batch, a transaction each. */
export class Publisher implements RecordSink {
  readonly #client: KafkaClient
  readonly #codec: RecordCodec
  readonly #transactionalId: string
  #producer: TransactionalProducer

  private constructor(client: KafkaClient, codec: RecordCodec, id: string, producer: TransactionalProducer) {
    this.#client = client
    this.#codec = codec
    this.#transactionalId = id
    this.#producer = producer
  }

  static async open({ client, codec, config, fullName }: PublishingSession): Promise<Publisher> {
    const records = new RecordCodec(codec, fullName, topicsOf(config), config.kafka.partitions)
    const id = groupName(config, `load-${randomUUID()}`)
    return new Publisher(client, records, id, await TransactionalProducer.open(client, id))
  }

  /**
   * Publishes a batch; tries again what a starting or moving broker breaks. Only where the very end of the
   * transaction went unheard may it then be written twice, which `admit` drops as a repeat.
   * @throws the last failure; nothing of the batch is left open then.
   */
  async publish(emissions: readonly Emission[]): Promise<void> {
    await this.publishEncoded(emissions.map(this.encode))
  }

  encode = (emission: Emission): OutgoingRecord => this.#codec.encode(emission)

  /** As {@link publish}, for records that were encoded before. */
  async publishEncoded(records: readonly OutgoingRecord[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#producer.commit(records, [])
        return
      } catch (error) {
        await this.#producer.close().catch(() => {})
        this.#producer = await TransactionalProducer.open(this.#client, this.#transactionalId)
        if (attempt >= MAX_ATTEMPTS || !isTransient(error)) throw error
        await sleep(RETRY_MS * attempt)
      }
    }
  }

  async close(): Promise<void> {
    await this.#producer.close()
  }
}
