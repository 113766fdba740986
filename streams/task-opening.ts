/** From a partition's assignment to a task that runs: its progress read, its store brought up to the log. */
import type { TopicName } from '../schemas/topics.ts'
import type { LetterBreakers } from './letter-breakers.ts'
import { OffsetTracker } from './offset-tracker.ts'
import type { StatefulProcessor } from './processor.ts'
import { orderedRecord, placeOfRedrive, type RecordCodec } from './record-codec.ts'
import { RedriveOrders } from './redrive-orders.ts'
import { type StateDatabase, StateStore, type StoreSource } from './state-store.ts'
import { inputTopics, type Task } from './task.ts'
import type { TopicReader } from './transport/reader.ts'
import type { UnreadableRecords } from './unreadable.ts'

/** What a task reads when it opens. */
export type LogReader = Pick<TopicReader, 'bounds' | 'settledEnd' | 'committed' | 'read'>

/** Where a task reads from. */
export interface OpeningContext {
  readonly reader: LogReader
  readonly codec: RecordCodec
  readonly database: StateDatabase
  readonly fullName: (topic: TopicName) => string
  readonly breakers: LetterBreakers
  /** Takes what stands in a changelog and cannot be read: it is nothing a task has written. */
  readonly unreadable: UnreadableRecords
}

/** Opens a task. The predecessor's open transaction is waited out, so what is read here is final. */
export async function openTask(task: Task, context: OpeningContext): Promise<void> {
  const topics = inputTopics(task.processor, context.fullName)
  const trackers = await readTrackers(task, topics, context.reader)
  const store = task.processor.kind === 'stateful' ? await restoreStore(task, task.processor, context) : null
  const { groupId, partition } = task
  const orders = new RedriveOrders({ reader: context.reader, codec: context.codec, groupId, partition })
  const breaker = await context.breakers.of(groupId, task.processor)
  if (!task.closed) task.run({ trackers, store, orders, breaker })
}

async function readTrackers(task: Task, topics: readonly string[], reader: LogReader) {
  const asked = topics.map((topic) => ({ topic, partitions: [task.partition] }))
  const trackers = new Map<string, OffsetTracker>()
  for (const { topic, offset, metadata } of await reader.committed(task.groupId, asked)) {
    const from = offset >= 0 ? offset : (await reader.bounds(topic))[task.partition]!.first
    trackers.set(topic, new OffsetTracker(from, metadata))
  }
  return trackers
}

async function restoreStore(
  task: Task,
  processor: StatefulProcessor<unknown>,
  context: OpeningContext,
): Promise<StateStore<unknown>> {
  const name = `${task.groupId}/${task.partition}`
  const store = new StateStore(context.database, name, processor.store, sourceOf(task, processor, context))
  await store.restore()
  return store
}

function sourceOf(
  { partition, signal }: Task,
  processor: StatefulProcessor<unknown>,
  { reader, codec, fullName, unreadable }: OpeningContext,
): StoreSource {
  return {
    signal,
    end: (changelog) => reader.settledEnd(fullName(changelog), partition),
    async *changelog(from, to, changelog) {
      const topic = fullName(changelog)
      for await (const records of reader.read(topic, partition, from, to)) {
        const decoded = records.map(({ offset, value }) =>
          unreadable.read({ topic, partition, offset }, () => codec.decodeAsync(changelog, value)),
        )
        const values = (await Promise.all(decoded)).filter((value) => value !== null)
        yield { values, next: records.at(-1)!.offset + 1 }
      }
    },
    async *inputs(places) {
      const own = new Set(places.filter((place) => place >= 0))
      const redriven = new Set(places.filter((place) => place < 0))
      yield* recordsAt(reader, fullName(processor.inputs[0]!), partition, own, (offset) => offset)
      for await (const { offset, bytes } of recordsAt(
        reader,
        fullName('redrive'),
        partition,
        redriven,
        placeOfRedrive,
      )) {
        const order = await codec.decodeAsync('redrive', bytes)
        yield { offset, bytes: (await orderedRecord(codec, order)).record.value! }
      }
    },
    learn: (bytes) => codec.learn(bytes),
    decode: (bytes) => codec.decode(processor.inputs[0]!, bytes),
  }
}

/** The records at these places, in one pass over the range they span. */
async function* recordsAt(
  reader: LogReader,
  topic: string,
  partition: number,
  places: ReadonlySet<number>,
  placeOf: (offset: number) => number,
): AsyncGenerator<{ offset: number; bytes: Buffer }> {
  if (places.size === 0) return
  const offsets = [...places].map(placeOf)
  for await (const records of reader.read(topic, partition, Math.min(...offsets), Math.max(...offsets) + 1)) {
    for (const { offset, value } of records) {
      if (places.has(placeOf(offset)) && value !== null) yield { offset: placeOf(offset), bytes: value }
    }
  }
}
