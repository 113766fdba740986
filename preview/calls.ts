/** How many calls a question makes, before any is made. */
import type { Config } from '../config/types.ts'
import { CHOSEN } from '../prompts/rank.ts'
import { TIERS, type Tier } from '../schemas/topics.ts'

/** Calls of one question by step, generation apart: `refine` with its self-checks. */
export interface StepCalls {
  readonly generate: number
  readonly verify: number
  /** A fraction: beside a sample of the paths a known one is judged. */
  readonly control: number
  readonly rank: number
  readonly refine: number
  readonly regenerate: number
  readonly summarize: number
  /** A fraction: of the records and of the paths to be mended a sample is scored. */
  readonly score: number
}

/** A step that makes calls. */
export type CallingStep = keyof StepCalls

/** The steps in the order of the dataflow. */
export const CALLING_STEPS: readonly CallingStep[] = [
  'generate',
  'verify',
  'control',
  'rank',
  'refine',
  'regenerate',
  'summarize',
  'score',
]

/**
 * Calls of a question of a tier when all goes well (`least`: no answer has to be repaired, everything that is mended
 * or written anew passes at once) and when nothing does (`most`: every structured answer has to be repaired, every cut
 * answer is asked for again, no mended path passes, every try is needed).
 */
export interface TierCalls {
  readonly least: StepCalls
  readonly most: StepCalls
}

/** By tier. */
export function callsByTier(config: Config): Readonly<Record<Tier, TierCalls>> {
  const entries = TIERS.map((tier) => [tier, { least: least(config, tier), most: most(config, tier) }])
  return Object.fromEntries(entries) as Record<Tier, TierCalls>
}

/** The share of each tier, applied to when all goes well. */
export function expectedCalls(config: Config, shares: Readonly<Record<Tier, number>>): StepCalls {
  const byTier = callsByTier(config)
  const mean = (step: CallingStep) =>
    TIERS.reduce((sum, tier) => sum + shares[tier] * byTier[tier].least[step], 0)
  return Object.fromEntries(CALLING_STEPS.map((step) => [step, mean(step)])) as unknown as StepCalls
}

const NOTHING = { control: 0, rank: 0, refine: 0, regenerate: 0, summarize: 0, score: 0 }
/** A structured answer may be sent back once. */
const REPAIRED = 2

function least(config: Config, tier: Tier): StepCalls {
  const { samplers, triage, controls } = config
  const count = samplers.length
  const control = controls === null ? 0 : count / controls.every
  const base = { ...NOTHING, generate: count, verify: count, control }
  if (tier === 'difficult') return { ...base, regenerate: 1, summarize: 1, score: scored(config, tier, 1) }
  // The most errors a tier allows leave the fewest correct paths.
  const correct = count - (tier === 'easy' ? triage.easyMaxErrors : triage.mediumMaxErrors)
  const chosen = Math.min(CHOSEN, correct)
  const rank = correct > CHOSEN ? 1 : 0
  const ends = { rank, summarize: chosen, score: scored(config, tier, chosen) }
  return tier === 'easy' ? { ...base, ...ends } : { ...base, ...ends, refine: 2 * chosen }
}

function most(config: Config, tier: Tier): StepCalls {
  const { samplers, triage, roles, regenerate, controls } = config
  const count = samplers.length
  const again = ({ retryMaxTokens }: { retryMaxTokens: number | null }) => (retryMaxTokens === null ? 1 : 2)
  const generate = samplers.reduce((sum, sampler) => sum + again(sampler), 0)
  const verify = count * REPAIRED * again(roles.verify)
  const base = { ...NOTHING, generate, verify, control: controls === null ? 0 : verify }
  const tries = regenerate.tries * again(roles.regenerate)
  const summary = again(roles.summarize)
  const scoring = roles.score === null ? 0 : REPAIRED * again(roles.score)
  if (tier === 'difficult') return { ...base, regenerate: tries, summarize: summary, score: scoring }
  const correct = tier === 'easy' ? count : count - triage.easyMaxErrors - 1
  const chosen = Math.min(CHOSEN, correct)
  const rank = correct > CHOSEN ? REPAIRED * again(roles.rank) : 0
  if (tier === 'easy') return { ...base, rank, summarize: chosen * summary, score: chosen * scoring }
  const mended = chosen * (again(roles.refine) + REPAIRED * again(roles.refine))
  // Mended in vain and written anew: each chosen path, and the one record.
  const score = (chosen + 1) * scoring
  return { ...base, rank, refine: mended, regenerate: tries, summarize: summary, score }
}

/** How many scores a question of a tier takes on average, whose records are so many; shares of sources left aside. */
function scored({ roles, score }: Config, tier: Tier, records: number): number {
  if (roles.score === null) return 0
  const sides = tier === 'medium' && score.pairs ? 2 : 1
  return (score.tiers[tier] ?? score.share) * records * sides
}
