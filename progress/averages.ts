/**
 * What a question's remaining work will cost, by what such work has cost so far: a path by its model, a verdict, and
 * what follows triage by tier. Failed and repeated calls are in these averages, answers found in the journal count as
 * free: as it was so far, so it will go on.
 */
import type { Config } from '../config/config.ts'
import { type Tier, TOPIC_OF_TIER } from '../schemas/topics.ts'
import type { QuestionProgress } from './question-progress.ts'

/** A mean in the making; money in billionths of a US dollar. */
interface Mean {
  nanoUsd: number
  count: number
}

/** What is expected. `unknown`: kinds of work that lie ahead of it and were never done yet; they are left out. */
export interface Expected {
  readonly nanoUsd: number
  readonly unknown: ReadonlySet<Work>
}

/** A kind of work. */
export type Work = 'paths' | 'verdicts' | 'what follows triage'

/** Averages over an edition. */
export class Averages {
  /** The model string of each sampler. */
  readonly #models: readonly string[]
  readonly #path = new Map<string, Mean>()
  readonly #verdict: Mean = { nanoUsd: 0, count: 0 }
  readonly #ended = new Map<Tier, Mean>()

  constructor({ samplers }: Config) {
    this.#models = samplers.map(({ model }) => model.model)
    for (const model of this.#models) this.#path.set(model, { nanoUsd: 0, count: 0 })
    for (const tier of Object.keys(TOPIC_OF_TIER) as Tier[]) this.#ended.set(tier, { nanoUsd: 0, count: 0 })
  }

  /** A path was made. @param model the model string */
  pathMade(model: string): void {
    const mean = this.#path.get(model)
    if (mean !== undefined) mean.count++
  }

  /** A path was judged. */
  verdictMade(): void {
    this.#verdict.count++
  }

  /** A question of this tier has come to its end. @param nanoUsd what was spent on it after triage */
  questionEnded(tier: Tier, nanoUsd: number): void {
    const mean = this.#ended.get(tier)!
    mean.count++
    mean.nanoUsd += nanoUsd
  }

  /** A call was paid. @returns whether it belongs to what follows triage, which only `questionEnded` counts. */
  paid(step: string, model: string, nanoUsd: number): boolean {
    // Controls of the judge come with verdicts, and as often.
    if (step === 'verify' || step === 'control') this.#verdict.nanoUsd += nanoUsd
    else if (step === 'generate') {
      const mean = this.#path.get(model)
      if (mean !== undefined) mean.nanoUsd += nanoUsd
    } else return true
    return false
  }

  /** What a question that has not ended will cost from here on. */
  expected(question: QuestionProgress): Expected {
    const unknown = new Set<Work>()
    const known = (mean: Mean, work: Work): number => {
      if (mean.count === 0) unknown.add(work)
      return mean.count === 0 ? 0 : mean.nanoUsd / mean.count
    }
    let nanoUsd = 0
    const lacking = this.#models.filter((_, sampler) => question.lacksPath(sampler))
    if (question.tier === null) {
      for (const model of lacking) nanoUsd += known(this.#path.get(model)!, 'paths')
      const verdicts = lacking.length + question.unjudged
      if (verdicts > 0) nanoUsd += verdicts * known(this.#verdict, 'verdicts')
    }
    const after = known(this.#after(question.tier), 'what follows triage')
    nanoUsd += Math.max(0, after - question.spentAfterTriage)
    return { nanoUsd, unknown }
  }

  /** What these averages are made of, in a sentence. */
  get basis(): string {
    const paths = [...this.#path.values()].reduce((sum, { count }) => sum + count, 0)
    return `by what ${paths} paths, ${this.#verdict.count} verdicts and ${this.#after(null).count} finished questions have cost so far`
  }

  /** The mean of what follows triage, of one tier or, before it is known, of all. */
  #after(tier: Tier | null): Mean {
    if (tier !== null) return this.#ended.get(tier)!
    const all = { nanoUsd: 0, count: 0 }
    for (const { nanoUsd, count } of this.#ended.values()) {
      all.nanoUsd += nanoUsd
      all.count += count
    }
    return all
  }
}
