/** What a run leaves behind: questions that wait for a path, and dead letters. Read from the topics alone. */
import { dismissedByQuestion } from '../letters/dismissed.ts'
import { countLetters } from '../letters/letter-counts.ts'
import { type LetterEntry, listLetters } from '../letters/letter-list.ts'
import { letterSourceOf } from '../letters/source.ts'
import { pathIdOf } from '../processors/generate.ts'
import { counted, stateKey } from '../processors/triage-state.ts'
import { missingVerdictIdOf } from '../processors/verify.ts'
import type { TriageState } from '../schemas/types.ts'
import { readTopic } from '../sinks/session-records.ts'
import type { Session } from './session.ts'

/** Counts of what is neither done nor under way. */
export interface Leftovers {
  /** Questions triage waits on: their failed paths can be redriven. */
  readonly waiting: number
  /** What failed and has not been done since: a dead letter that was redriven counts no more, or as its successor. */
  readonly deadLetters: number
  readonly unsolved: number
  /** Dead letters that somebody set aside for good. */
  readonly dismissed: number
  /** Questions that would wait for nothing but paths whose dead letters were dismissed: nobody waits for them. */
  readonly abandoned: number
}

/** Counts what is left over now. */
export async function countLeftovers(session: Session): Promise<Leftovers> {
  const letters = await listLetters(letterSourceOf(session))
  const [{ waiting, abandoned }, unsolved] = await Promise.all([
    countOpen(session, letters),
    countUnsolved(session),
  ])
  const { open: deadLetters, dismissed } = countLetters(letters)
  return { waiting, deadLetters, unsolved, dismissed, abandoned }
}

async function countOpen(session: Session, letters: readonly LetterEntry[]) {
  const open = new Map<string, TriageState>()
  for await (const state of readTopic(session, 'triage-state')) {
    if (state.status === 'open') open.set(stateKey(state), state)
    else open.delete(stateKey(state))
  }
  const dismissed = dismissedByQuestion(letters)
  const { samplers } = session.config
  const abandoned = [...open.values()].filter((state) =>
    isAbandoned(state, samplers.length, dismissed.get(state.questionId)),
  ).length
  return { waiting: open.size - abandoned, abandoned }
}

/**
 * Whether all that is missing of a question was dismissed.
 * @param expected how many paths it is to have
 * @param dismissed the ids of the question's dead letters that nobody will try again
 */
export function isAbandoned(
  state: TriageState,
  expected: number,
  dismissed: ReadonlySet<string> = new Set(),
): boolean {
  const there = counted(state)
  const isDismissed = ({ samplerId, verdictId }: (typeof there)[number]) =>
    [...dismissed].some((id) => missingVerdictIdOf(pathIdOf(state, samplerId), id) === verdictId)
  return there.length === expected && there.every((one) => one.outcome !== 'missing' || isDismissed(one))
}

async function countUnsolved(session: Session): Promise<number> {
  let count = 0
  for await (const _unsolved of readTopic(session, 'unsolved')) count++
  return count
}
