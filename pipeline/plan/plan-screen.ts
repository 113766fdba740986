/** A plan as text, and as JSON. */
import { callSumOf, type Spent, totalSpent } from '../../models/spent.ts'
import { about } from '../../preview/amounts.ts'
import { type Cell, inColumns, right, wrapped } from '../../terminal/columns.ts'
import { costText, count, counted } from '../../terminal/numbers.ts'
import type { Style } from '../../terminal/style.ts'
import type { TierNow } from './open-ends.ts'
import { type ReplayPlan, rounded } from './replay-plan.ts'
import { TIERS_AFTER, TIERS_NOW, type TierAfter } from './tier-matrix.ts'

const WIDTH = 100
const NOTHING = '-'

/** All of it, a section below the other. */
export function planScreen(plan: ReplayPlan, style: Style): string {
  const { edition, of, from, questions } = plan
  const head = `Edition ${edition}, from the ${from} of ${of}: ${counted(questions, 'question')}`
  return [style.bold(head), tiersText(plan, style), callsText(plan, style), notesText(plan, style)]
    .filter((section) => section !== '')
    .join('\n\n')
}

/** The plan in a line. */
export function planLine({ changed, open, certain, estimated, unpriced }: ReplayPlan): string {
  const tiers = `${counted(changed, 'question')} in another tier${open > 0 ? `, ${count(open)} open` : ''}`
  const further = estimated.calls > 0 ? `, and about ${callsAndCost(estimated)} that follow` : ''
  const unknown = unpriced.length > 0 ? `; the price of ${unpriced.join(', ')} is unknown` : ''
  return `plan: ${tiers}; ${callsAndCost(certain)} for certain${further}${unknown}`
}

/** For `--json`: money in USD, estimates rounded to whole calls and tokens. */
export function planJson(plan: ReplayPlan) {
  const shown = (spent: Readonly<Spent>) => callSumOf(rounded(spent))
  return {
    ...plan,
    toMake: plan.toMake.map(({ step, model, certain, estimated }) => ({
      step,
      model,
      certain: shown(certain),
      estimated: shown(estimated),
    })),
    certain: shown(plan.certain),
    estimated: shown(plan.estimated),
  }
}

function tiersText({ tiers, changed, open, expectedTiers }: ReplayPlan, style: Style): string {
  const countOf = (now: TierNow, after: TierAfter) =>
    tiers.find((field) => field.now === now && field.after === after)?.questions ?? 0
  const rowsShown = TIERS_NOW.filter((now) => now !== 'waiting' || tiers.some((field) => field.now === now))
  const shown = TIERS_AFTER.filter(
    (after) => (after !== 'waiting' && after !== 'open') || tiers.some((field) => field.after === after),
  )
  const rows: Cell[][] = [
    ['now \\ after', ...shown.map(right)],
    ...rowsShown.map((now): Cell[] => [
      now,
      ...shown.map((after) => fieldOf(now, after, countOf(now, after))),
    ]),
  ]
  const [head = '', ...lines] = inColumns(rows)
  const expected = TIERS_NOW.filter((tier) => (expectedTiers[tier] ?? 0) > 0).map(
    (tier) => `${about(expectedTiers[tier] ?? 0)} ${tier}`,
  )
  return [
    style.bold(head),
    ...lines,
    `${counted(changed, 'question')} will be in another tier.`,
    ...(open > 0 ? [`${count(open)} hang on calls to be made; to be expected: ${expected.join(', ')}.`] : []),
  ].join('\n')
}

/** What stays where it is stands out from what moves. */
function fieldOf(now: TierNow, after: TierAfter, questions: number): Cell {
  if (questions === 0) return right(NOTHING)
  return right(now === after ? `= ${count(questions)}` : count(questions))
}

function callsText({ toMake, certain, estimated, answered }: ReplayPlan, style: Style): string {
  const log = answered.reduce((sum, { calls }) => sum + calls, 0)
  const fromLog = `${counted(log, 'call')} ${log === 1 ? 'is' : 'are'} answered from the log${stepsOf(answered)}.`
  if (toMake.length === 0) return `${fromLog}\nNothing is left to be asked: it costs nothing.`
  const head = [
    'to be asked',
    'model',
    right('for certain'),
    right('cost'),
    right('may follow'),
    right('cost'),
  ]
  const rows = toMake.map((one): Cell[] => [one.step, one.model, ...amounts(one.certain, one.estimated)])
  const all: Cell[] = ['all', '', ...amounts(certain, estimated)]
  const sum = totalSpent([certain, estimated])
  const [title = '', ...lines] = inColumns([head, ...rows, all])
  return [
    fromLog,
    '',
    style.bold(title),
    ...lines,
    ...(estimated.calls > 0 ? [`Altogether about ${callsAndCost(sum)}.`] : []),
  ].join('\n')
}

function stepsOf(answered: ReplayPlan['answered']): string {
  const steps = Map.groupBy(answered, ({ step }) => step)
  const named = [...steps].map(
    ([step, groups]) => `${step} ${count(groups.reduce((sum, { calls }) => sum + calls, 0))}`,
  )
  return named.length === 0 ? '' : ` (${named.join(', ')})`
}

function amounts(certain: Readonly<Spent>, estimated: Readonly<Spent>): Cell[] {
  return [certain, estimated].flatMap((spent) => [
    right(spent.calls === 0 ? NOTHING : about(spent.calls)),
    right(spent.calls === 0 ? NOTHING : costText(callSumOf(rounded(spent)))),
  ])
}

function callsAndCost(spent: Readonly<Spent>): string {
  const { calls } = spent
  const noun = calls === 1 ? 'call' : 'calls'
  return calls === 0 ? 'no call' : `${about(calls)} ${noun} (${costText(callSumOf(rounded(spent)))})`
}

function notesText({ basis, deadLetters, unpriced, simulated }: ReplayPlan, style: Style): string {
  return [
    ...basis.flatMap((sentence) => wrapped(sentence, WIDTH)).map(style.dim),
    ...(deadLetters > 0 ? [style.warn(`${counted(deadLetters, 'record')} will be dead letters.`)] : []),
    ...unpriced.map((model) =>
      style.warn(`The price of ${model} is unknown: its calls are in no sum of money.`),
    ),
    ...(simulated ? [style.warn('All models are SIMULATED: nothing is paid, the prices are made up.')] : []),
  ].join('\n')
}
