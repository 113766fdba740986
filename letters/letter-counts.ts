/** How many dead letters somebody should look at, and how many were set aside. */
import type { LetterEntry } from './letter-list.ts'

/** Counts of dead letters. */
export interface LetterCounts {
  /** Failed and not done since: a dead letter that was redriven counts no more, or as its successor. */
  readonly open: number
  readonly dismissed: number
}

/** Counts them. */
export function countLetters(letters: readonly Pick<LetterEntry, 'fate'>[]): LetterCounts {
  const inState = (...states: LetterEntry['fate']['state'][]) =>
    letters.filter(({ fate }) => states.includes(fate.state)).length
  return { open: inState('open', 'ordered'), dismissed: inState('dismissed') }
}
