/** What came of a run, when it has ended. */
import { roleOf } from '../models/budget-limits.ts'
import { callSumOf, totalSpent } from '../models/spent.ts'
import type { Leftovers } from '../pipeline/leftovers.ts'
import { withdraw } from '../processors/withdraw.ts'
import type { Tier, TopicName } from '../schemas/topics.ts'
import { type Cell, inColumns } from '../terminal/columns.ts'
import { count, counted, dollars, duration } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import type { RunSnapshot } from './run-snapshot.ts'

/** How a run ended. */
export type Ending = 'drained' | 'interrupted' | 'budget' | 'failed'

/** A run that has ended; counts are whole numbers, money is in USD. */
export interface RunSummary {
  readonly pipeline: string
  readonly edition: string
  readonly worker: string
  readonly ended: Ending
  readonly seconds: number
  /** What this worker has made in this run. */
  readonly made: Made
  /** What the edition has left over, whoever worked on it; null when nobody looked. */
  readonly left: Leftovers | null
  /** Records that wait for each step, whoever works on them, as far as offsets tell; steps that have none are left out. */
  readonly toDo: readonly { readonly step: string; readonly records: number }[]
  /** This worker's calls in this run. */
  readonly calls: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** null when the cost of no call is known. */
  readonly usd: number | null
  readonly callsOfUnknownCost: number
  /** What the edition has spent in all, and may; null without a budget. */
  readonly spentUsd: number | null
  readonly budgetUsd: number | null
  /** The command that comes next. */
  readonly next: string
}

/** Records written. */
export interface Made {
  readonly questions: number
  readonly paths: number
  readonly verdicts: number
  readonly tiers: Readonly<Record<Tier, number>>
  readonly records: number
  /** Those that withdraw others: the records of questions that were corrected or taken back. */
  readonly withdrawn: number
  readonly unsolved: number
  readonly deadLetters: number
}

/** What a worker has made. @param written how many records it has written to a topic, with one step or all */
export function madeBy(written: (topic: TopicName, step?: string) => number): Made {
  const withdrawn = written('records', withdraw.step)
  return {
    questions: written('questions'),
    paths: written('raw-paths'),
    verdicts: written('verdicts'),
    tiers: {
      easy: written('triaged-easy'),
      medium: written('triaged-medium'),
      difficult: written('triaged-difficult'),
    },
    records: written('records') - withdrawn,
    withdrawn,
    unsolved: written('unsolved'),
    deadLetters: written('dead-letters'),
  }
}

const NANO = 1e9
const MS = 1_000

/** @param last the run as it was when it ended */
export function summaryOf(
  last: RunSnapshot,
  rest: Pick<RunSummary, 'ended' | 'made' | 'left' | 'next'>,
): RunSummary {
  const { pipeline, edition, worker, elapsedMs, steps, cost } = last
  const spent = callSumOf(totalSpent(steps.map((step) => step.spent)))
  return {
    pipeline,
    edition,
    worker,
    ended: rest.ended,
    seconds: Math.round(elapsedMs) / MS,
    made: rest.made,
    left: rest.left,
    toDo: toDoOf(steps),
    ...spent,
    spentUsd: cost.of === 'edition' ? cost.nanoUsd / NANO : null,
    budgetUsd: cost.limitNanoUsd === null ? null : cost.limitNanoUsd / NANO,
    next: rest.next,
  }
}

/** The same as a table; the last lines say what is left and what comes next. */
export function summaryScreen(summary: RunSummary, style: Style): string {
  const { made, left, toDo, seconds, next, calls, promptTokens, completionTokens } = summary
  const { easy, medium, difficult } = made.tiers
  const rows: Cell[][] = [
    [
      'made',
      `${counted(made.questions, 'question')}, ${counted(made.paths, 'path')}, ${counted(made.verdicts, 'verdict')}`,
    ],
    ['tiers', `${count(easy)} easy, ${count(medium)} medium, ${count(difficult)} difficult`],
    [
      'ends',
      [
        counted(made.records, 'record'),
        ...(made.withdrawn > 0 ? [`${count(made.withdrawn)} withdrawn`] : []),
        `${count(made.unsolved)} unsolved`,
        counted(made.deadLetters, 'dead letter'),
      ].join(', '),
    ],
    ['calls', `${count(calls)}; tokens ${count(promptTokens)} in, ${count(completionTokens)} out`],
    ['cost', costOf(summary)],
    ['time', duration(seconds * MS)],
  ]
  return [
    style.bold('This worker, in this run'),
    ...inColumns(rows),
    ...(left === null ? [] : ['', `${ENDED[summary.ended]}: ${leftText(left)}`]),
    ...(summary.ended === 'budget' && toDo.length > 0 ? [`left to do: ${toDoText(summary)}`] : []),
    '',
    `next: ${style.bold(next)}`,
  ].join('\n')
}

/** Samplers are many: told as one. */
function toDoOf(steps: RunSnapshot['steps']): RunSummary['toDo'] {
  const records = new Map<string, number>()
  for (const { title, waiting } of steps) {
    const step = roleOf(title)
    if (waiting !== null && waiting > 0) records.set(step, (records.get(step) ?? 0) + waiting)
  }
  return [...records].map(([step, count]) => ({ step, records: count }))
}

function toDoText({ toDo }: RunSummary): string {
  return toDo.map(({ step, records }) => `${step} ${count(records)}`).join(', ')
}

const ENDED: Readonly<Record<Ending, string>> = {
  drained: 'drained',
  interrupted: 'stopped',
  budget: 'paused at the budget',
  failed: 'could not go on',
}

/** What is left over, in words. */
export function leftText({ waiting, deadLetters, unsolved, dismissed, abandoned }: Leftovers): string {
  const aside =
    dismissed === 0
      ? ''
      : `; ${counted(dismissed, 'dead letter')} dismissed, ${counted(abandoned, 'question')} abandoned with them`
  return `${waiting} questions wait, ${deadLetters} dead letters, ${unsolved} unsolved${aside}`
}

function costOf({ usd, callsOfUnknownCost, spentUsd, budgetUsd }: RunSummary): string {
  const own = usd === null ? 'unknown' : dollars(usd * NANO)
  const unknown =
    usd === null || callsOfUnknownCost === 0 ? '' : `, ${counted(callsOfUnknownCost, 'call')} of unknown cost`
  const all =
    spentUsd === null || budgetUsd === null
      ? ''
      : `; the edition ${dollars(spentUsd * NANO)} of ${dollars(budgetUsd * NANO)}`
  return `${own}${unknown}${all}`
}
