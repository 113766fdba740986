/**
 * Orders to try a dead letter again. A dead letter is tried again once, however often that is ordered: what fails once
 * more becomes a dead letter of its own, which can be ordered in turn. Whether an order has come before is told by
 * the log alone: the first one in the partition counts, for whoever works on the partition, whenever.
 */
import { UndecodableError } from '../schemas/decode-errors.ts'
import { contentId } from '../schemas/ids.ts'
import type { DeadLetter, Redrive } from '../schemas/types.ts'
import type { Emission } from './processor.ts'
import type { RecordCodec } from './record-codec.ts'
import type { TopicReader } from './transport/reader.ts'

/**
 * The order for a dead letter, in the partition where its record stood: the one its store is in, and where every
 * other order for it stands.
 * @param record what failed, where the letter is too large to hold it
 */
export function redriveOrder(
  letter: DeadLetter,
  { key, value }: Pick<Redrive, 'key' | 'value'> = letter,
): Emission<'redrive'> {
  const { deadLetterId, group, topic, partition, questionId } = letter
  const redriveId = contentId('redrive', deadLetterId)
  return {
    topic: 'redrive',
    key: questionId ?? '',
    partition,
    value: { redriveId, deadLetterId, group, topic, key, value, kind: 'order', why: null, by: null },
  }
}

/** Word that a dead letter is dismissed, beside the orders for it. No group takes it: it names none. */
export function dismissal(
  {
    deadLetterId,
    topic,
    partition,
    questionId,
  }: Pick<DeadLetter, 'deadLetterId' | 'topic' | 'partition' | 'questionId'>,
  { why, by }: { readonly why: string; readonly by: string },
): Emission<'redrive'> {
  const redriveId = contentId('redrive', 'dismissed', deadLetterId)
  const nothing = { group: '', key: null, value: null }
  return {
    topic: 'redrive',
    key: questionId ?? '',
    partition,
    value: { redriveId, deadLetterId, topic, ...nothing, kind: DISMISSED, why, by },
  }
}

/** The kind of a dismissal. */
export const DISMISSED = 'dismissed'

/** Where the orders of one group on one partition are read from. */
export interface OrdersSource {
  readonly reader: Pick<TopicReader, 'bounds' | 'read'>
  readonly codec: RecordCodec
  readonly groupId: string
  readonly partition: number
}

/** The orders of one group on one partition; the log is read when the first of them comes. */
export class RedriveOrders {
  readonly #source: OrdersSource
  /** Where the first order for each dead letter stands. */
  readonly #first = new Map<string, number>()
  #next = 0
  #reading: Promise<void> = Promise.resolve()

  constructor(source: OrdersSource) {
    this.#source = source
  }

  /** Whether the order at this offset asks for what an earlier one has asked for. */
  async isRepeat({ deadLetterId }: Redrive, offset: number): Promise<boolean> {
    const reading = this.#reading.then(() => this.#readThrough(offset))
    this.#reading = reading.catch(() => {})
    await reading
    return this.#first.get(deadLetterId) !== offset
  }

  async #readThrough(offset: number): Promise<void> {
    if (offset < this.#next) return
    const { reader, codec, partition, groupId } = this.#source
    const topic = codec.fullName('redrive')
    const { first, end } = (await reader.bounds(topic))[partition]!
    const to = Math.max(end, offset + 1)
    for await (const records of reader.read(topic, partition, Math.max(first, this.#next), to)) {
      for (const { offset: place, value } of records) {
        const order = await decodedOrder(codec, value)
        if (order?.group !== groupId || this.#first.has(order.deadLetterId)) continue
        this.#first.set(order.deadLetterId, place)
      }
      this.#next = records.at(-1)!.offset + 1
    }
    this.#next = to
  }
}

async function decodedOrder(codec: RecordCodec, value: Buffer | null): Promise<Redrive | null> {
  try {
    return await codec.decodeAsync('redrive', value)
  } catch (error) {
    // It has a dead letter of its own, from whoever came upon it.
    if (error instanceof UndecodableError) return null
    throw error
  }
}
