import { callSums } from './call-sums.ts'
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
    sum(summed.calls) AS calls,
    sumIf(summed.calls, status = 'failed') AS failed,
    sum(prompts) AS prompt_tokens,
    sum(completed) AS completion_tokens,
    ${dollars('sum(nano_usd)')} AS usd,
    sum(unpriced) AS calls_of_unknown_cost
FROM ${callSums(['edition', 'step', 'model', 'status'])} AS summed
GROUP BY edition, role, model
ORDER BY edition, role, model`,
}
