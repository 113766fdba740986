import { isDeepStrictEqual } from 'node:util'
import { readEdition } from '../config/edition.ts'
import { NinefoldError } from '../errors.ts'
import { findEdition } from '../pipeline/editions.ts'
import type { Session } from '../pipeline/session.ts'

/**
 * The filters of an edition's dataset: those it was made with, whether the configuration says them or not; those of the
 * configuration while it has not begun.
 * @throws {NinefoldError} NF_EDITION_CHANGED where the configuration has others
 */
export async function editionFilters(session: Session): Promise<readonly string[]> {
  const { edition, filters } = session.config
  const recorded = await findEdition(session, session.fullName('editions'))
  if (recorded === null) return filters
  const { filters: made = [] } = readEdition(recorded.config).content
  if (filters.length === 0 || isDeepStrictEqual(made, filters)) return made
  throw new NinefoldError(
    'NF_EDITION_CHANGED',
    `edition ${edition} was made with the filters ${JSON.stringify(made)}, and the configuration has ${JSON.stringify(filters)}`,
    'Use --where for this export alone, give those of the edition with --set, or make another edition with "ninefold replay --edition NAME".',
  )
}
