import { describe, expect, it } from 'vitest'
import { Assignment } from '../../../../analytics/sink/assignment.ts'
import { encodeProgress } from '../../../../analytics/sink/progress-metadata.ts'
import type { KafkaMessage } from '../../../../streams/transport/kafkajs.ts'

const MIB = 1024 * 1024
const TOPIC = 'toys.main.questions'
const PARTITIONS = [0, 1, 2, 3]
const LIMITS = { maxRows: 1_000, maxBytes: 64 * MIB }

interface Found {
  /** What is committed of each partition. */
  readonly committed: { readonly offset: number; readonly metadata: string }
  /** Whether the database has rows of a partition. */
  readonly holdsAny: () => Promise<boolean>
}

const BEGUN: Found = {
  committed: { offset: 0, metadata: encodeProgress({ database: 'first', pending: null }) },
  holdsAny: async () => true,
}
const NOTHING_COMMITTED = { offset: -1, metadata: '' }
const INTO_ANOTHER = { offset: 5, metadata: encodeProgress({ database: 'another', pending: null }) }

/** A member with all partitions, each open from offset 0 on. */
async function member({ committed, holdsAny } = BEGUN) {
  const paused = new Set<number>()
  const assignment = new Assignment(
    {
      reader: {
        committed: async (_, topics) =>
          topics.flatMap(({ topic, partitions }) =>
            partitions.map((partition) => ({ topic, partition, ...committed })),
          ),
        bounds: async () => PARTITIONS.map(() => ({ first: 0, end: 9, written: 9 })),
      },
      groupId: 'toys.main.sink',
      topics: new Map([[TOPIC, 'questions']]),
      limits: LIMITS,
      holdsAny,
      setPaused: (_, partition, isPaused) => void paused[isPaused ? 'add' : 'delete'](partition),
      seek: () => {},
      failed: (error) => {
        throw error
      },
    },
    'first',
  )
  assignment.joined(PARTITIONS, new Set())
  // Its progress is read meanwhile.
  await new Promise((resolve) => setImmediate(resolve))
  return { assignment, paused }
}

function chunk(partition: number, offset: number, mib: number) {
  const record = { offset: String(offset), key: null, value: Buffer.alloc(mib * MIB), timestamp: '1' }
  const records = [record as unknown as KafkaMessage]
  return { topic: TOPIC, partition, from: offset, through: offset, records }
}

describe('an assignment that is nearly full', () => {
  it('has nothing more fetched, takes what is on its way, and goes on when there is room', async () => {
    const { assignment, paused } = await member()
    for (const partition of PARTITIONS.slice(0, 3)) {
      expect(paused.size).toBe(0)
      assignment.deliver(chunk(partition, 0, 16))
    }
    expect([...paused].sort()).toEqual(PARTITIONS)
    expect(assignment.deliver(chunk(3, 0, 12))).toBe(1)
    assignment.resume()
    expect(paused.size).toBe(4)
    const [first] = assignment.due()
    first!.inflow.settle(first!.range)
    assignment.resume()
    expect(paused.size).toBe(0)
  })

  it('is pressed, so that nobody rests', async () => {
    const { assignment } = await member()
    expect(assignment.isPressed).toBe(false)
    assignment.deliver(chunk(0, 0, 16))
    expect(assignment.isPressed).toBe(true)
  })

  it('refuses what finds no room, to be fetched again', async () => {
    const { assignment, paused } = await member()
    for (const partition of PARTITIONS) assignment.deliver(chunk(partition, 0, 16))
    expect(assignment.deliver(chunk(0, 1, 1))).toBe(1)
    expect(paused.has(0)).toBe(true)
  })
})

describe('an assignment that is opened', () => {
  const isInDoubt = async (found: Found) => {
    const { assignment } = await member(found)
    assignment.deliver(chunk(0, 0, 1))
    return assignment.due()[0]!.range.inDoubt
  }

  it('has nothing in doubt where nothing was declared and nothing is there', async () => {
    expect(await isInDoubt({ committed: NOTHING_COMMITTED, holdsAny: async () => false })).toBe(false)
  })

  it.each([
    ['there are rows of which Kafka has forgotten the progress', NOTHING_COMMITTED, async () => true],
    ['the database does not answer', NOTHING_COMMITTED, () => Promise.reject(new Error('away'))],
    ['others may still fill the database before', INTO_ANOTHER, async () => false],
  ])('looks before it inserts where %s', async (_, committed, holdsAny) => {
    expect(await isInDoubt({ committed, holdsAny })).toBe(true)
  })
})
