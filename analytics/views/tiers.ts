import { TIERS } from '../../schemas/topics.ts'
import { literals } from '../sql/tokens.ts'
import { IS_CURRENT } from './superseded.ts'
import type { View } from './view.ts'

/** How hard the questions were, and what came of them: Figure 6 of the ReasonMed paper. */
export const tiers: View = {
  name: 'tiers',
  comment:
    'A row is a tier of an edition: how many questions it holds, how many of their paths were wrong, and how many records and unsolved questions came of them (ReasonMed, Figure 6). A question counts in its newest revision, and not at all once it was taken back.',
  select: `
SELECT
    edition,
    tier,
    questions,
    questions / sum(questions) OVER (PARTITION BY edition) AS share,
    mean_errors,
    records,
    unsolved
FROM (
    SELECT edition, tier, count() AS questions, avg(errors) AS mean_errors FROM triaged WHERE ${IS_CURRENT} GROUP BY edition, tier
) AS sorted
LEFT JOIN (
    SELECT edition, tier, countIf(kind = 'record') AS records FROM records WHERE ${IS_CURRENT} GROUP BY edition, tier
) AS made USING (edition, tier)
LEFT JOIN (
    SELECT edition, tier, count() AS unsolved FROM unsolved WHERE ${IS_CURRENT} GROUP BY edition, tier
) AS given_up USING (edition, tier)
ORDER BY edition, indexOf(${literals(TIERS)}, tier)`,
}
