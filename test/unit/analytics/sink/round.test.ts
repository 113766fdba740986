import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Due, Share } from '../../../../analytics/sink/assignment.ts'
import { DatabaseFailure } from '../../../../analytics/sink/database.ts'
import { Inflow } from '../../../../analytics/sink/inflow.ts'
import { decodeProgress } from '../../../../analytics/sink/progress-metadata.ts'
import { type RoundContext, runRound } from '../../../../analytics/sink/round.ts'
import { memoryCodec } from '../../../../schemas/memory-codec.ts'
import type { KafkaMessage } from '../../../../streams/transport/kafkajs.ts'
import { type Ending, FakeDatabase, Killed } from '../../../support/fake-database.ts'
import { question } from '../../../support/records.ts'

const codec = memoryCodec()
const TOPIC = 'toys.main.questions'
const LIMITS = { maxRows: 5, maxBytes: 1_000_000 }
/** What a place in the log may hold: a record, one that ClickHouse refuses, one nobody can read, or none. */
type Kind = 'good' | 'refused' | 'garbled' | 'hole'

function messageAt(offset: number, kind: Kind): KafkaMessage {
  const encoded = codec.encode('questions', question({ questionId: `q${offset}`, stem: kind }))
  const value = kind === 'garbled' ? encoded.subarray(0, 7) : encoded
  return { key: null, value, offset: String(offset), timestamp: '1', attributes: 0 } as KafkaMessage
}

/** A topic's partition, what is committed of it, and the database it is to be brought to. */
class World {
  readonly #kinds: readonly Kind[]
  readonly #endingOf: () => Ending
  readonly database: FakeDatabase
  committed = { offset: -1, metadata: '' }

  constructor(kinds: readonly Kind[], endingOf: () => Ending) {
    this.#kinds = kinds
    this.#endingOf = endingOf
    this.database = new FakeDatabase(endingOf, ({ values }) => values.stem === 'refused')
  }

  /** A member that begins where the last one has left off. */
  member(): Share & { inflow: Inflow } {
    const { offset, metadata } = this.committed
    const progress = decodeProgress(metadata)
    const isOurs = progress?.database === this.database.databaseId
    const inflow = new Inflow(LIMITS, isOurs ? offset : 0, isOurs ? progress.pending : null)
    return { topic: TOPIC, name: 'questions', partition: 0, inflow, isPaused: false }
  }

  /** Fetches some more. */
  fetch({ inflow }: { inflow: Inflow }, count: number): void {
    const from = inflow.position
    const through = Math.min(from + count, this.#kinds.length) - 1
    if (through < from) return
    const records = this.#kinds.flatMap((kind, at) =>
      at < from || at > through || kind === 'hole' ? [] : [messageAt(at, kind)],
    )
    inflow.take({ topic: TOPIC, partition: 0, from, through, records })
  }

  context(): RoundContext {
    return {
      edition: 'main',
      database: this.database,
      databaseId: 'first',
      codec: { decodeAsync: (topic, bytes) => codec.decodeAsync(topic, bytes) },
      commit: async (offsets) => {
        const ending = this.#endingOf()
        const { offset, metadata } = offsets[0]!.partitions[0]!
        // A commit that nobody waits for any more is refused: its generation has gone.
        if (!ending.endsWith('before') && ending !== 'late') this.committed = { offset, metadata }
        if (ending !== 'well') throw new Killed()
      },
    }
  }

  /** Offsets with a row, in both tables, sorted; as often as they have one. */
  offsets(table: string): number[] {
    return this.database
      .rows(table)
      .map(({ offset }) => offset)
      .sort((a, b) => a - b)
  }
}

function due(share: Share & { inflow: Inflow }): Due[] {
  const range = share.inflow.next()
  return range === null ? [] : [{ share, inflow: share.inflow, range }]
}

const kinds = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<Kind>('good') },
    fc.constantFrom<Kind>('refused', 'garbled', 'hole'),
  ),
  { minLength: 1, maxLength: 24 },
)
const CLEAR = ['well', 'failed before', 'failed after', 'killed before', 'killed after'] as const
const chances = fc.infiniteStream(fc.nat(8))

function endings(...troubles: readonly Ending[]): fc.Arbitrary<Ending[]> {
  const well = { weight: 3, arbitrary: fc.constant<Ending>('well') }
  return fc.array(fc.oneof(well, fc.constantFrom<Ending>(...troubles)), { maxLength: 60 })
}

/** Members one after the other, each until it is killed, and the last until all is done. */
async function bringIn(
  log: readonly Kind[],
  plan: readonly Ending[],
  chance: Iterator<number>,
  { remembers = true, isAlone = true },
): Promise<World> {
  const trouble = [...plan]
  const world = new World(log, () => trouble.shift() ?? 'well')
  Object.assign(world.database, { remembers, isAlone })
  let member = world.member()
  while (world.committed.offset < log.length) {
    world.fetch(member, 1 + chance.next().value)
    if (chance.next().value > 6) world.database.arrive()
    try {
      await runRound(due(member), world.context())
    } catch (error) {
      if (error instanceof Killed) member = world.member()
      else if (!(error instanceof DatabaseFailure)) throw error
    }
  }
  world.database.arriveAll()
  return world
}

function expectOnce(world: World, log: readonly Kind[]): void {
  const offsetsOf = (...wanted: Kind[]) => log.flatMap((kind, at) => (wanted.includes(kind) ? [at] : []))
  expect(world.offsets('questions')).toEqual(offsetsOf('good'))
  expect(world.offsets('undecodable')).toEqual(offsetsOf('refused', 'garbled'))
}

describe('a round of the sink', () => {
  it.each([
    [
      'wherever members are killed and whatever the database does',
      [...CLEAR, 'late', 'lost', 'too large'],
      {},
    ],
    [
      'on a cluster, where an earlier try may be under way elsewhere',
      [...CLEAR, 'late', 'lost'],
      { isAlone: false },
    ],
    ['without the help of tokens', [...CLEAR, 'late', 'too large'], { remembers: false }],
  ] as const)('brings each record in once %s', async (_, troubles, database) => {
    const run = fc.asyncProperty(kinds, endings(...troubles), chances, async (log, plan, chance) => {
      expectOnce(await bringIn(log, plan, chance, database), log)
    })
    await fc.assert(run, { numRuns: 2_000 })
  })

  it('does not insert in halves what may still come in whole', async () => {
    const log: Kind[] = ['good', 'good']
    // Declared, the database known: inserted at some time, but not yet. Then looked, and refused for its size.
    const plan: Ending[] = ['well', 'well', 'late', 'well', 'well', 'well', 'too large']
    const chance = [1, 0, 1, 0, ...Array.from({ length: 20 }, () => 8)].values()
    expectOnce(await bringIn(log, plan, chance, {}), log)
  })

  it('brings each record in once while members that have lost the partition still believe they have it', async () => {
    const pauses = fc.array(fc.nat(8), { maxLength: 12 })
    const run = fc.asyncProperty(kinds, pauses, chances, async (log, plan, chance) => {
      const world = new World(log, () => 'well')
      // Without tokens: a member that lost its place must not insert at all.
      world.database.remembers = false
      const zombies: (Share & { inflow: Inflow })[] = []
      const fenced = { ...world.context(), commit: () => Promise.reject(new Killed()) }
      let member = world.member()
      for (const rounds of plan) {
        for (let round = 0; round < rounds; round++) {
          world.fetch(member, 1 + chance.next().value)
          if (chance.next().value > 4) await runRound(due(member), world.context())
        }
        zombies.push(member)
        member = world.member()
        for (const zombie of zombies) {
          world.fetch(zombie, chance.next().value)
          const left = due(zombie)
          if (left.length > 0) await expect(runRound(left, fenced)).rejects.toThrow(Killed)
        }
      }
      while (world.committed.offset < log.length) {
        world.fetch(member, log.length)
        await runRound(due(member), world.context())
      }
      expectOnce(world, log)
    })
    await fc.assert(run, { numRuns: 300 })
  })

  it('settles what went well when something else did not', async () => {
    const world = new World(['good', 'good'], () => 'well')
    const [first, second] = [world.member(), { ...world.member(), name: 'kept' as const }]
    for (const member of [first, second]) world.fetch(member, 2)
    // Records of another topic than they are read as: not the database's failure.
    const broken = { ...world.context(), codec: { decodeAsync: failingFor('kept') } }
    const settled: number[] = []
    const counting = { ...broken, settled: (records: number) => settled.push(records) }
    await expect(runRound([...due(second), ...due(first)], counting)).rejects.toThrow('no registry')
    expect(settled).toEqual([2])
    expect(first.inflow.waits).toBe(false)
    expect(second.inflow.next()?.inDoubt).toBe(true)
  })

  it('inserts nothing into a database that is not the one it knows', async () => {
    const world = new World(['good'], () => 'well')
    const member = world.member()
    world.fetch(member, 1)
    world.database.databaseId = 'second'
    await expect(runRound(due(member), world.context())).rejects.toThrow(DatabaseFailure)
    expect(world.offsets('questions')).toEqual([])
    expect(world.member().inflow.position).toBe(0)
  })

  it('tells why a record has no row in the table of its topic', async () => {
    const world = new World(['garbled', 'refused', 'good'], () => 'well')
    const member = world.member()
    world.fetch(member, 3)
    expect(await runRound(due(member), world.context())).toBe(2)
    const [garbled, refused] = world.database.rows('undecodable').map(({ values }) => values)
    expect(garbled?.reason).toMatch(/malformed Avro/)
    expect(refused?.reason).toBe('ClickHouse refused it: this does not fit')
    expect(Buffer.from(String(refused?.value_base64), 'base64')).toEqual(messageAt(1, 'refused').value)
  })
})

function failingFor(name: string): RoundContext['codec']['decodeAsync'] {
  return async (topic, bytes) => {
    if (topic === name) throw new Error('no registry')
    return codec.decodeAsync(topic, bytes)
  }
}
