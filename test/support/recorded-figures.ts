/** What the recorded answers come to, worked out from their files alone: what the views must say of a run on them. */
import { RECORDED_MODELS, RECORDED_SETS, type RecordedQuestion, readRecorded } from './test-data.ts'

/** US dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** One question, and which models were right. */
interface Answered {
  readonly id: string
  readonly source: string
  readonly options: number
  readonly isRight: readonly boolean[]
  readonly recorded: RecordedQuestion['recorded']
}

/** A price for each recorded model, no two alike. */
export function priceOf(model: string): Price {
  const place = placeOf(model)
  return { input: place + 1, output: 3 * (place + 1) + 0.5 }
}

/** The figures. */
export class RecordedFigures {
  readonly #answered: readonly Answered[] = RECORDED_SETS.flatMap((source) =>
    readRecorded(source).map((question) => ({
      id: `${source}:${question.id}`,
      source,
      options: Object.keys(question.options).length,
      isRight: RECORDED_MODELS.map((model) => question.recorded[model]?.answer === question.answer),
      recorded: question.recorded,
    })),
  )

  /** Correct paths of a model, on the questions that a dimension's value names; all when none is named. */
  correct(model: string, dimension?: 'source' | 'options' | 'tier', value?: string): number {
    const place = placeOf(model)
    const isAsked = (answered: Answered): boolean =>
      dimension === undefined ||
      (dimension === 'tier' ? tierOf(errorsOf(answered)) : String(answered[dimension])) === value
    return this.#answered.filter((answered) => isAsked(answered) && answered.isRight[place]).length
  }

  /** On how many questions the one was right and the other was not. */
  onlyFirst(model: string, other: string): number {
    const [one, two] = [placeOf(model), placeOf(other)]
    return this.#answered.filter(({ isRight }) => isRight[one] && !isRight[two]).length
  }

  /** How many questions a model missed that all others had right. */
  missedAlone(model: string): number {
    const place = placeOf(model)
    return this.#answered.filter((answered) => errorsOf(answered) === 1 && !answered.isRight[place]).length
  }

  /** Tokens a model read and wrote, on all questions or some, and their price in billionths of a US dollar. */
  tokens(model: string, answered = this.#answered): { prompt: number; completion: number; nanoUsd: number } {
    const { input, output } = priceOf(model)
    let [prompt, completion] = [0, 0]
    for (const { recorded } of answered) {
      prompt += recorded[model]?.promptTokens ?? 0
      completion += recorded[model]?.completionTokens ?? 0
    }
    // A dollar a million tokens is a thousand billionths a token.
    return { prompt, completion, nanoUsd: prompt * input * 1_000 + completion * output * 1_000 }
  }

  /** Questions in each tier with these limits, where further paths are as good as these models'. */
  tiers(further: readonly string[], easy: number, medium: number): Record<string, number> {
    const counts: Record<string, number> = { easy: 0, medium: 0, difficult: 0 }
    for (const answered of this.#answered) {
      const more = further.filter((model) => !answered.isRight[placeOf(model)]).length
      counts[tierOf(errorsOf(answered) + more, easy, medium)]!++
    }
    return counts
  }

  /** The ids of questions that so many models had wrong. */
  questionsWithErrors(errors: readonly number[]): ReadonlySet<string> {
    return new Set(
      this.#answered.filter((answered) => errors.includes(errorsOf(answered))).map(({ id }) => id),
    )
  }

  /** What each model did on one question: whether it was right, and what its path cost. */
  pathsOf(questionId: string): { model: string; isRight: boolean; nanoUsd: number }[] {
    const its = this.#answered.filter(({ id }) => id === questionId)
    return RECORDED_MODELS.map((model, place) => ({
      ...{ model, isRight: its[0]?.isRight[place] ?? false, nanoUsd: this.tokens(model, its).nanoUsd },
    }))
  }

  /** Questions in each tier, on average over all choices of so many models, with these limits: counted one by one. */
  meanTiers(paths: number, easy: number, medium: number): Record<string, number> {
    const choices = subsetsOf(RECORDED_MODELS.length, paths)
    const counts: Record<string, number> = { easy: 0, medium: 0, difficult: 0 }
    for (const { isRight } of this.#answered) {
      for (const chosen of choices) {
        const errors = chosen.filter((place) => !isRight[place]).length
        counts[tierOf(errors, easy, medium)]! += 1 / choices.length
      }
    }
    return counts
  }
}

function placeOf(model: string): number {
  return (RECORDED_MODELS as readonly string[]).indexOf(model)
}

function errorsOf({ isRight }: Answered): number {
  return isRight.filter((right) => !right).length
}

function tierOf(errors: number, easy = 4, medium = 7): string {
  if (errors <= easy) return 'easy'
  return errors <= medium ? 'medium' : 'difficult'
}

/** All ways to choose so many of 0 to count - 1. */
function subsetsOf(count: number, size: number): number[][] {
  const all = Array.from({ length: count }, (_, place) => place)
  return Array.from({ length: 2 ** count }, (_, bits) => all.filter((place) => (bits >> place) & 1)).filter(
    ({ length }) => length === size,
  )
}
