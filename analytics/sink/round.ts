/**
 * One round of the sink: declare, insert, settle. It may end anywhere, by a failure or a kill; the next round on these
 * partitions, here or elsewhere, takes up what it left.
 */
import type { RecordCodec } from '../../streams/record-codec.ts'
import type { TopicOffsets } from '../../streams/transport/group-protocol.ts'
import type { Due } from './assignment.ts'
import { type Database, tablesGone } from './database.ts'
import { encodeProgress } from './progress-metadata.ts'
import { writeRange } from './range-writer.ts'

/** What a round works with. */
export interface RoundContext {
  readonly edition: string
  readonly database: Database
  /** The id the database is expected to have. */
  readonly databaseId: string
  readonly codec: Pick<RecordCodec, 'decodeAsync'>
  /** Told how many records have come into the database, for good. */
  settled?(records: number): void
  /** Commits progress, unless the group has gone on without this member. */
  commit(offsets: readonly TopicOffsets[]): Promise<void>
}

/** Inserts under way at once: while some are inserted others are decoded. */
const AT_ONCE = 3

/**
 * Brings the ranges into the database.
 * @returns how many records became rows of `undecodable`.
 * @throws the first failure, after what went well was settled.
 */
export async function runRound(due: readonly Due[], context: RoundContext): Promise<number> {
  const filled = due.filter(({ range }) => range.records.length > 0)
  // From here on they are repeated as they are, whatever goes wrong.
  for (const { inflow, range } of filled) inflow.declare(range)
  await commit(context, filled, ({ range }) => [range.first, range.last])
  // Progress over offsets that hold no record.
  await settle(
    context,
    due.filter(({ range }) => range.records.length === 0),
  )
  return insertAll(filled, context)
}

async function insertAll(due: readonly Due[], context: RoundContext): Promise<number> {
  const { edition, database, databaseId, codec } = context
  const failures: unknown[] = []
  let undecodable = 0
  if (due.length > 0 && (await database.id()) !== databaseId) {
    throw tablesGone()
  }
  const queue = [...due]
  const insertNext = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const { share, range } = one
      const origin = { edition, topic: share.name, partition: share.partition }
      try {
        undecodable += await writeRange(database, codec, origin, range)
        // Each by itself: there is room for more at once.
        await settle(context, [one])
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, insertNext))
  for (const error of failures) throw error
  return undecodable
}

/** What is in the database is progress. */
async function settle(context: RoundContext, done: readonly Due[]): Promise<void> {
  await commit(context, done, ({ range }) => [range.last + 1, null])
  for (const { inflow, range } of done) inflow.settle(range)
  if (done.length > 0) context.settled?.(done.reduce((sum, { range }) => sum + range.records.length, 0))
}

async function commit(
  context: RoundContext,
  due: readonly Due[],
  progressOf: (due: Due) => [offset: number, pending: number | null],
): Promise<void> {
  if (due.length === 0) return
  const topics = Map.groupBy(due, ({ share }) => share.topic)
  const offsets = [...topics].map(([topic, its]): TopicOffsets => {
    const partitions = its.map((one) => {
      const [offset, pending] = progressOf(one)
      const metadata = encodeProgress({ database: context.databaseId, pending })
      return { partition: one.share.partition, offset, metadata }
    })
    return { topic, partitions }
  })
  await context.commit(offsets)
}
