import { TIERS } from '../../schemas/topics.ts'
import { literals } from '../sql/tokens.ts'
import type { View } from './view.ts'

/** What a record costs that is kept, everything that was paid for its tier counted in. */
export const costPerRecord: View = {
  name: 'cost_per_record',
  comment:
    'A row is a tier: what was paid for all its questions, and what that comes to for each question and for each record kept. usd is NULL where no call has a known price.',
  select: `
SELECT
    edition,
    tier,
    questions,
    records,
    usd,
    usd / questions AS usd_per_question,
    usd / nullIf(records, 0) AS usd_per_record,
    calls_of_unknown_cost
FROM tiers
LEFT JOIN (
    SELECT edition, tier, sum(costs_by_tier.usd) AS usd, sum(costs_by_tier.calls_of_unknown_cost) AS calls_of_unknown_cost
    FROM costs_by_tier
    GROUP BY edition, tier
) AS paid USING (edition, tier)
ORDER BY edition, indexOf(${literals(TIERS)}, tier)`,
}
