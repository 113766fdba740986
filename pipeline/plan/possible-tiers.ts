import type { Config } from '../../config/types.ts'
import { errorsOf, tierOf } from '../../processors/tier.ts'
import type { TierNow, Undecided } from './open-ends.ts'

/** The verdicts of a question, given and to be given. */
export type Verdicts = Pick<Undecided, 'correct' | 'wrong' | 'missing' | 'toGenerate' | 'toVerify'>

/** How many verdicts are yet to be given. */
export function verdictsToGive({ toGenerate, toVerify }: Verdicts): number {
  return toGenerate + toVerify
}

/**
 * What triage will make of a question, by how many of the verdicts to be given turn out Error, from none to all of
 * them; `waiting` where it will not decide.
 */
export function possibleTiers(
  { samplers, triage }: Pick<Config, 'samplers' | 'triage'>,
  verdicts: Verdicts,
): TierNow[] {
  const unknown = verdictsToGive(verdicts)
  const { correct, wrong, missing } = verdicts
  return Array.from({ length: unknown + 1 }, (_, errors) => {
    const tally = {
      expected: samplers.length,
      correct: correct + unknown - errors,
      wrong: wrong + errors,
      missing,
    }
    const counted = errorsOf(tally, triage)
    return counted === null ? 'waiting' : tierOf(counted, triage)
  })
}

/** The chance of each number of Errors, from none to all, where each verdict is an Error with this one by itself. */
export function chancesOfErrors(verdicts: number, chance: number): number[] {
  let chances = [1]
  for (let given = 0; given < verdicts; given++) {
    const next = Array.from({ length: chances.length + 1 }, () => 0)
    for (const [errors, before] of chances.entries()) {
      next[errors] = (next[errors] ?? 0) + before * (1 - chance)
      next[errors + 1] = (next[errors + 1] ?? 0) + before * chance
    }
    chances = next
  }
  return chances
}
