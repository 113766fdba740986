/** Triage on the real runtime in memory: whatever the order, and whoever dies, it decides the same, once. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Config } from '../../../config/config.ts'
import { triage } from '../../../processors/triage.ts'
import type { TriageState, Verdict } from '../../../schemas/types.ts'
import { seeded } from '../../../streams/testing/choices.ts'
import { type DriverOptions, TopologyDriver } from '../../../streams/testing/topology-driver.ts'
import { FakeAsk } from '../../support/fake-ask.ts'
import { config, question, verdict } from '../../support/records.ts'

const small: Config = config({
  kafka: {
    brokers: null,
    topicPrefix: '',
    partitions: 2,
    replication: 1,
    compression: 'none',
    tls: null,
    sasl: null,
  },
})
const TIERS = ['triaged-easy', 'triaged-medium', 'triaged-difficult'] as const
const RUNS = Number(process.env.NINEFOLD_PROPERTY_RUNS ?? 60)

function driver(options: Partial<DriverOptions> = {}): TopologyDriver {
  return new TopologyDriver({ config: small, processors: [triage], ask: new FakeAsk(), ...options })
}

/** All that triage has decided, and what it remembers, without the order in which it came about. */
function outcome(done: TopologyDriver) {
  const decisions = TIERS.flatMap((topic) =>
    done.records(topic).map(({ partition, key, value }) => ({
      topic,
      partition,
      key: String(key),
      value: value?.toString('base64') ?? '',
    })),
  )
  const states = new Map<string, TriageState>()
  for (const state of done.read('triage-state')) states.set(state.questionId, state)
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
  return { decisions: decisions.sort(byKey), states: Object.fromEntries([...states].sort()) }
}

async function run(verdicts: readonly Verdict[], options: Partial<DriverOptions>, restartAt?: number) {
  const done = driver(options)
  for (const [at, one] of verdicts.entries()) {
    done.pipe('verdicts', one)
    if (at === restartAt) await done.restart()
  }
  await done.settle()
  return outcome(done)
}

const outcomes = fc.constantFrom<('Correct' | 'Error')[]>('Correct', 'Error')
const nine = fc.array(outcomes, { minLength: 9, maxLength: 9 })

/** The verdicts of up to four questions, some of them incomplete, some twice, in any order. */
const arrivals = fc.array(nine, { minLength: 1, maxLength: 4 }).chain((questions) => {
  const all = questions.flatMap((its, id) =>
    its.map((judgement, sampler) => verdict(sampler + 1, judgement, question({ questionId: `set:${id}` }))),
  )
  const repeated = fc.subarray(all, { maxLength: 9 }).map((again) => [...all, ...again])
  return repeated.chain((some) => fc.shuffledSubarray(some, { minLength: some.length - 3 }))
})

const chaos = fc.record({
  seed: fc.integer(),
  workers: fc.integer({ min: 1, max: 2 }),
  interruptions: fc.nat(10),
  restartAt: fc.nat(40),
})

it('decides and remembers the same when it is cut, moved and rebuilt as when it runs through', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, chaos, async (verdicts, { seed, restartAt, ...options }) => {
      const live = await run(verdicts, {})
      const rebuilt = await run(verdicts, { choose: seeded(seed), ...options }, restartAt)
      expect(rebuilt).toEqual(live)
    }),
    { numRuns: RUNS },
  )
})

it('decides the same bytes whatever the order and the repetitions', async () => {
  const complete = nine.chain((its) => {
    const all = its.map((judgement, sampler) => verdict(sampler + 1, judgement))
    const order = fc.shuffledSubarray(all, { minLength: 9 })
    return fc.tuple(fc.constant(all), order, fc.array(fc.nat(8), { maxLength: 5 }))
  })
  await fc.assert(
    fc.asyncProperty(complete, chaos, async ([all, order, repeats], { seed, restartAt, ...options }) => {
      const inOrder = await run(all, {})
      const repeated = repeats.reduce((some, at) => some.toSpliced(at, 0, all[at]!), order)
      const shuffled = await run(repeated, { choose: seeded(seed), ...options }, restartAt)
      expect(shuffled.decisions).toEqual(inOrder.decisions)
      expect(shuffled.decisions).toHaveLength(1)
    }),
    { numRuns: RUNS },
  )
})
