/** The sink on a real broker and a real engine, both of which may be gone at any moment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import type { Sink } from '../../../analytics/sink/sink.ts'
import { TABLES, tableOf } from '../../../analytics/tables/tables.ts'
import { databaseOf } from '../../../config/names.ts'
import type { Emission } from '../../../streams/processor.ts'
import { seeded } from '../../../streams/testing/choices.ts'
import { EVERY_TOPIC, everyTopic } from '../../support/every-topic.ts'
import { ToyEngine } from '../../support/toy-engine.ts'
import { ToyKafka } from '../../support/toy-kafka.ts'
import { startSink } from '../../support/toy-sink.ts'

const DRAIN_MS = 150_000
/** A round of the sink takes about a second: kills come at any of its steps. */
const MOST_MS_TO_KILL = 1_500
const SINK_MAIN = join(import.meta.dirname, '../../support/toy-sink.ts')
let made = 0

/** So many records for every topic, under ever other keys. */
function records(count: number): Emission[] {
  const values = everyTopic()
  return EVERY_TOPIC.flatMap((topic) =>
    Array.from({ length: count }, (_, at) => ({ topic, key: `k${at}`, value: values[topic] }) as Emission),
  )
}

async function drained(sink: Sink, toys: ToyKafka): Promise<void> {
  const deadline = Date.now() + DRAIN_MS
  while (!(await sink.isDrained())) {
    if (toys.failures.length > 0) throw toys.failures[0]
    if (Date.now() > deadline) throw new Error(`the sink has not drained: ${sink.away}`)
    await sleep(50)
  }
}

interface Counted {
  place: string
  rows: number
  offsets: number
}

/** Every partition of every topic has as many rows as records, each offset one. */
async function expectExact(engine: ToyEngine, toys: ToyKafka, lost = 0): Promise<void> {
  const counts = TABLES.map(
    ({ name }) => `SELECT _topic || '/' || toString(_partition) AS place,
      toUInt32(count()) AS rows, toUInt32(uniqExact(_offset)) AS offsets FROM ${name} GROUP BY place`,
  )
  const counted = await engine.query<Counted>(databaseOf(toys.config.pipeline), counts.join(' UNION ALL '))
  const found: Record<string, number> = {}
  for (const { place, rows, offsets } of counted) {
    expect(rows, place).toBe(offsets)
    found[place] = (found[place] ?? 0) + rows
  }
  const expected: Record<string, number> = {}
  for (const topic of EVERY_TOPIC) {
    for (const { partition } of await toys.records(topic)) {
      const place = `${topic}/${partition}`
      expected[place] = (expected[place] ?? 0) + 1
    }
  }
  expect(found).toEqual(expected)
  const undecodable = counted.length === 0 ? 0 : await countOf(engine, toys, 'undecodable')
  expect(undecodable).toBe(lost)
}

async function countOf(engine: ToyEngine, toys: ToyKafka, table: string): Promise<number> {
  const query = `SELECT toUInt32(count()) AS rows FROM ${table}`
  const [row] = await engine.query<{ rows: number }>(databaseOf(toys.config.pipeline), query)
  return row!.rows
}

async function open(): Promise<{ toys: ToyKafka; engine: ToyEngine } & AsyncDisposable> {
  const toys = await ToyKafka.open(inject('stack').brokers, `sink-${++made}`)
  const engine = await ToyEngine.start()
  return {
    toys,
    engine,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await toys[Symbol.asyncDispose]()
    },
  }
}

describe('the sink', { timeout: 4 * 60_000 }, () => {
  it('brings every topic into its table, aborted records not, unreadable ones under their own name', async () => {
    await using place = await open()
    const { toys, engine } = place
    await toys.publish(records(20))
    await toys.publishAborted(records(5))
    await toys.publishGarbled('kept')
    // No count of calls is below zero: the column refuses it.
    const completion = { ...everyTopic().completions, promptTokens: -1 }
    await toys.publish([{ topic: 'completions', key: 'k', value: completion }])
    await toys.publish(records(1))
    const sink = startSink(toys, engine.url)
    await drained(sink, toys)
    await sink.stop()
    await expectExact(engine, toys, 2)
    const [first] = await engine.query<{ tier: string; usd: number; reason: string }>(
      databaseOf(toys.config.pipeline),
      `SELECT (SELECT max(reason) FROM undecodable WHERE _topic = 'kept') AS reason,
        (SELECT any(tier) FROM tiers) AS tier, (SELECT sum(usd) FROM costs) AS usd`,
    )
    expect(first?.reason).toMatch(/too few|magic byte|malformed/)
    expect(first?.usd).toBeCloseTo((21 * 123_456) / 1e9, 9)
    expect(tableOf('triaged-easy').name).toBe('triaged')
  })

  it('has every record once, although the engine was killed again and again while it was inserting', async () => {
    await using place = await open()
    const { toys, engine } = place
    const told: string[] = []
    const sink = startSink(toys, engine.url, { say: (line) => told.push(line) })
    for (let kills = 0; kills < 3; kills++) {
      const before = await rowsBy(engine, toys)
      await toys.publish(records(60))
      await movedOn(engine, toys, before)
      await engine.kill()
      await toys.publish(records(30))
      await engine.restart()
    }
    await drained(sink, toys)
    await sink.stop()
    await expectExact(engine, toys)
    expect(told.filter((line) => line.startsWith('analytics wait')).length).toBeLessThanOrEqual(3)
  })

  it('has every record once, although workers were killed at any moment while records streamed in', async () => {
    await using place = await open()
    const { toys, engine } = place
    const args = [SINK_MAIN, inject('stack').brokers[0]!, toys.config.pipeline, engine.url]
    const choose = seeded(20_261_121)
    const produced = new Set<string>()
    for (let kills = 0; kills < 6; kills++) {
      const before = await rowsBy(engine, toys)
      const child = spawn(process.execPath, args, { stdio: 'ignore' })
      const killing = new AbortController()
      const streaming = stream(toys, produced, killing.signal)
      await movedOn(engine, toys, before)
      // It declares, inserts and settles all the time now: the kill falls between any two of these, or into one.
      await sleep(choose(MOST_MS_TO_KILL))
      await killed(child)
      killing.abort()
      await streaming
    }
    const sink = startSink(toys, engine.url)
    await drained(sink, toys)
    await sink.stop()
    await expectExact(engine, toys)
    const [counted] = await engine.query<{ rows: number; ids: number }>(
      databaseOf(toys.config.pipeline),
      'SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(payment_id)) AS ids FROM completions',
    )
    expect(counted).toEqual({ rows: produced.size, ids: produced.size })
  })

  it('fills a database that was dropped from the beginning, whether it runs meanwhile or not', async () => {
    await using place = await open()
    const { toys, engine } = place
    const drop = () => engine.query('default', `DROP DATABASE ${databaseOf(toys.config.pipeline)} SYNC`)
    await toys.publish(records(10))
    const first = startSink(toys, engine.url)
    await drained(first, toys)
    await drop()
    await toys.publish(records(3))
    await drained(first, toys)
    await expectExact(engine, toys)
    await first.stop()
    await drop()
    const second = startSink(toys, engine.url)
    await drained(second, toys)
    await second.stop()
    await expectExact(engine, toys)
  })

  it('is shared by as many workers as there are, which come and go', async () => {
    await using place = await open()
    const { toys, engine } = place
    await toys.publish(records(40))
    const one = startSink(toys, engine.url)
    const two = startSink(toys, engine.url)
    await toys.publish(records(40))
    await drained(one, toys)
    await one.stop()
    await toys.publish(records(40))
    await drained(two, toys)
    await two.stop()
    await expectExact(engine, toys)
  })
})

/** Publishes calls, each with an id of its own, and a record of every other topic, until the signal; the first at once. */
async function stream(toys: ToyKafka, produced: Set<string>, signal: AbortSignal): Promise<void> {
  do {
    const calls = Array.from({ length: 40 }, (_, at): Emission => {
      const paymentId = `j/${produced.size + at}`
      return { topic: 'completions', key: paymentId, value: { ...everyTopic().completions, paymentId } }
    })
    await toys.publish([...calls, ...records(1).filter(({ topic }) => topic !== 'completions')])
    for (const { key } of calls) produced.add(String(key))
  } while (!signal.aborted)
}

/** Rows so far; 0 while there is no table yet. */
async function rowsBy(engine: ToyEngine, toys: ToyKafka): Promise<number> {
  return countOf(engine, toys, 'kept').catch(() => 0)
}

async function movedOn(engine: ToyEngine, toys: ToyKafka, before: number): Promise<void> {
  const deadline = Date.now() + DRAIN_MS
  while ((await rowsBy(engine, toys)) === before) {
    if (Date.now() > deadline) throw new Error('nothing is inserted')
    await sleep(5)
  }
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}
