/** What a pipeline will ask for its questions, and what that will take; with `run`, what comes of the first few. */

import { isSimulated } from '../config/askings.ts'
import type { QuestionSource } from '../config/question-sources.ts'
import type { Config } from '../config/types.ts'
import { NinefoldError } from '../errors.ts'
import type { Wait } from '../models/caller.ts'
import { startSimulatedEndpoints } from '../pipeline/simulated-endpoints.ts'
import type { Question } from '../schemas/types.ts'
import { DEFAULT_TUNING } from '../streams/worker-tuning.ts'
import { type Amount, type Estimate, estimate, summed, times } from './estimate.ts'
import { openPaidAsk } from './paid-ask.ts'
import { readQuestionsOf } from './questions.ts'
import { readRecordedCalls } from './recorded-calls.ts'
import { type RenderedPrompt, renderedPrompts } from './rendered-prompts.ts'
import { type ScratchRecords, scratchRun } from './scratch-run.ts'

/** What to look at. */
export interface PreviewOptions {
  readonly config: Config
  readonly sources: readonly QuestionSource[]
  /** How many questions. */
  readonly count: number
  /** A step, or a sampler's name as `generate.<name>`; null for all. */
  readonly step: string | null
  /** Told of lines that are no question. */
  readonly onProblem: (line: string) => void
}

/** A question and its prompts. */
export interface PreviewedQuestion {
  readonly question: Question
  readonly prompts: readonly RenderedPrompt[]
}

/** What was found without asking anybody. */
export interface Preview {
  readonly questions: readonly PreviewedQuestion[]
  /** Questions in the sources, each id once. */
  readonly total: number
  /** Lines that are no question. */
  readonly bad: number
  /** One question. */
  readonly estimate: Estimate
  /** All questions of the sources. */
  readonly projected: Amount
  /** Whether all models are simulated, so that no money is spent whatever the prices say. */
  readonly simulated: boolean
}

/** What came of running the questions. */
export interface PreviewRun {
  readonly records: ScratchRecords
  /** What was paid for in this run; what had been asked before is not asked again. */
  readonly spent: Amount
}

/**
 * Reads, renders and reckons; asks nobody.
 * @throws {NinefoldError} NF_STEP_UNKNOWN, NF_PREVIEW_NO_QUESTIONS, and what keeps a source from being read
 */
export async function preview({ config, sources, count, step, onProblem }: PreviewOptions): Promise<Preview> {
  const { first, total, bad } = await readQuestionsOf(sources, count, onProblem)
  const all = first.map((question) => ({ question, prompts: renderedPrompts(config, question) }))
  const prompts = all.flatMap((one) => one.prompts)
  const reckoned = estimate(config, prompts, await readRecordedCalls(config))
  return {
    questions: all.map((one) => ({ ...one, prompts: selected(one.prompts, step) })),
    total,
    bad,
    estimate: reckoned,
    projected: times(reckoned.expected, total),
    simulated: isSimulated(config),
  }
}

/** How to run them. */
export interface RunPreviewOptions {
  readonly stop: AbortSignal
  /** How long calls under way may take to end when the run ends before them; default: as long as a worker's. */
  readonly graceMs?: number
  readonly onWait: (wait: Wait) => void
}

/**
 * Takes questions through the whole recipe: models are asked, nothing is written to any topic. What was paid for is in
 * the journal, so that a run does not pay for it again.
 * @throws {BudgetReached} when the budget leaves nothing for a call; what was made until then is in the journal
 * @throws the signal's reason once it is aborted
 */
export async function runPreview(
  config: Config,
  questions: readonly Question[],
  { stop, graceMs = DEFAULT_TUNING.graceMs, onWait }: RunPreviewOptions,
): Promise<PreviewRun> {
  await using simulated = await startSimulatedEndpoints(config, async () => questions)
  await using paid = await openPaidAsk(simulated.config, onWait)
  const records = await untilAborted(stop, scratchRun(simulated.config, questions, paid.asker)).finally(() =>
    paid.asker.hush(graceMs),
  )
  const spent = summed(
    paid.calls.map(({ promptTokens, completionTokens, costNanoUsd }) => ({
      calls: 1,
      promptTokens: promptTokens ?? 0,
      completionTokens: completionTokens ?? 0,
      nanoUsd: costNanoUsd,
    })),
  )
  return { records, spent }
}

/** The work's outcome. @throws the signal's reason once it is aborted */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (signal.aborted) onAbort()
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function selected(prompts: readonly RenderedPrompt[], step: string | null): RenderedPrompt[] {
  if (step === null) return [...prompts]
  const found = prompts.filter(
    (prompt) => prompt.step === step || prompt.askings.some(({ title }) => title === step),
  )
  if (found.length > 0) return found
  const known = [
    ...new Set(prompts.flatMap(({ step: own, askings }) => [own, ...askings.map((a) => a.title)])),
  ]
  throw new NinefoldError(
    'NF_STEP_UNKNOWN',
    `--step names ${step}, which asks no model in this pipeline`,
    `Steps are ${known.join(', ')}.`,
  )
}
