import { dollars, estimatedDollars } from './dollars.ts'
import type { View } from './view.ts'

/** What it would have cost to leave every question to the strong model: the comparison of the ReasonMed paper's Table 8. */
export const strongModelEstimate: View = {
  name: 'strong_model_estimate',
  comment:
    'A row is an edition: what it has cost, and what one answer of the model that regenerates to every triaged question would have cost, at the mean price and length of the answers it did give. An estimate: those were given to difficult questions, which take more tokens than others. NULL while it has answered none, or its price is unknown (ReasonMed, Table 8).',
  select: `
SELECT
    edition,
    questions,
    model AS strong_model,
    answers AS answers_seen,
    mean_prompt_tokens,
    mean_completion_tokens,
    ${estimatedDollars('mean_usd * questions')} AS usd_by_strong_model_alone,
    usd AS usd_spent,
    mean_usd * questions / toFloat64(usd_spent) AS times_cheaper
FROM (SELECT edition, count() AS questions FROM triaged GROUP BY edition) AS sorted
LEFT JOIN (
    SELECT edition, ${dollars('sum(cost_nano_usd)')} AS usd FROM completions GROUP BY edition
) AS paid USING (edition)
LEFT JOIN (
    SELECT
        edition,
        anyHeavy(completions.model) AS model,
        count() AS answers,
        avg(prompt_tokens) AS mean_prompt_tokens,
        avg(completion_tokens) AS mean_completion_tokens,
        avg(cost_nano_usd) / 1e9 AS mean_usd
    FROM completions
    WHERE step = 'regenerate' AND status = 'answered'
    GROUP BY edition
) AS strong USING (edition)
ORDER BY edition`,
}
