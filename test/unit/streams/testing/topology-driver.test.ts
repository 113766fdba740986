import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Config } from '../../../../config/config.ts'
import type { Processor } from '../../../../streams/processor.ts'
import { redriveOrder } from '../../../../streams/redrive-orders.ts'
import { seeded } from '../../../../streams/testing/choices.ts'
import { ManualClock } from '../../../../streams/testing/manual-clock.ts'
import { type DriverOptions, TopologyDriver } from '../../../../streams/testing/topology-driver.ts'
import { FakeAsk } from '../../../support/fake-ask.ts'
import { config, rawPath } from '../../../support/records.ts'
import { expectExact } from '../../../support/toy-outcome.ts'
import { copy, threes, toyQuestion } from '../../../support/toy-processors.ts'

const small: Config = config({
  kafka: {
    brokers: null,
    topicPrefix: '',
    partitions: 3,
    replication: 1,
    compression: 'none',
    tls: null,
    sasl: null,
  },
})

/** More for a night: NINEFOLD_PROPERTY_RUNS. */
const RUNS = Number(process.env.NINEFOLD_PROPERTY_RUNS ?? 100)

function driver(options: Partial<DriverOptions> = {}): TopologyDriver {
  return new TopologyDriver({ config: small, processors: [copy, threes], ask: new FakeAsk(), ...options })
}

/** All of it, once, and committed to the very end. */
function expectDone(done: TopologyDriver, stems: readonly string[]): void {
  const inOrder = done.records('raw-paths').sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  const paths = inOrder.map(({ value }) => done.decode('raw-paths', value))
  const [verdicts, states] = [done.read('verdicts'), done.read('triage-state')]
  expectExact({ paths, verdicts, states, letters: done.read('dead-letters') }, stems)
  expect([done.lag('copy', 'questions'), done.lag('threes', 'raw-paths')]).toEqual([0, 0])
}

describe('the topology driver', () => {
  it('runs records through a dataflow, as bytes', async () => {
    const done = driver()
    for (const stem of ['a', 'b', 'c', 'd']) done.pipe('questions', toyQuestion('q', stem))
    await done.settle()
    expect(done.read('raw-paths').map(({ pathId }) => pathId)).toEqual(['a', 'b', 'c', 'd'])
    expect(done.read('verdicts').map(({ reason }) => reason)).toEqual(['a b c'])
    expectDone(done, ['a', 'b', 'c', 'd'])
  })

  it('commits progress past the last marker', async () => {
    const done = driver()
    done.pipe('questions', toyQuestion('q', 'a'))
    await done.settle()
    const [path] = done.records('raw-paths')
    const { offset, metadata } = done.progress('threes', 'raw-paths', path!.partition)
    expect([offset, metadata]).toEqual([path!.offset + 2, ''])
  })

  it('turns a failure into a dead letter, and lets the stand-in take its place', async () => {
    const done = driver()
    done.pipe('questions', toyQuestion('q', 'refuse me'))
    await done.settle()
    const [letter] = done.read('dead-letters')
    expect(letter).toMatchObject({
      step: 'copy',
      class: 'bad-input',
      questionId: 'q',
      message: 'refuse me is refused',
    })
    expect(done.read('raw-paths')).toMatchObject([
      { kind: 'missing', missing: { deadLetterId: letter!.deadLetterId } },
    ])
  })

  it('turns what cannot be read into a dead letter that holds the bytes', async () => {
    const done = driver()
    const value = Buffer.from('not Avro')
    done.pipeBytes('questions', 'q', value)
    done.pipeBytes('questions', null, null)
    await done.settle()
    expect(done.read('dead-letters')).toMatchObject(
      [
        { class: 'undecodable', key: null, value: null },
        { class: 'undecodable', key: Buffer.from('q'), value },
      ].reverse(),
    )
    expect(done.read('raw-paths')).toEqual([])
  })

  it('leaves no trace of a record that failed after it was put', async () => {
    const done = driver()
    for (const stem of ['a', 'b', 'odd', 'c']) done.pipe('questions', toyQuestion('q', stem))
    await done.settle()
    expect(done.read('verdicts').map(({ reason }) => reason)).toEqual(['a b c'])
    expectDone(done, ['a', 'b', 'odd', 'c'])
  })

  it('takes a redriven record to its own group only, as the record it was', async () => {
    const done = driver()
    for (const stem of ['a', 'b', 'odd']) done.pipe('questions', toyQuestion('q', stem))
    await done.settle()
    const [letter] = done.read('dead-letters')
    const { deadLetterId, group, topic, key, value } = letter!
    const order = {
      redriveId: 'again',
      deadLetterId,
      group,
      topic,
      key,
      value,
      kind: 'order',
      why: null,
      by: null,
    }
    done.pipe('redrive', { ...order, group: done.groupOf('copy') }, 'q')
    done.pipe('redrive', order, 'q')
    await done.settle()
    // The foreign order names a topic its group does not read; the right one fails once more.
    const [, foreign, again] = done.read('dead-letters')
    expect(foreign).toMatchObject({
      group: done.groupOf('copy'),
      class: 'undecodable',
      redrivenFrom: deadLetterId,
    })
    expect(again).toMatchObject({ group, class: 'bad-input', redrivenFrom: deadLetterId })
    expect(done.read('raw-paths')).toHaveLength(3)
    // Failed twice, it can be ordered a third time.
    done.pipe('questions', toyQuestion('q', 'c'))
    await done.settle()
    done.pipe('redrive', redriveOrder(again!).value, 'q')
    for (const stem of ['d', 'e']) done.pipe('questions', toyQuestion('q', stem))
    await done.settle()
    await done.restart()
    expect(done.read('verdicts').map(({ reason }) => reason)).toEqual(['a b c', 'odd d e'])
  })

  it('reads a redriven record back after its local copy was lost', async () => {
    const done = driver()
    const path = rawPath({}, toyQuestion('q', 'first'))
    const order = {
      redriveId: '1',
      deadLetterId: 'x',
      group: done.groupOf('threes'),
      topic: done.nameOf('raw-paths'),
      kind: 'order',
      why: null,
      by: null,
    }
    done.pipe('redrive', { ...order, key: Buffer.from('q'), value: done.encode('raw-paths', path) }, 'q')
    await done.settle()
    await done.restart()
    for (const stem of ['b', 'c']) done.pipe('questions', toyQuestion('q', stem))
    await done.settle()
    expect(done.read('verdicts').map(({ reason }) => reason)).toEqual([`${path.pathId} b c`])
  })

  it('waits where a processor waits, and goes on when time does', async () => {
    const clock = new ManualClock()
    const slow: Processor<'questions', 'raw-paths'> = {
      ...copy,
      async process(input, context) {
        await clock.sleep(1_000)
        return copy.process(input, context)
      },
    }
    const done = driver({ processors: [slow], clock })
    done.pipe('questions', toyQuestion('q', 'a'))
    await done.settle()
    expect([done.working, done.read('raw-paths').length]).toEqual([1, 0])
    await done.advance(999)
    expect(done.working).toBe(1)
    await done.advance(1)
    expect([done.working, done.read('raw-paths').length]).toEqual([0, 1])
  })

  it('rebuilds everything from the topics after a restart', async () => {
    const done = driver()
    for (const stem of ['a', 'b']) done.pipe('questions', toyQuestion('q', stem))
    await done.settle()
    await done.restart()
    done.pipe('questions', toyQuestion('q', 'c'))
    await done.settle()
    expectDone(done, ['a', 'b', 'c'])
  })

  it('has every effect once, whatever the order, and whoever dies in between', async () => {
    const stem = fc.constantFrom('plain', 'plain', 'plain', 'odd', 'refuse')
    const arrivals = fc.array(fc.tuple(fc.nat(4), stem), { minLength: 1, maxLength: 40 })
    const run = fc.record({
      seed: fc.integer(),
      arrivals,
      workers: fc.integer({ min: 1, max: 3 }),
      interruptions: fc.nat(12),
      window: fc.constantFrom(1, 2, 64),
      maxTransactionBytes: fc.constantFrom(1, 1_000, undefined),
      restarts: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(run, async ({ seed, arrivals: records, restarts, ...options }) => {
        const done = driver({ ...options, choose: seeded(seed) })
        const stems = records.map(([, kind], at) => `${kind} ${at}`)
        for (const [at, [question]] of records.entries()) {
          done.pipe('questions', toyQuestion(`q${question}`, stems[at]!))
          if (at === records.length >> 1) await done.settle()
        }
        if (restarts) await done.restart()
        await done.settle()
        expectDone(done, stems)
      }),
      { numRuns: RUNS },
    )
  })

  it('sees the damage when the finished records beyond the base are not remembered', async () => {
    vi.stubEnv('NINEFOLD_NEGATIVE_CONTROL', 'no-completion-metadata')
    const stems = Array.from({ length: 30 }, (_, at) => `plain ${at}`)
    const copies = await Promise.all(
      Array.from({ length: 10 }, async (_, seed) => {
        const done = driver({ choose: seeded(seed), interruptions: 12, workers: 2 })
        for (const stem of stems) done.pipe('questions', toyQuestion('q', stem))
        await done.settle()
        return done.read('raw-paths').length
      }),
    )
    vi.unstubAllEnvs()
    expect(Math.max(...copies)).toBeGreaterThan(stems.length)
  })
})
