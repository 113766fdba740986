/** What a question, and all of them, will take: calls, tokens, money. What is not known stays unknown. */
import type { Asking } from '../config/askings.ts'
import type { Config } from '../config/types.ts'
import { costNanoUsd } from '../models/cost.ts'
import { answerLimit } from '../models/request.ts'
import { TIERS, type Tier } from '../schemas/topics.ts'
import { CALLING_STEPS, type CallingStep, callsByTier, expectedCalls, type StepCalls } from './calls.ts'
import type { RecordedCalls } from './recorded-calls.ts'
import { PATH, REMARK, type RenderedPrompt } from './rendered-prompts.ts'

/** A rule of thumb for English prose; other scripts take more tokens. */
export const CHARACTERS_PER_TOKEN = 4

/** Tokens of an answer where none is recorded: chosen, not measured. A model that thinks at length takes more. */
export const ASSUMED_ANSWER_TOKENS: Readonly<Record<CallingStep, number>> = {
  generate: 700,
  verify: 60,
  control: 60,
  rank: 150,
  refine: 400,
  regenerate: 900,
  summarize: 160,
  score: 200,
}

/**
 * Shares of the tiers where nothing is recorded: those of the simulator, whose paths are right as often as the paper's
 * (74.5 %).
 */
export const ASSUMED_TIERS: Readonly<Record<Tier, number>> = { easy: 0.78, medium: 0.13, difficult: 0.09 }

/** A number of calls, and what they take. */
export interface Amount {
  readonly calls: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** Billionths of a US dollar; null when a price is unknown. */
  readonly nanoUsd: number | null
}

/** A step's calls to one model, a question. */
export interface StepEstimate extends Amount {
  readonly step: CallingStep
  readonly model: string
  readonly endpoints: readonly string[]
  /** Whether the lengths of its answers are recorded ones. */
  readonly recorded: boolean
}

/** A question's estimate. */
export interface Estimate {
  /** A question that takes what questions take on average. */
  readonly expected: Amount
  /** By step and model. */
  readonly steps: readonly StepEstimate[]
  /** What a question of any tier takes at least, when all goes well. */
  readonly least: Amount
  /** What it takes at most, when nothing does and each answer is as long as it may be. */
  readonly most: Amount
  /** What the numbers rest on, in sentences. */
  readonly basis: readonly string[]
}

interface Lengths {
  readonly prompt: number
  readonly completion: number
  readonly recorded: boolean
}

/** One asking's part of its step's calls, with the tokens each takes. */
interface Part {
  readonly asking: Asking
  readonly share: number
  readonly lengths: Lengths
}

/** Estimates one question from its prompts, or the mean of several from theirs. */
export function estimate(
  config: Config,
  prompts: readonly RenderedPrompt[],
  recorded: RecordedCalls,
): Estimate {
  const parts = new Map(CALLING_STEPS.map((step) => [step, partsOf(step, prompts, recorded)]))
  const byTier = callsByTier(config)
  const calls = recorded.perQuestion ?? expectedCalls(config, ASSUMED_TIERS)
  const amounts = (which: 'least' | 'most', completionOf: (part: Part) => number) =>
    TIERS.map((tier) => amountOf(byTier[tier][which], parts, completionOf))
  const steps = CALLING_STEPS.flatMap((step) => stepEstimates(step, calls[step], parts.get(step) ?? []))
  return {
    expected: summed(steps),
    steps,
    least: extreme(
      amounts('least', ({ lengths }) => lengths.completion),
      Math.min,
    ),
    most: extreme(
      amounts('most', ({ asking, lengths }) => longest(asking) ?? lengths.completion),
      Math.max,
    ),
    basis: basisOf(recorded, [...parts.values()].flat()),
  }
}

/** So many times an amount. */
export function times({ calls, promptTokens, completionTokens, nanoUsd }: Amount, count: number): Amount {
  return {
    calls: calls * count,
    promptTokens: promptTokens * count,
    completionTokens: completionTokens * count,
    nanoUsd: nanoUsd === null ? null : nanoUsd * count,
  }
}

/** Amounts together; what one of them does not know, the sum does not know. */
export function summed(amounts: readonly Amount[]): Amount {
  return amounts.reduce<Amount>(
    (sum, one) => ({
      calls: sum.calls + one.calls,
      promptTokens: sum.promptTokens + one.promptTokens,
      completionTokens: sum.completionTokens + one.completionTokens,
      nanoUsd: sum.nanoUsd === null || one.nanoUsd === null ? null : sum.nanoUsd + one.nanoUsd,
    }),
    { calls: 0, promptTokens: 0, completionTokens: 0, nanoUsd: 0 },
  )
}

function partsOf(step: CallingStep, prompts: readonly RenderedPrompt[], recorded: RecordedCalls): Part[] {
  const own = prompts.filter((prompt) => prompt.step === step)
  const askings = own[0]?.askings ?? []
  return askings.map((asking) => ({
    asking,
    share: 1 / askings.length,
    lengths: lengthsOf(asking, own, recorded),
  }))
}

function lengthsOf(asking: Asking, prompts: readonly RenderedPrompt[], recorded: RecordedCalls): Lengths {
  const step = asking.step as CallingStep
  const known = recorded.tokensOf(step, asking.model.model)
  if (known !== null) return { prompt: known.prompt, completion: known.completion, recorded: true }
  const sizes = prompts.map(promptTokens)
  const prompt = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  return { prompt, completion: ASSUMED_ANSWER_TOKENS[step], recorded: false }
}

/** Tokens of a prompt with paths and reasons of the assumed length in the place of placeholders. */
export function promptTokens({ messages, paths, remarks }: RenderedPrompt): number {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0)
  const own = characters - paths * PATH.length - remarks * REMARK.length
  const { generate, verify } = ASSUMED_ANSWER_TOKENS
  return own / CHARACTERS_PER_TOKEN + paths * generate + remarks * verify
}

/** The longest answer the request allows, with its second try; null when it says nothing about it. */
function longest(asking: Asking): number | null {
  const limit = answerLimit(asking)
  return limit === null ? null : Math.max(limit, asking.retryMaxTokens ?? 0)
}

function stepEstimates(step: CallingStep, calls: number, parts: readonly Part[]): StepEstimate[] {
  const byModel = Map.groupBy(parts, ({ asking }) => asking.model.name)
  return [...byModel.values()].map((group) => {
    const { asking, lengths } = group[0]!
    const amounts = group.map((part) => costOf(part, calls * part.share, part.lengths.completion))
    const { model, endpoints } = asking.model
    return { step, model, endpoints, recorded: lengths.recorded, ...summed(amounts) }
  })
}

function amountOf(
  calls: StepCalls,
  parts: ReadonlyMap<CallingStep, readonly Part[]>,
  completionOf: (part: Part) => number,
): Amount {
  const amounts = [...parts].flatMap(([step, of]) =>
    of.map((part) => costOf(part, calls[step] * part.share, completionOf(part))),
  )
  return summed(amounts)
}

/** The smallest or the largest of each number by itself. */
function extreme(amounts: readonly Amount[], of: (...values: number[]) => number): Amount {
  const pick = (read: (amount: Amount) => number) => of(...amounts.map(read))
  const isUnknown = amounts.some(({ nanoUsd }) => nanoUsd === null)
  return {
    calls: pick(({ calls }) => calls),
    promptTokens: pick((amount) => amount.promptTokens),
    completionTokens: pick((amount) => amount.completionTokens),
    nanoUsd: isUnknown ? null : pick(({ nanoUsd }) => nanoUsd ?? 0),
  }
}

function costOf({ asking, lengths }: Part, calls: number, completion: number): Amount {
  const promptTokens = calls * lengths.prompt
  const completionTokens = calls * completion
  const cost = calls === 0 ? 0 : costNanoUsd({ promptTokens, completionTokens }, asking.model.price)
  return { calls, promptTokens, completionTokens, nanoUsd: cost }
}

function basisOf({ perQuestion, questions }: RecordedCalls, parts: readonly Part[]): string[] {
  const assumed = parts.filter(({ lengths }) => !lengths.recorded)
  const { easy, medium, difficult } = ASSUMED_TIERS
  const percent = (share: number) => `${Math.round(share * 100)} %`
  return [
    perQuestion === null
      ? `Expected calls assume ${percent(easy)} easy, ${percent(medium)} medium and ${percent(difficult)} difficult questions.`
      : `Expected calls are the average of ${questions} finished questions of this pipeline.`,
    ...(assumed.length < parts.length
      ? ['Tokens are the averages of recorded calls where there are some.']
      : []),
    ...(assumed.length > 0
      ? [
          `Tokens of prompts not sent yet: characters / ${CHARACTERS_PER_TOKEN}. Of answers not given yet, assumed: ${assumption()}.`,
        ]
      : []),
    'The most: every answer as long as its limit allows, everything repaired, mended in vain and tried again.',
  ]
}

function assumption(): string {
  return CALLING_STEPS.map((step) => `${step} ${ASSUMED_ANSWER_TOKENS[step]}`).join(', ')
}
