/** Batches as tables for a terminal. */
import { type Cell, inColumns, right } from '../terminal/columns.ts'
import { costText, count, counted, dollars } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import type { BatchReport } from './batch-counts.ts'
import type { BatchesReport } from './batches.ts'
import { STAGES, type Stage } from './question-progress.ts'

const WITHOUT_NAME = '(none)'
const NANO = 1e9

/** What a question at a stage waits for, or how it ended. */
const MEANING: Readonly<Record<Stage, string>> = {
  admission: 'wait to be let in',
  paths: 'wait for paths',
  verdicts: 'wait for verdicts',
  failedPaths: 'wait for a path that failed',
  ranking: 'wait for a ranking',
  mending: 'wait for mended paths',
  rewriting: 'wait for a new path',
  summaries: 'wait for summaries',
  withdrawn: 'withdrawn',
  unsolved: 'unsolved',
  done: 'done',
}

/** All batches, a row each, and their sum, in which a question that came twice counts once. */
export function batchesScreen({ batches, total }: BatchesReport, style: Style): string {
  if (batches.length === 0) return 'Nothing has been loaded yet.'
  const rows = [
    ...batches.map(({ batch, ...report }) => rowOf(batch ?? WITHOUT_NAME, report)),
    ...(batches.length > 1 ? [rowOf('all', total)] : []),
  ]
  const [head, ...lines] = inColumns([HEAD, ...rows])
  return [style.bold(head as string), ...lines, '', style.dim(`Projected: ${total.projectedBy}.`)].join('\n')
}

const HEAD: readonly Cell[] = [
  'batch',
  ...['questions', 'done', '%', 'records', 'unsolved', 'dead letters', 'calls', 'cost', 'projected'].map(
    right,
  ),
]

function rowOf(name: string, report: BatchReport): Cell[] {
  const { questions, stages, percentDone, records, deadLetters, calls } = report
  const ended = stages.done + stages.unsolved + stages.withdrawn
  const numbers = [questions, ended].map(count)
  const rest = [records, stages.unsolved, deadLetters, calls].map(count)
  const cells = [...numbers, percentDone.toFixed(1), ...rest, costText(report), projectedOf(report)]
  return [name, ...cells.map(right)]
}

/** One batch in full. */
export function batchScreen(name: string | null, report: BatchReport, style: Style): string {
  const { loaded, questions, percentDone, stages, tiers, kept, records, deadLetters } = report
  const handedIn = (['new', 'revisions', 'repeats', 'refused'] as const)
    .filter((what) => what === 'new' || report[what] > 0)
    .map((what) => `${count(report[what])} ${what}`)
  const rows: Cell[][] = [
    ['loaded', `${count(loaded)}: ${handedIn.join(', ')}`],
    ['questions', `${count(questions)}, ${percentDone.toFixed(1)} % done`],
    ...STAGES.filter((stage) => stages[stage] > 0).map((stage) => [
      '',
      `${count(stages[stage])} ${MEANING[stage]}`,
    ]),
    [
      'tiers',
      `${count(tiers.easy)} easy, ${count(tiers.medium)} medium, ${count(tiers.difficult)} difficult`,
    ],
    ['records', `${count(records)} of ${counted(kept, 'path')} kept`],
    ['dead letters', count(deadLetters)],
    [
      'calls',
      `${count(report.calls)}; tokens ${count(report.promptTokens)} in, ${count(report.completionTokens)} out`,
    ],
    ['cost', costText(report)],
    ['projected', `${projectedOf(report)} in all; ${report.projectedBy}`],
  ]
  return [style.bold(name ?? WITHOUT_NAME), ...inColumns(rows)].join('\n')
}

function projectedOf({ projectedUsd, projectedAtLeast }: BatchReport): string {
  if (projectedUsd === null) return 'unknown'
  return `${projectedAtLeast ? '> ' : ''}${dollars(projectedUsd * NANO)}`
}
