import { expect, it } from 'vitest'
import type { PipelineStatus } from '../../../progress/pipeline-status.ts'
import { statusLines } from '../../../progress/status-screen.ts'

const STATUS: PipelineStatus = {
  pipeline: 'medicine',
  edition: 'main',
  state: 'working',
  problem: null,
  percentDone: 42.5,
  lag: 12_345,
  deadLetters: { open: 3, dismissed: 2 },
  spentUsd: 1.5,
  budgetUsd: 500,
  roleBudgets: [],
  lastBudgetEvent: null,
  workers: [
    {
      slot: 'ab-0',
      host: 'lab',
      pid: 7,
      since: '2026-03-04T05:06:07.890Z',
      steps: ['admit', 'generate.a', 'generate.b', 'verify'],
    },
  ],
  judgeControls: [],
}
const AT = Date.parse('2026-03-04T05:08:08.890Z')

it('tells progress, spending and workers', () => {
  expect(statusLines(STATUS, AT)).toEqual([
    'pipeline  medicine, edition main: working',
    'progress  42.5 % of what is in the topics is worked off, 12,345 offsets wait',
    'failures  3 dead letters, 2 more dismissed',
    'spending  $1.5000 of $500.00',
    'workers   ab-0 on lab (pid 7) since 2026-03-04T05:06:07Z, 2 min 1 s: generate (2), admit, verify',
  ])
})

it('tells how the judge does on its controls, and raises the alarm', () => {
  const share = { verifier: 'qwen', expected: 'Error', shown: 100, right: 97, alarm: false } as const
  const bad = { ...share, expected: 'Correct', shown: 20, right: 3, alarm: true } as const
  expect(statusLines({ ...STATUS, judgeControls: [share, bad] }, AT).slice(4, 6)).toEqual([
    'judge     qwen called 97 of the last 100 controls Error that are',
    '          ALARM: qwen called 3 of the last 20 controls Correct that are: do not trust its verdicts',
  ])
})

it('tells the limits of roles, and what was decided last about limits', () => {
  const reached = {
    kind: 'reached',
    role: 'verify',
    limitUsd: 20,
    spentUsd: 19.99,
    slot: 'ab-0',
    host: 'lab',
    at: '2026-03-04T05:06:07.890Z',
  }
  const lines = (lastBudgetEvent: typeof STATUS.lastBudgetEvent) =>
    statusLines(
      { ...STATUS, roleBudgets: [{ role: 'verify', spentUsd: 19.99, budgetUsd: 20 }], lastBudgetEvent },
      AT,
    ).slice(3, 5)
  expect(lines(reached)).toEqual([
    'spending  $1.5000 of $500.00; verify $19.99 of $20.00',
    'budget    the limit of verify was reached at $20.00, $19.99 spent; 2026-03-04T05:06:07Z by ab-0 on lab',
  ])
  const raised = { ...reached, kind: 'raised', role: null, spentUsd: null, slot: null }
  expect(lines(raised)[1]).toBe('budget    the limit was raised to $20.00; 2026-03-04T05:06:07Z on lab')
  expect(lines({ ...raised, kind: 'removed', limitUsd: null })[1]).toContain('the limit was removed; 2026')
})

it('tells what cannot be told, and why', () => {
  const unknown = {
    ...STATUS,
    state: 'unknown' as const,
    problem: 'the local stack does not run',
    percentDone: null,
    lag: null,
    deadLetters: null,
    spentUsd: null,
    budgetUsd: null,
    workers: [],
  }
  expect(statusLines(unknown, AT)).toEqual([
    'pipeline  medicine, edition main: unknown (the local stack does not run)',
    'spending  no budget; `ninefold batches` counts what was spent',
    'workers   none',
  ])
})
