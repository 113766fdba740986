/** What would follow from calls whose answers nobody knows: an estimate from how it went in the edition before. */
import type { Config } from '../../config/types.ts'
import { callsByTier, type TierCalls } from '../../preview/calls.ts'
import type { Tier } from '../../schemas/topics.ts'
import type { BaseCalls } from './base-calls.ts'
import type { BaseTiers } from './base-tiers.ts'
import {
  type EndedLater,
  LATER_STEPS,
  type LaterStep,
  type OpenEnds,
  type TierNow,
  type Undecided,
} from './open-ends.ts'
import { chancesOfErrors, possibleTiers, verdictsToGive } from './possible-tiers.ts'

/** The estimate. */
export interface FollowUps {
  /** Further calls by step. */
  readonly calls: ReadonlyMap<string, number>
  /** Where the questions will stand whose tier hangs on verdicts to be given. */
  readonly tiers: ReadonlyMap<TierNow, number>
}

/** What it rests on. */
export interface FollowUpBasis {
  readonly config: Config
  readonly tiers: Pick<BaseTiers, 'wrongShare'>
  readonly calls: Pick<BaseCalls, 'perQuestion' | 'perQuestionWith' | 'judgedPerPath'>
}

/** Estimates what follows from these ends. */
export function followUps(ends: Pick<OpenEnds, 'later' | 'undecided'>, basis: FollowUpBasis): FollowUps {
  const sums = new Sums()
  const least = callsByTier(basis.config)
  const asked = LATER_STEPS.filter((step) => basis.config.roles[step] !== null)
  for (const end of ends.later) addLater(sums, end, asked, basis, least)
  for (const group of ends.undecided) addUndecided(sums, group, asked, basis, least)
  return sums
}

/** Steps whose calls are all known once one of them is: they come together, one for each record. */
const ASKS_ONCE: ReadonlySet<LaterStep> = new Set(['summarize', 'score'])

type LeastCalls = Readonly<Record<Tier, TierCalls>>

/** What questions take from the step on at which they ended, without what is counted already. */
function addLater(
  sums: Sums,
  { tier, step, calls, questions }: EndedLater,
  asked: readonly LaterStep[],
  basis: FollowUpBasis,
  least: LeastCalls,
): void {
  const first = LATER_STEPS.indexOf(step)
  for (const later of asked) {
    const at = LATER_STEPS.indexOf(later)
    if (at < first || (later === step && ASKS_ONCE.has(step))) continue
    const all = basis.calls.perQuestionWith(tier, step, later) ?? least[tier].least[later]
    sums.addCalls(later, questions * Math.max(0, all - (calls[at] ?? 0)))
  }
}

/** The judge's calls to paths to be generated, and what questions of each tier they may come to take. */
function addUndecided(
  sums: Sums,
  group: Undecided,
  asked: readonly LaterStep[],
  { config, calls, tiers }: FollowUpBasis,
  least: LeastCalls,
): void {
  const { now, toGenerate, questions } = group
  sums.addCalls('verify', questions * toGenerate * (calls.judgedPerPath ?? 1))
  if (config.controls !== null) sums.addCalls('control', (questions * toGenerate) / config.controls.every)
  const chances = chancesOfErrors(verdictsToGive(group), tiers.wrongShare(now))
  const possible = possibleTiers(config, group)
  const isOpen = new Set(possible).size > 1
  for (const [errors, tier] of possible.entries()) {
    const expected = questions * (chances[errors] ?? 0)
    if (isOpen) sums.addQuestions(tier, expected)
    if (tier === 'waiting') continue
    for (const later of asked) {
      sums.addCalls(later, expected * (calls.perQuestion(tier, later) ?? least[tier].least[later]))
    }
  }
}

class Sums implements FollowUps {
  readonly calls = new Map<string, number>()
  readonly tiers = new Map<TierNow, number>()

  addCalls(step: string, count: number): void {
    if (count > 0) this.calls.set(step, (this.calls.get(step) ?? 0) + count)
  }

  addQuestions(tier: TierNow, count: number): void {
    this.tiers.set(tier, (this.tiers.get(tier) ?? 0) + count)
  }
}
