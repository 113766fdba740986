import { TIERS } from '../../schemas/topics.ts'
import { literals } from '../sql/tokens.ts'
import { dollars } from './dollars.ts'
import { roleOf } from './roles.ts'
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
    ${roleOf('step')} AS role,
    count() AS calls,
    sum(prompt_tokens) AS prompt_tokens,
    sum(completion_tokens) AS completion_tokens,
    ${dollars('sum(cost_nano_usd)')} AS usd,
    countIf(cost_nano_usd IS NULL) AS calls_of_unknown_cost
FROM completions
LEFT JOIN (
    SELECT edition, question_id, argMax(triaged.tier, revision) AS tier FROM triaged GROUP BY edition, question_id
) AS sorted USING (edition, question_id)
GROUP BY edition, tier, role
ORDER BY edition, indexOf(${literals(TIERS)}, tier), role`,
}
