/** Questions that must not be in a dataset, since models that learn from it are tested with them. */
import { NinefoldError } from '../../errors.ts'
import { filesAt } from '../../sources/files.ts'
import { describeProblem } from '../../sources/line-problem.ts'
import { readQuestions } from '../../sources/read-questions.ts'
import { MinHashIndex } from './min-hash.ts'
import { type Compared, comparedText, shinglesOf, similarityOf } from './shingles.ts'

/** Where a protected question stands. */
export interface ProtectedPlace {
  readonly file: string
  readonly line: number
}

/** A protected question that another one is like. */
export interface Match extends ProtectedPlace {
  /** `same`: the same words; `alike`: at least as similar as the threshold. */
  readonly kind: 'same' | 'alike'
  /** 0 to 1. */
  readonly similarity: number
}

/** A set of protected questions; in memory: some 500 bytes a question and its bands. */
export class ProtectedQuestions {
  /** Questions as similar as this are taken for the same. */
  readonly threshold: number
  readonly #exact = new Map<string, number>()
  readonly #index = new MinHashIndex()
  readonly #questions: { readonly place: ProtectedPlace; readonly shingles: Uint32Array }[] = []

  constructor(threshold: number) {
    this.threshold = threshold
  }

  get size(): number {
    return this.#questions.length
  }

  add(question: Compared, place: ProtectedPlace): void {
    const text = comparedText(question)
    const number = this.#questions.length
    const shingles = shinglesOf(text)
    this.#questions.push({ place, shingles })
    if (this.#exact.has(text)) return
    this.#exact.set(text, number)
    this.#index.add(number, shingles)
  }

  /** The protected question that is most like this one, the first of several; null where none is like it enough. */
  match(question: Compared): Match | null {
    const text = comparedText(question)
    const same = this.#questions[this.#exact.get(text) ?? -1]
    if (same !== undefined) return { kind: 'same', similarity: 1, ...same.place }
    const shingles = shinglesOf(text)
    let best: Match | null = null
    for (const number of this.#index.candidates(shingles)) {
      const candidate = this.#questions[number]
      if (candidate === undefined) continue
      const similarity = similarityOf(shingles, candidate.shingles)
      if (similarity < this.threshold || similarity <= (best?.similarity ?? 0)) continue
      best = { kind: 'alike', similarity, ...candidate.place }
    }
    return best
  }
}

/**
 * Reads protected questions from files of any known kind and format.
 * @param paths files, folders or patterns
 * @throws {NinefoldError} NF_EXPORT_PROTECTED for a line that is no question: it would go unprotected;
 * NF_SOURCE_UNREADABLE, NF_SOURCE_NO_FILES
 */
export async function readProtected(
  paths: readonly string[],
  threshold: number,
): Promise<ProtectedQuestions> {
  const questions = new ProtectedQuestions(threshold)
  for (const path of paths) {
    for (const file of await filesAt(path)) {
      for await (const item of readQuestions(file)) {
        if (item.kind === 'question') questions.add(item.intake, { file: item.file, line: item.line })
        else if (item.problem.severity === 'error') throw unreadable(describeProblem(item.problem))
      }
    }
  }
  return questions
}

function unreadable(problem: string): NinefoldError {
  return new NinefoldError(
    'NF_EXPORT_PROTECTED',
    `a protected question cannot be read, and would go unprotected: ${problem}`,
    'Mend the file, or take the line out of it.',
  )
}
