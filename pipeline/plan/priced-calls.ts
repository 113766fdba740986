/** Calls to be made, with the tokens and the money they will take. */
import { askingsOf } from '../../config/askings.ts'
import type { Config, ModelSpec } from '../../config/types.ts'
import { costNanoUsd } from '../../models/cost.ts'
import { nothingSpent, type Spent } from '../../models/spent.ts'
import { CALLING_STEPS, type CallingStep } from '../../preview/calls.ts'
import { ASSUMED_ANSWER_TOKENS, promptTokens } from '../../preview/estimate.ts'
import { renderedPrompts } from '../../preview/rendered-prompts.ts'
import type { Question } from '../../schemas/types.ts'
import type { BaseCalls, CallTokens } from './base-calls.ts'
import type { StepModelCalls } from './call-book.ts'
import type { PlannedCalls } from './replay-plan.ts'

/** What it is reckoned from. */
export interface Reckoning {
  readonly config: Config
  readonly base: Pick<BaseCalls, 'tokensOf'>
  /** One of the questions, for prompts that nobody was asked yet; null where there is none. */
  readonly question: Question | null
}

/** The calls with their costs, and which of them rest on assumptions. */
export interface PricedCalls {
  readonly toMake: readonly PlannedCalls[]
  /** Steps whose tokens are assumed, for no such call is recorded. */
  readonly assumed: readonly string[]
  /** Models whose price nobody has written down. */
  readonly unpriced: readonly string[]
}

/**
 * Reckons what calls take.
 * @param certain by step and model
 * @param further by step: calls to the model of the role
 */
export function pricedCalls(
  certain: readonly Readonly<StepModelCalls>[],
  further: ReadonlyMap<string, number>,
  reckoning: Reckoning,
): PricedCalls {
  const assumed = new Set<string>()
  const unpriced = new Set<string>()
  const cost = (step: string, model: ModelSpec, calls: number): Spent => {
    if (calls === 0) return nothingSpent()
    const known = reckoning.base.tokensOf(step, model.model)
    if (known === null) assumed.add(step)
    if (model.price === null) unpriced.add(model.name)
    return spentOnCalls(calls, known ?? assumedTokens(step, reckoning), model)
  }
  const groups = new Map(certain.map((one) => [keyOf(one), one]))
  for (const step of further.keys()) {
    const model = modelOf(step, reckoning.config)
    if (model !== null && !groups.has(keyOf({ step, model })))
      groups.set(keyOf({ step, model }), { step, model, calls: 0 })
  }
  const toMake = [...groups.values()].sort(inDataflow).map(({ step, model, calls }) => ({
    step,
    model: model.name,
    certain: cost(step, model, calls),
    estimated: cost(step, model, modelOf(step, reckoning.config) === model ? (further.get(step) ?? 0) : 0),
  }))
  return { toMake, assumed: [...assumed], unpriced: [...unpriced] }
}

function keyOf({ step, model }: Pick<StepModelCalls, 'step' | 'model'>): string {
  return `${step} ${model.name}`
}

/** The model a step asks that is no sampler's. */
function modelOf(step: string, config: Config): ModelSpec | null {
  return askingsOf(config).find((asking) => asking.step === step)?.model ?? null
}

/** As the dataflow goes; steps of one's own come last. */
function inDataflow(a: StepModelCalls, b: StepModelCalls): number {
  return placeOf(a.step) - placeOf(b.step) || (keyOf(a) < keyOf(b) ? -1 : 1)
}

function placeOf(step: string): number {
  const place = (CALLING_STEPS as readonly string[]).indexOf(step)
  return place < 0 ? CALLING_STEPS.length : place
}

function spentOnCalls(calls: number, tokens: CallTokens | null, { price }: ModelSpec): Spent {
  if (tokens === null) return { ...nothingSpent(), calls, unpriced: calls }
  const usage = { promptTokens: calls * tokens.prompt, completionTokens: calls * tokens.completion }
  const cost = costNanoUsd(usage, price)
  return { calls, ...usage, nanoUsd: cost ?? 0, unpriced: cost === null ? calls : 0 }
}

/** Nobody knows what steps of one's own ask. */
function assumedTokens(step: string, { config, question }: Reckoning): CallTokens | null {
  const prompts =
    question === null ? [] : renderedPrompts(config, question).filter((one) => one.step === step)
  if (prompts.length === 0) return null
  const sizes = prompts.map(promptTokens)
  const prompt = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  return { prompt, completion: ASSUMED_ANSWER_TOKENS[step as CallingStep] }
}
