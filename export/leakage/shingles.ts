/** What two questions are compared by. */
import { hash } from 'node:crypto'
import type { Question } from '../../schemas/types.ts'
import { recognisableText } from '../../sources/question-text.ts'

/** What is compared of a question. */
export type Compared = Pick<Question, 'stem' | 'options'>

/** Shorter stems ("Which of the following is true?") say too little: their options are compared along with them. */
const TELLING_WORDS = 12
/** Words a shingle: short enough that a changed word touches few of them, long enough to be rare. */
const SHINGLE_WORDS = 3

/**
 * A question's words: case, marks, white space and the order of its options make no difference. Passages do not count:
 * other questions may be asked about the same ones.
 */
export function comparedText({ stem, options }: Compared): string {
  const words = recognisableText(stem)
  if (words.split(' ').length >= TELLING_WORDS) return words
  return [words, ...options.map(({ text }) => recognisableText(text)).sort()].join(' ').trim()
}

/** The text's runs of three words, as 32-bit numbers, sorted; a shorter text is one. */
export function shinglesOf(text: string): Uint32Array {
  const words = text.split(' ')
  const count = Math.max(1, words.length - SHINGLE_WORDS + 1)
  const shingles = new Set<number>()
  for (let at = 0; at < count; at++) shingles.add(numberOf(words.slice(at, at + SHINGLE_WORDS).join(' ')))
  return Uint32Array.from(shingles).sort()
}

/** The share of shingles that both have among those that either has, 0 to 1 (Jaccard). */
export function similarityOf(a: Uint32Array, b: Uint32Array): number {
  let both = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i] ?? 0, b[j] ?? 0]
    if (left === right) both++
    if (left <= right) i++
    if (right <= left) j++
  }
  return both / (a.length + b.length - both)
}

function numberOf(text: string): number {
  return Number.parseInt(hash('sha256', text).slice(0, 8), 16)
}
