import { TIERS } from '../../schemas/topics.ts'
import { literal } from '../sql/tokens.ts'
import { editionKey } from './edition-key.ts'
import { isNewestIn } from './newest-revision.ts'

const OWN_KEY = editionKey('edition', 'question_key')

/** The questions of a tier, in the newest revision that was triaged. */
function questionsOf(tier: string): string {
  return `(
        SELECT ${OWN_KEY}
        FROM triaged
        WHERE triaged.tier = ${literal(tier)} AND ${isNewestIn('triaged')}
    )`
}

/**
 * The tier of a row's question, by its `edition` and `question_key`; empty where it has none yet. Looked up in sets,
 * so that sums by question need not be taken apart by it: to be used with UNSORTED_SETS.
 */
export const TIER_OF_QUESTION = `multiIf(
        ${TIERS.map((tier) => `${OWN_KEY} IN ${questionsOf(tier)}, ${literal(tier)}`).join(',\n        ')},
        ''
    )`
