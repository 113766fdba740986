import { dollars } from './dollars.ts'
import type { View } from './view.ts'

/** What the roles cost. An unknown price is never taken for nothing: such calls are counted apart. */
export const costs: View = {
  name: 'costs',
  comment:
    'A row is a role and a model: calls, tokens and US dollars. usd is NULL where no call has a known price; calls_of_unknown_cost are not in it.',
  select: `
SELECT
    edition,
    step AS role,
    model,
    count() AS calls,
    countIf(status = 'failed') AS failed,
    sum(prompt_tokens) AS prompt_tokens,
    sum(completion_tokens) AS completion_tokens,
    ${dollars('sum(cost_nano_usd)')} AS usd,
    countIf(cost_nano_usd IS NULL) AS calls_of_unknown_cost
FROM completions
GROUP BY edition, role, model
ORDER BY edition, role, model`,
}
