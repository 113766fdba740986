/** What calls were like in the edition a plan starts from: how many a question took, and how long they were. */
import type { Tier } from '../../schemas/topics.ts'
import type { Completion } from '../../schemas/types.ts'

/** So many decided questions make good means; whole partitions are read until they are there. */
const ENOUGH_QUESTIONS = 2_000

/** Tokens of a call, on average. */
export interface CallTokens {
  readonly prompt: number
  readonly completion: number
}

interface TokenSum {
  calls: number
  prompt: number
  completion: number
}

/** Questions, and the calls they took by step. */
class CallSum {
  questions = 0
  readonly #calls = new Map<string, number>()

  add(calls: ReadonlyMap<string, number>): void {
    this.questions++
    for (const [step, count] of calls) this.#calls.set(step, (this.#calls.get(step) ?? 0) + count)
  }

  mean(step: string): number {
    return (this.#calls.get(step) ?? 0) / this.questions
  }
}

/** A sample of its calls. */
export class BaseCalls {
  readonly #tokens = new Map<string, TokenSum>()
  readonly #steps = new Map<string, TokenSum>()
  readonly #answered = new Map<string, number>()
  /** By tier, and by tier and a step that was called. */
  readonly #sums = new Map<string, CallSum>()
  #questions = 0
  #calls = 0

  /** Decided questions whose calls were read. */
  get questions(): number {
    return this.#questions
  }

  /** Calls that were read. */
  get calls(): number {
    return this.#calls
  }

  get isEnough(): boolean {
    return this.#questions >= ENOUGH_QUESTIONS
  }

  /** Takes in all calls of one partition. @param tiers of its decided questions */
  async read(completions: AsyncIterable<Completion>, tiers: ReadonlyMap<string, Tier>): Promise<void> {
    const byQuestion = new Map<string, Map<string, number>>()
    for await (const completion of completions) {
      if (completion.status !== 'answered') continue
      this.#addTokens(completion)
      const { questionId, step } = completion
      const calls = byQuestion.get(questionId) ?? new Map<string, number>()
      byQuestion.set(questionId, calls.set(step, (calls.get(step) ?? 0) + 1))
    }
    for (const [questionId, calls] of byQuestion) {
      const tier = tiers.get(questionId)
      if (tier === undefined) continue
      this.#questions++
      this.#sum(tier).add(calls)
      for (const step of calls.keys()) this.#sum(tier, step).add(calls)
    }
  }

  /** The means of a step's calls to a model; to any model where that one was not asked; null where none was. */
  tokensOf(step: string, model: string): CallTokens | null {
    const sum = this.#tokens.get(`${step} ${model}`) ?? this.#steps.get(step)
    return sum === undefined
      ? null
      : { prompt: sum.prompt / sum.calls, completion: sum.completion / sum.calls }
  }

  /** Calls of a step that a question of a tier took; null where nobody can know. */
  perQuestion(tier: Tier, step: string): number | null {
    return this.#mean(this.#sums.get(keyOf(tier)), step)
  }

  /** The same of those questions of the tier that took a call of another step, or more than one. */
  perQuestionWith(tier: Tier, called: string, step: string): number | null {
    return this.#mean(this.#sums.get(keyOf(tier, called)), step)
  }

  /** Calls of the judge to a path; null where nothing was generated. */
  get judgedPerPath(): number | null {
    const paths = this.#answered.get('generate') ?? 0
    return paths === 0 ? null : (this.#answered.get('verify') ?? 0) / paths
  }

  /** A step that was never called says nothing about how often it would be. */
  #mean(sum: CallSum | undefined, step: string): number | null {
    return sum === undefined || !this.#answered.has(step) ? null : sum.mean(step)
  }

  #sum(tier: Tier, called?: string): CallSum {
    const key = keyOf(tier, called)
    const sum = this.#sums.get(key) ?? new CallSum()
    this.#sums.set(key, sum)
    return sum
  }

  #addTokens({ step, model, promptTokens, completionTokens }: Completion): void {
    this.#calls++
    this.#answered.set(step, (this.#answered.get(step) ?? 0) + 1)
    if (promptTokens === null || completionTokens === null) return
    for (const [sums, key] of [
      [this.#tokens, `${step} ${model}`],
      [this.#steps, step],
    ] as const) {
      const sum = sums.get(key) ?? { calls: 0, prompt: 0, completion: 0 }
      sums.set(key, sum)
      sum.calls++
      sum.prompt += promptTokens
      sum.completion += completionTokens
    }
  }
}

function keyOf(tier: Tier, called = ''): string {
  return `${tier} ${called}`
}
