import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withdraw, withdrawalOf } from '../../../processors/withdraw.ts'
import type { Question, TrainingRecord } from '../../../schemas/types.ts'
import { seeded } from '../../../streams/testing/choices.ts'
import { type DriverOptions, TopologyDriver } from '../../../streams/testing/topology-driver.ts'
import { everyTopic } from '../../support/every-topic.ts'
import { FakeAsk } from '../../support/fake-ask.ts'
import { config, question } from '../../support/records.ts'

const small = config({ kafka: { ...config().kafka, partitions: 2 } })
const RUNS = Number(process.env.NINEFOLD_PROPERTY_RUNS ?? 30)
const TIMEOUT_MS = 120_000

type Arrival =
  | { readonly topic: 'questions'; readonly value: Question }
  | { readonly topic: 'records'; readonly value: TrainingRecord }

function revisionOf(id: string, revision: number, kind = 'question'): Question {
  return question({ questionId: `set:${id}`, revision, kind, contentHash: `${id}${revision}` })
}

function recordOf(of: Question, rank: number): TrainingRecord {
  const recordId = `record-${of.questionId}-${of.revision}-${rank}`
  return { ...everyTopic().records, recordId, question: of, rank }
}

function driver(options: Partial<DriverOptions> = {}): TopologyDriver {
  return new TopologyDriver({ config: small, processors: [withdraw], ask: new FakeAsk(), ...options })
}

/** The withdrawals that these arrivals lead to, by record id. */
async function withdrawn(
  arrivals: readonly Arrival[],
  options: Partial<DriverOptions> = {},
  restartAt?: number,
): Promise<TrainingRecord[]> {
  const done = driver(options)
  for (const [at, arrival] of arrivals.entries()) {
    if (arrival.topic === 'questions') done.pipe('questions', arrival.value)
    else done.pipe('records', arrival.value)
    if (at === restartAt) await done.restart()
  }
  await done.settle()
  expect(done.read('dead-letters')).toEqual([])
  return done
    .read('records')
    .filter(({ kind }) => kind === 'withdrawn')
    .sort((a, b) => (a.recordId < b.recordId ? -1 : 1))
}

/** The same, with the revisions of each question in their order: one task of admit numbers them and writes them. */
function asAdmitted(arrivals: readonly Arrival[]): Arrival[] {
  const revisions = Map.groupBy(
    arrivals.flatMap(({ topic, value }) => (topic === 'questions' ? [value] : [])),
    ({ questionId }) => questionId,
  )
  for (const same of revisions.values()) same.sort((a, b) => a.revision - b.revision)
  return arrivals.map((arrival) =>
    arrival.topic === 'questions' ? ask(revisions.get(arrival.value.questionId)!.shift()!) : arrival,
  )
}

const ask = (value: Question): Arrival => ({ topic: 'questions', value })
const make = (value: TrainingRecord): Arrival => ({ topic: 'records', value })

describe('withdraw', () => {
  const [first, second] = [revisionOf('a', 1), revisionOf('a', 2)]

  it('lets the records of a question stand while it has one revision', async () => {
    expect(await withdrawn([ask(first), make(recordOf(first, 1)), make(recordOf(first, 2))])).toEqual([])
  })

  it('withdraws the records of a revised question, before or after the revision is known', async () => {
    const records = [recordOf(first, 1), recordOf(first, 2)]
    const due = records.map(withdrawalOf)
    const [one, two] = records.map(make) as [Arrival, Arrival]
    expect(await withdrawn([ask(first), one, two, ask(second)])).toEqual(due)
    expect(await withdrawn([ask(first), ask(second), one, two])).toEqual(due)
    expect(await withdrawn([one, ask(second), two, ask(first)])).toEqual(due)
  })

  it('withdraws what a question has when it is taken back, and lets stand what follows when it comes again', async () => {
    const back = revisionOf('a', 3)
    const arrivals = [ask(first), make(recordOf(first, 1)), ask(revisionOf('a', 2, 'withdrawn')), ask(back)]
    const ids = (await withdrawn([...arrivals, make(recordOf(back, 1))])).map(({ recordId }) => recordId)
    expect(ids).toEqual([recordOf(first, 1).recordId])
  })

  it('leaves other questions alone', async () => {
    const other = revisionOf('b', 1)
    const arrivals = [ask(first), ask(other), make(recordOf(first, 1)), make(recordOf(other, 1)), ask(second)]
    const ids = (await withdrawn(arrivals)).map(({ question: { questionId } }) => questionId)
    expect(ids).toEqual(['set:a'])
  })

  it('says which record it was, and none of its texts', () => {
    const texts = { cot: 'Step by step.', response: 'In a word.' }
    const record = { ...recordOf(first, 2), ...texts }
    const withdrawal = withdrawalOf(record)
    const { recordId, tier, route, rank, keptId, edition } = record
    expect(withdrawal).toMatchObject({ kind: 'withdrawn', recordId, tier, route, rank, keptId, edition })
    expect(withdrawal.question).toMatchObject({ questionId: 'set:a', revision: 1, source: first.source })
    const text = JSON.stringify(withdrawal)
    const said = [...Object.values(texts), first.stem, first.options[0]!.text]
    for (const one of said) expect(text).not.toContain(one)
  })

  const title = 'withdraws each record of an earlier revision once, in any order, whoever dies meanwhile'
  it(title, { timeout: TIMEOUT_MS }, async () => {
    const few = fc.integer({ min: 1, max: 3 })
    const arrivals = fc.array(few, { minLength: 1, maxLength: 3 }).chain((revisions) => {
      const all = revisions.flatMap((count, id) =>
        Array.from({ length: count }, (_, at) => revisionOf(`${id}`, at + 1)).flatMap((one) => [
          ask(one),
          make(recordOf(one, 1)),
          make(recordOf(one, 2)),
        ]),
      )
      const due = revisions.flatMap((count, id) =>
        Array.from({ length: count - 1 }, (_, at) => revisionOf(`${id}`, at + 1)).flatMap((one) => [
          withdrawalOf(recordOf(one, 1)),
          withdrawalOf(recordOf(one, 2)),
        ]),
      )
      return fc.record({
        order: fc.shuffledSubarray(all, { minLength: all.length }).map(asAdmitted),
        due: fc.constant(due.sort((a, b) => (a.recordId < b.recordId ? -1 : 1))),
      })
    })
    const chaos = fc.record({
      seed: fc.integer(),
      workers: fc.integer({ min: 1, max: 2 }),
      interruptions: fc.nat(10),
      restartAt: fc.nat(30),
    })
    await fc.assert(
      fc.asyncProperty(arrivals, chaos, async ({ order, due }, { seed, restartAt, ...options }) => {
        expect(await withdrawn(order, { choose: seeded(seed), ...options }, restartAt)).toEqual(due)
      }),
      { numRuns: RUNS },
    )
  })
})
