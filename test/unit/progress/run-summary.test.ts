import { expect, it } from 'vitest'
import { progressEvent } from '../../../progress/run-event.ts'
import type { RunSnapshot } from '../../../progress/run-snapshot.ts'
import { madeBy, summaryOf, summaryScreen } from '../../../progress/run-summary.ts'
import { PLAIN } from '../../../terminal/style.ts'

const SPENT = { calls: 4, promptTokens: 1_000, completionTokens: 500, nanoUsd: 1_500_000, unpriced: 1 }
const LAST: RunSnapshot = {
  pipeline: 'medicine',
  edition: 'main',
  worker: 'ab-0',
  elapsedMs: 61_234,
  steps: [
    {
      step: 'verify',
      title: 'verify',
      done: 4,
      inFlight: 0,
      waiting: 0,
      errors: 1,
      callsPerSecond: 1.23456,
      spent: SPENT,
    },
  ],
  cost: { nanoUsd: 2_500_000, of: 'edition', limitNanoUsd: 5_000_000_000, unpriced: 1 },
  projected: { nanoUsd: 3_000_000, atLeast: true, basis: 'little' },
  troubles: ['away'],
}
const MADE = madeBy((topic, step) => (step === undefined ? topic.length : 2))
const LEFT = { waiting: 2, deadLetters: 1, unsolved: 0, dismissed: 0, abandoned: 0 }

it('a run that pauses at the budget says what is left to do, samplers as one', () => {
  const step = LAST.steps[0]!
  const steps = [
    { ...step, step: 'generate.1', title: 'generate.qwen-t0.7', waiting: 1_000 },
    { ...step, step: 'generate.2', title: 'generate.qwen-t0.9', waiting: 234 },
    { ...step, waiting: 7 },
    { ...step, step: 'rank', title: 'rank', waiting: null },
  ]
  const summary = summaryOf({ ...LAST, steps }, { ended: 'budget', made: MADE, left: LEFT, next: 'x' })
  expect(summary.toDo).toEqual([
    { step: 'generate', records: 1_234 },
    { step: 'verify', records: 7 },
  ])
  const screen = summaryScreen(summary, PLAIN)
  expect(screen).toContain('paused at the budget: 2 questions wait')
  expect(screen).toContain('left to do: generate 1,234, verify 7')
})

it('tells records from those that withdraw others', () => {
  const records = 'records'.length
  expect(MADE).toMatchObject({ records: records - 2, withdrawn: 2 })
  const summary = summaryOf(LAST, { ended: 'drained', made: MADE, left: LEFT, next: 'x' })
  expect(summaryScreen(summary, PLAIN)).toContain(`${records - 2} records, 2 withdrawn, `)
  const none = { ...summary, made: { ...MADE, withdrawn: 0 } }
  expect(summaryScreen(none, PLAIN)).not.toContain('withdrawn')
})

it('a summary has whole numbers, money in USD, and null for what is not known', () => {
  expect(summaryOf(LAST, { ended: 'drained', made: MADE, left: LEFT, next: 'ninefold export' })).toEqual({
    pipeline: 'medicine',
    edition: 'main',
    worker: 'ab-0',
    ended: 'drained',
    seconds: 61.234,
    made: MADE,
    left: LEFT,
    toDo: [],
    calls: 4,
    promptTokens: 1_000,
    completionTokens: 500,
    usd: 0.0015,
    callsOfUnknownCost: 1,
    spentUsd: 0.0025,
    budgetUsd: 5,
    next: 'ninefold export',
  })
  const cost = { nanoUsd: 0, of: 'worker', limitNanoUsd: null, unpriced: 4 } as const
  const unpriced = {
    ...LAST,
    cost,
    steps: [{ ...LAST.steps[0]!, spent: { ...SPENT, nanoUsd: 0, unpriced: 4 } }],
  }
  const unknown = summaryOf(unpriced, { ended: 'failed', made: MADE, left: null, next: 'x' })
  expect(unknown).toMatchObject({ usd: null, spentUsd: null, budgetUsd: null, left: null })
  expect(summaryScreen(unknown, PLAIN)).toMatch(/^cost +unknown$/m)
  expect(summaryScreen(unknown, PLAIN)).not.toContain('could not go on')
})

it('is shown as a table, with what is left and what comes next at its end', () => {
  const summary = summaryOf(LAST, {
    ended: 'drained',
    made: MADE,
    left: LEFT,
    next: 'ninefold dead-letters list',
  })
  expect(summaryScreen(summary, PLAIN).split('\n')).toEqual([
    'This worker, in this run',
    'made   9 questions, 9 paths, 8 verdicts',
    'tiers  12 easy, 14 medium, 17 difficult',
    'ends   5 records, 2 withdrawn, 8 unsolved, 12 dead letters',
    'calls  4; tokens 1,000 in, 500 out',
    'cost   $0.0015, 1 call of unknown cost; the edition $0.0025 of $5.0000',
    'time   1 min 1 s',
    '',
    'drained: 2 questions wait, 1 dead letters, 0 unsolved',
    '',
    'next: ninefold dead-letters list',
  ])
})

it('a moment as an event', () => {
  expect(progressEvent(LAST)).toEqual({
    event: 'progress',
    pipeline: 'medicine',
    edition: 'main',
    worker: 'ab-0',
    seconds: 61.234,
    steps: [
      {
        step: 'verify',
        title: 'verify',
        done: 4,
        inFlight: 0,
        waiting: 0,
        errors: 1,
        callsPerSecond: 1.23,
        calls: 4,
        promptTokens: 1_000,
        completionTokens: 500,
        usd: 0.0015,
        callsOfUnknownCost: 1,
      },
    ],
    cost: { usd: 0.0025, of: 'edition', budgetUsd: 5, callsOfUnknownCost: 1 },
    projected: { usd: 0.003, atLeast: true, basis: 'little' },
    troubles: ['away'],
  })
})
