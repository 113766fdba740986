import { numberOf } from '../tables/keys.ts'
import { editionKey, UNSORTED_SETS } from './edition-key.ts'
import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** The paths chosen, the best of a question with rank 1. */
const chosenPaths = `(
    SELECT tier, ${editionKey('edition', numberOf('path_ids[1]'))} AS chosen_key, rank FROM kept WHERE route = 'ranked'
    UNION ALL
    SELECT tier, ${editionKey('edition', numberOf('path_id'))}, rank FROM ranked
    ARRAY JOIN chosen_path_ids AS path_id, arrayEnumerate(chosen_path_ids) AS rank
)`

/** Whose paths the ranker keeps: Figure 5 of the ReasonMed paper. */
export const topTwo: View = {
  name: 'top_two',
  comment:
    'A row is a model at a temperature in a tier, easy or medium: how many of its paths were among the two chosen, and how many came first (ReasonMed, Figure 5). share is of all chosen in the tier.',
  select: `
SELECT
    edition,
    tier,
    model,
    temperature,
    count() AS chosen,
    countIf(rank = 1) AS came_first,
    chosen / sum(chosen) OVER (PARTITION BY edition, tier) AS share
FROM (
    SELECT shared.edition AS edition, ${editionKey('shared.edition', 'path_key')} AS chosen_key, model, temperature
    FROM ${sharedRows('verdicts', 'verdicts')}
    WHERE kind = 'verdict' AND chosen_key IN (SELECT chosen_key FROM ${chosenPaths})
) AS written
INNER JOIN ${chosenPaths} AS ranking USING (chosen_key)
GROUP BY edition, tier, model, temperature
ORDER BY edition, tier, model, temperature
${UNSORTED_SETS}`,
}
