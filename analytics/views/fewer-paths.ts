import { estimatedDollars } from './dollars.ts'
import { tiersOfFewerPaths } from './tiers-of-fewer-paths.ts'
import type { View } from './view.ts'

/** The roles whose calls are as many as there are paths, controls of the judge among them. */
const PER_PATH = "('generate', 'verify', 'control')"

/** What the later steps cost for each question of a tier: nothing where no call was made, unknown where no price is. */
function laterUsd(tier: string): string {
  const isLater = `role NOT IN ${PER_PATH} AND tier = '${tier}'`
  return `if(countIf(${isLater}) = 0, 0, sumIf(toFloat64(costs_by_tier.usd) / questions, ${isLater}))`
}

/** What the ninth path buys, and the eighth, and so on. */
export const fewerPaths: View = {
  name: 'fewer_paths',
  comment:
    "A row is a number of paths a question, up to as many as were drawn: how many questions would have been easy, medium and difficult, the limits of the tiers scaled down with it, and what they would have cost: paths and verdicts as many, later steps at each tier's own cost. Expectations over all ways to leave out samplers, from the verdicts there are; usd is NULL where no price is known.",
  select: `
SELECT
    edition,
    paths,
    easy_max_errors,
    medium_max_errors,
    easy,
    medium,
    difficult,
    ${estimatedDollars('usd_per_path * paths * (easy + medium + difficult) + easy * usd_easy + medium * usd_medium + difficult * usd_difficult')} AS usd
FROM ${tiersOfFewerPaths(
    'range(1, judged + 1)',
    'intDiv(easy_set * paths, most)',
    'intDiv(medium_set * paths, most)',
  )} AS expected
LEFT JOIN (
    SELECT
        edition,
        sumIf(toFloat64(costs_by_tier.usd), role IN ${PER_PATH}) / sumIf(costs_by_tier.calls, role = 'generate') AS usd_per_path,
        ${laterUsd('easy')} AS usd_easy,
        ${laterUsd('medium')} AS usd_medium,
        ${laterUsd('difficult')} AS usd_difficult
    FROM costs_by_tier
    LEFT JOIN (SELECT edition, tier, count() AS questions FROM triaged GROUP BY edition, tier) AS sorted USING (edition, tier)
    GROUP BY edition
) AS paid USING (edition)
ORDER BY edition, paths`,
}
