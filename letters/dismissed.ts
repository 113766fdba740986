/** Dead letters that were dismissed, with those they are later tries of. */
import type { LetterEntry } from './letter-list.ts'

/**
 * The ids of all dead letters that nobody will try again: of those dismissed, and of those that were tried again and
 * failed as one that is; by question.
 */
export function dismissedByQuestion(
  letters: readonly LetterEntry[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const byId = new Map(letters.map((letter) => [letter.deadLetterId, letter]))
  const found = new Map<string, Set<string>>()
  for (const letter of letters) {
    if (letter.fate.state !== 'dismissed' || letter.questionId === null) continue
    const ids = found.get(letter.questionId) ?? new Set()
    found.set(letter.questionId, ids)
    for (let one: LetterEntry | undefined = letter; one !== undefined; ) {
      ids.add(one.deadLetterId)
      one = one.redrivenFrom === null ? undefined : byId.get(one.redrivenFrom)
    }
  }
  return found
}
