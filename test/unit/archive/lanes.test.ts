import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Lane, writeLanes } from '../../../archive/lanes.ts'
import type { LogRecord } from '../../../archive/partition-reader.ts'
import type { Hole, Run } from '../../../streams/transport/offset-writer.ts'

/** Partitions that take records and holes as a broker does, and fail when they are told to. */
class ModelLog {
  readonly logs = new Map<string, (LogRecord | null)[]>()
  /** Transactions that filled holes. */
  fills = 0
  #left: number
  readonly #most: number

  constructor(left: number, most: number) {
    this.#left = left
    this.#most = most
  }

  restart(): void {
    this.#left = Number.POSITIVE_INFINITY
  }

  of({ topic, partition }: { topic: string; partition: number }): (LogRecord | null)[] {
    const place = `${topic}/${partition}`
    const log = this.logs.get(place) ?? []
    this.logs.set(place, log)
    return log
  }

  async append(runs: readonly Run[]): Promise<void> {
    this.#step()
    for (const run of runs) {
      expect(this.of(run)).toHaveLength(run.from)
      this.of(run).push(...(run.records as LogRecord[]))
    }
  }

  async fill(holes: readonly Hole[]): Promise<number[]> {
    this.fills++
    const filled = holes.map(({ from, to }) => Math.min(to, from + this.#most))
    for (const [at, hole] of holes.entries()) {
      expect(this.of(hole)).toHaveLength(hole.from)
      expect(hole.to).toBeGreaterThan(hole.from)
      // Killed on the way, a transaction leaves some of its records and a mark: within the hole.
      const isCut = this.#left <= 1
      const to = isCut ? hole.from + 1 + ((filled[at]! - hole.from) >> 1) : filled[at]!
      this.of(hole).push(...Array(Math.min(to, filled[at]!) - hole.from).fill(null))
    }
    this.#step()
    return filled
  }

  #step(): void {
    if (--this.#left <= 0) throw new Error('killed')
  }
}

/** A partition's log: records and holes (null). */
const log = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 60 }) }, { weight: 1, arbitrary: fc.constant(null) }),
    {
      maxLength: 40,
    },
  )
  .map((sizes) =>
    sizes.map((size, offset): LogRecord | null =>
      size === null ? null : { offset, timestamp: 1, key: null, headers: [], value: Buffer.alloc(size) },
    ),
  )

function lanesOf(logs: readonly (LogRecord | null)[][], model: ModelLog): Lane[] {
  return logs.map((wanted, partition) => {
    const position = model.of({ topic: 't', partition }).length
    const records = (async function* () {
      yield* wanted.filter((record) => record !== null && record.offset >= position) as LogRecord[]
    })()
    return { topic: 't', partition, position, end: wanted.length, records }
  })
}

it('any logs come back as they were, wherever a writer is cut off and begun again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(log, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (logs, cutAfter, most) => {
        const model = new ModelLog(cutAfter, most)
        await writeLanes(model, lanesOf(logs, model), () => {}).catch((error: Error) => {
          expect(error.message).toBe('killed')
        })
        model.restart()
        await writeLanes(model, lanesOf(logs, model), () => {})
        for (const [partition, wanted] of logs.entries()) {
          expect(model.of({ topic: 't', partition })).toEqual(wanted)
        }
      },
    ),
    { numRuns: 200 },
  )
})

it('holes of partitions that were written alike are filled together', async () => {
  const one = Array.from({ length: 40 }, (_, offset): LogRecord | null =>
    offset % 4 === 3 ? null : { offset, timestamp: 1, key: null, headers: [], value: null },
  )
  const model = new ModelLog(Number.POSITIVE_INFINITY, 100)
  const written: number[] = []
  const logs = [one, one, one, one]
  await writeLanes(model, lanesOf(logs, model), ({ records }) => written.push(records))
  expect(model.fills).toBe(10)
  expect(written.reduce((sum, count) => sum + count, 0)).toBe(4 * 30)
})
