/** The dead letters of an edition, and what became of each since. */
import { type LogSource, readRecords } from '../explain/source.ts'
import type { DeadLetter } from '../schemas/types.ts'
import { OffsetTracker } from '../streams/offset-tracker.ts'
import { DISMISSED } from '../streams/redrive-orders.ts'
import type { LetterSource } from './source.ts'

/**
 * What became of a dead letter: open, nobody has ordered it to be tried again; ordered, and its group has not come to
 * the order; failed again, as a dead letter of its own; done, what could not be worked on has been; dismissed, somebody
 * said that it is not to be tried again.
 */
export type Fate =
  | { readonly state: 'open' | 'ordered' | 'done' }
  | { readonly state: 'failed again'; readonly as: string }
  | ({ readonly state: 'dismissed' } & Dismissal)

/** Who dismissed a dead letter, and why. */
export interface Dismissal {
  readonly by: string
  readonly why: string
}

/** A dead letter without its contents. */
export interface LetterEntry extends Omit<DeadLetter, 'key' | 'value' | 'answer' | 'headers'> {
  /** Where the letter itself stands in `dead-letters`. */
  readonly place: { readonly partition: number; readonly offset: number }
  /** When it was written: milliseconds since 1970. */
  readonly time: number
  readonly fate: Fate
}

/** The first order for a dead letter. */
interface Order {
  readonly group: string
  readonly partition: number
  readonly offset: number
}

/** All dead letters, the oldest first. */
export async function listLetters(source: LetterSource): Promise<LetterEntry[]> {
  const letters = await readHeads(source)
  const { orders, dismissals } = await readOrders(source)
  const isFinished = await finishedOrders(source, [...orders.values()])
  const again = new Map(letters.map(({ redrivenFrom, deadLetterId }) => [redrivenFrom, deadLetterId]))
  const fateOf = (deadLetterId: string): Fate => {
    const as = again.get(deadLetterId)
    if (as !== undefined) return { state: 'failed again', as }
    const order = orders.get(deadLetterId)
    if (order !== undefined) return { state: isFinished(order) ? 'done' : 'ordered' }
    const dismissed = dismissals.get(deadLetterId)
    return dismissed === undefined ? { state: 'open' } : { state: 'dismissed', ...dismissed }
  }
  return letters
    .map((letter) => ({ ...letter, fate: fateOf(letter.deadLetterId) }))
    .sort((a, b) => a.time - b.time || (a.deadLetterId < b.deadLetterId ? -1 : 1))
}

async function readHeads(source: LogSource): Promise<Omit<LetterEntry, 'fate'>[]> {
  const heads: Omit<LetterEntry, 'fate'>[] = []
  for await (const { record, partition, offset, timestamp: time } of readRecords(source, 'dead-letters')) {
    const { key: _key, value: _value, answer: _answer, headers: _headers, ...head } = record
    heads.push({ ...head, place: { partition, offset }, time })
  }
  return heads
}

/** The first order and the first dismissal of each dead letter. */
async function readOrders(source: LogSource) {
  const orders = new Map<string, Order>()
  const dismissals = new Map<string, Dismissal>()
  for await (const { record, partition, offset } of readRecords(source, 'redrive')) {
    const { deadLetterId, group, kind, why, by } = record
    if (kind === DISMISSED) {
      if (!dismissals.has(deadLetterId)) dismissals.set(deadLetterId, { by: by ?? '', why: why ?? '' })
    } else if (!orders.has(deadLetterId)) orders.set(deadLetterId, { group, partition, offset })
  }
  return { orders, dismissals }
}

/** Tells which orders their groups are done with. */
async function finishedOrders(
  source: LetterSource,
  orders: readonly Order[],
): Promise<(order: Order) => boolean> {
  const topic = source.fullName('redrive')
  const trackers = new Map<string, OffsetTracker>()
  for (const [group, given] of Map.groupBy(orders, (order) => order.group)) {
    const partitions = [...new Set(given.map(({ partition }) => partition))]
    for (const { partition, offset, metadata } of await source.committed(group, [{ topic, partitions }])) {
      if (offset >= 0) trackers.set(`${group}/${partition}`, new OffsetTracker(offset, metadata))
    }
  }
  return ({ group, partition, offset }) => trackers.get(`${group}/${partition}`)?.isNew(offset) === false
}
