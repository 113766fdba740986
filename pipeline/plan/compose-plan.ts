/** From what was found to the plan as it is shown. */
import { isSimulated } from '../../config/askings.ts'
import { totalSpent } from '../../models/spent.ts'
import { count, counted } from '../../terminal/numbers.ts'
import { followUps } from './follow-ups.ts'
import type { Findings, PlanSource } from './make-plan.ts'
import { pricedCalls } from './priced-calls.ts'
import type { ReplayPlan } from './replay-plan.ts'
import type { TierCount } from './tier-matrix.ts'

/** Composes the plan. */
export function composePlan(
  { config, base }: Pick<PlanSource, 'config' | 'base'>,
  found: Findings,
): ReplayPlan {
  const { book, ends, matrix, tiers, calls, failures, question } = found
  const further = followUps(ends, { config, tiers, calls })
  const { toMake, assumed, unpriced } = pricedCalls(book.toMake, further.calls, {
    config,
    base: calls,
    question,
  })
  const { counts } = matrix
  const estimated = totalSpent(toMake.map((calls) => calls.estimated))
  return {
    edition: config.edition,
    of: base.edition,
    from: base.from,
    questions: sumOf(counts),
    tiers: counts,
    changed: sumOf(counts.filter(isChange)),
    open: sumOf(counts.filter(({ after }) => after === 'open')),
    expectedTiers: Object.fromEntries(further.tiers),
    answered: book.answered.map(({ step, model, calls }) => ({ step, model: model.name, calls })),
    toMake,
    certain: totalSpent(toMake.map(({ certain }) => certain)),
    estimated,
    deadLetters: failures,
    unpriced,
    simulated: isSimulated(config),
    basis: toMake.length === 0 ? [] : basisOf(base.edition, found, assumed, estimated.calls > 0),
  }
}

function sumOf(counts: readonly TierCount[]): number {
  return counts.reduce((sum, { questions }) => sum + questions, 0)
}

function isChange({ now, after }: TierCount): boolean {
  return now !== 'waiting' && after !== 'waiting' && after !== 'open' && now !== after
}

function basisOf(
  edition: string,
  { calls }: Findings,
  assumed: readonly string[],
  isEstimated: boolean,
): string[] {
  const known =
    calls.calls === 0
      ? []
      : [`Tokens are the means of ${counted(calls.calls, 'call')} of edition ${edition}.`]
  const guessed =
    assumed.length === 0 ? [] : [`Of ${assumed.join(', ')} no call is recorded: their tokens are assumed.`]
  const questions = count(calls.questions)
  const further =
    calls.questions === 0
      ? 'What follows from calls not yet made is an estimate: that of a question with which all goes well.'
      : `What follows from calls not yet made is an estimate: the means of ${questions} decided questions of edition ${edition}.`
  return [...known, ...guessed, ...(isEstimated ? [further] : [])]
}
