/** A pipeline's status in lines. */
import type { LetterCounts } from '../letters/letter-counts.ts'
import { inColumns } from '../terminal/columns.ts'
import { count, counted, dollars, duration } from '../terminal/numbers.ts'
import type { ControlShare } from './judge-controls.ts'
import type { ActiveWorker, BudgetNews, PipelineStatus } from './pipeline-status.ts'

const NANO = 1e9

/** @param now milliseconds since 1970 */
export function statusLines(status: PipelineStatus, now: number): string[] {
  const { pipeline, edition, state, problem, percentDone, lag, deadLetters, workers } = status
  return inColumns([
    ['pipeline', `${pipeline}, edition ${edition}: ${state}${problem === null ? '' : ` (${problem})`}`],
    ...(percentDone === null || lag === null
      ? []
      : [
          [
            'progress',
            `${percentDone.toFixed(1)} % of what is in the topics is worked off, ${count(lag)} offsets wait`,
          ],
        ]),
    ...(deadLetters === null ? [] : [['failures', failuresOf(deadLetters)]]),
    ['spending', spendingOf(status)],
    ...(status.lastBudgetEvent === null ? [] : [['budget', newsText(status.lastBudgetEvent)]]),
    ...status.judgeControls.map((share, at) => [at === 0 ? 'judge' : '', controlText(share)]),
    ...(workers.length === 0
      ? [['workers', 'none']]
      : workers.map((worker, at) => [at === 0 ? 'workers' : '', workerText(worker, now)])),
  ])
}

function failuresOf({ open, dismissed }: LetterCounts): string {
  return `${counted(open, 'dead letter')}${dismissed === 0 ? '' : `, ${count(dismissed)} more dismissed`}`
}

function spendingOf({ spentUsd, budgetUsd, roleBudgets }: PipelineStatus): string {
  const all = spentUsd === null || budgetUsd === null ? [] : [ofText(spentUsd, budgetUsd)]
  const roles = roleBudgets.map((one) => `${one.role} ${ofText(one.spentUsd, one.budgetUsd)}`)
  if (all.length + roles.length === 0) return 'no budget; `ninefold batches` counts what was spent'
  return [...all, ...roles].join('; ')
}

function ofText(spentUsd: number, budgetUsd: number): string {
  return `${dollars(spentUsd * NANO)} of ${dollars(budgetUsd * NANO)}`
}

function newsText({ kind, role, limitUsd, spentUsd, slot, host, at }: BudgetNews): string {
  const whose =
    kind === 'run-reached' ? "a run's limit" : role === null ? 'the limit' : `the limit of ${role}`
  const what =
    kind === 'removed'
      ? 'removed'
      : `${kind === 'run-reached' ? 'reached' : kind} ${kind.endsWith('reached') ? 'at' : 'to'} ${dollars((limitUsd ?? 0) * NANO)}`
  const spent = spentUsd === null ? '' : `, ${dollars(spentUsd * NANO)} spent`
  const who = slot === null ? `on ${host}` : `by ${slot} on ${host}`
  return `${whose} was ${what}${spent}; ${at.slice(0, 19)}Z ${who}`
}

function controlText({ verifier, expected, shown, right, alarm }: ControlShare): string {
  const words = `${verifier} called ${count(right)} of the last ${counted(shown, 'control')} ${expected} that are`
  return alarm ? `ALARM: ${words}: do not trust its verdicts` : words
}

function workerText({ slot, host, pid, since, steps }: ActiveWorker, now: number): string {
  const lasted = duration(Math.max(0, now - Date.parse(since)))
  return `${slot} on ${host} (pid ${pid}) since ${since.slice(0, 19)}Z, ${lasted}: ${stepsText(steps)}`
}

/** Samplers are many: told by their number. */
function stepsText(steps: readonly string[]): string {
  const isSampler = (step: string) => step.startsWith('generate.')
  const samplers = steps.filter(isSampler).length
  const names = steps.filter((step) => !isSampler(step))
  return [...(samplers === 0 ? [] : [`generate (${samplers})`]), ...names].join(', ')
}
