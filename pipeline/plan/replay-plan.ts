/** What a replay would do: the plan as it is shown. */
import type { Spent } from '../../models/spent.ts'
import type { ReplayTopic } from '../replay.ts'
import type { TierNow } from './open-ends.ts'
import type { TierCount } from './tier-matrix.ts'

/** A step's calls to one model. */
export interface PlannedCalls {
  readonly step: string
  /** The model's name in the configuration. */
  readonly model: string
  /** Calls that are certain to be made, and what they cost where answers are as long as they were. */
  readonly certain: Spent
  /** Calls that would follow from these: an estimate, and no whole number. */
  readonly estimated: Spent
}

/** A number of calls of a step to one model. */
export interface AnsweredCalls {
  readonly step: string
  readonly model: string
  readonly calls: number
}

/** The plan of one edition. Nothing was written, and nobody was asked. */
export interface ReplayPlan {
  readonly edition: string
  readonly of: string
  readonly from: ReplayTopic
  /** Revisions of questions that the edition takes in. */
  readonly questions: number
  readonly tiers: readonly TierCount[]
  /** Questions whose tier will be another one, for certain; those that wait now, or will, are not among them. */
  readonly changed: number
  /** Questions that hang on calls to be made. */
  readonly open: number
  /** Where these will stand: an estimate. */
  readonly expectedTiers: Readonly<Partial<Record<TierNow, number>>>
  /** Calls that the log answers. */
  readonly answered: readonly AnsweredCalls[]
  /** Calls to be made, in the order of the dataflow. */
  readonly toMake: readonly PlannedCalls[]
  /** Sums of `toMake`. */
  readonly certain: Spent
  readonly estimated: Spent
  /** Records that will be dead letters: by answers that are known already, or without any. */
  readonly deadLetters: number
  /** Models among `toMake` whose price nobody has written down. */
  readonly unpriced: readonly string[]
  /** Whether all models are simulated, so that no money is spent whatever the prices say. */
  readonly simulated: boolean
  /** What the numbers rest on, in sentences. */
  readonly basis: readonly string[]
}

/** A sum of estimates as it is shown: whole calls and tokens. */
export function rounded(spent: Readonly<Spent>): Spent {
  const { calls, promptTokens, completionTokens, nanoUsd, unpriced } = spent
  return {
    calls: Math.round(calls),
    promptTokens: Math.round(promptTokens),
    completionTokens: Math.round(completionTokens),
    nanoUsd: Math.round(nanoUsd),
    unpriced: Math.round(unpriced),
  }
}
