import { TIERS } from '../../schemas/topics.ts'
import { literals } from '../sql/tokens.ts'
import { roleOf } from '../tables/roles.ts'
import { callSums } from './call-sums.ts'
import { dollars } from './dollars.ts'
import { UNSORTED_SETS } from './edition-key.ts'
import { TIER_OF_QUESTION } from './question-tiers.ts'
import type { View } from './view.ts'

/** What a tier's questions cost, role by role. */
export const costsByTier: View = {
  name: 'costs_by_tier',
  comment:
    'A row is a role on the questions of a tier: calls, tokens and US dollars; tier is empty for questions that have none yet. usd is NULL where no call has a known price; calls_of_unknown_cost are not in it.',
  select: `
SELECT
    edition,
    tier,
    role,
    calls,
    prompts AS prompt_tokens,
    completed AS completion_tokens,
    ${dollars('nano_usd')} AS usd,
    unpriced AS calls_of_unknown_cost
FROM ${callSums(['edition', `${TIER_OF_QUESTION} AS tier`, `${roleOf('step')} AS role`])}
ORDER BY edition, indexOf(${literals(TIERS)}, tier), role
${UNSORTED_SETS}`,
}
