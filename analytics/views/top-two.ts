import { editionKey } from './edition-key.ts'
import { seenRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** The paths chosen, the best of a question with rank 1. */
const chosenPaths = `(
    SELECT tier, ${editionKey('edition', 'path_keys[1]')} AS chosen_key, rank FROM kept WHERE route = 'ranked'
    UNION ALL
    SELECT tier, ${editionKey('edition', 'path_key')}, rank FROM ranked
    ARRAY JOIN chosen_path_keys AS path_key, arrayEnumerate(chosen_path_keys) AS rank
)`

/** All verdicts, with who wrote the path. */
const written = seenRows(
  'verdicts',
  'verdicts',
  (edition) =>
    `SELECT ${edition} AS edition, ${editionKey(edition, 'path_key')} AS chosen_key, model, temperature`,
  () => "WHERE kind = 'verdict'",
)

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
FROM (${written}
) AS written
INNER JOIN ${chosenPaths} AS ranking USING (chosen_key)
GROUP BY edition, tier, model, temperature
ORDER BY edition, tier, model, temperature`,
}
