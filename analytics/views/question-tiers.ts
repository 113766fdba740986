import { TIERS } from '../../schemas/topics.ts'
import { literal } from '../sql/tokens.ts'
import { editionKey } from './edition-key.ts'

const OWN_KEY = editionKey('edition', 'question_key')

/** The questions of a tier, in the newest revision that was triaged. */
function questionsOf(tier: string): string {
  return `(
        SELECT ${OWN_KEY}
        FROM (
            SELECT edition, question_key, argMax(triaged.tier, revision) AS newest
            FROM triaged
            GROUP BY edition, question_key
        )
        WHERE newest = ${literal(tier)}
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
