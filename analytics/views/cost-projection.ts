import { dollars } from './dollars.ts'
import type { View } from './view.ts'

/** What is still to be paid. */
export const costProjection: View = {
  name: 'cost_projection',
  comment:
    'A row is an edition: what its questions have cost so far, and what those that wait will cost if each costs in all what a finished one has cost on average. NULL while nothing is finished, or no price is known.',
  select: `
SELECT
    edition,
    countIf(is_finished) AS finished,
    countIf(NOT is_finished) AS waiting,
    sum(usd) AS usd_spent,
    sumIf(usd, is_finished) / nullIf(finished, 0) AS usd_per_finished_question,
    if(isNull(usd_per_finished_question), NULL, greatest(usd_per_finished_question * waiting - ifNull(sumIf(usd, NOT is_finished), toDecimal128(0, 9)), toDecimal128(0, 9))) AS usd_to_come,
    usd_spent + usd_to_come AS usd_in_all
FROM (
    SELECT edition, question_id, state IN ('done', 'unsolved', 'withdrawn') AS is_finished FROM question_progress
) AS progress
LEFT JOIN (
    SELECT edition, question_id, ${dollars('sum(cost_nano_usd)')} AS usd FROM completions GROUP BY edition, question_id
) AS paid USING (edition, question_id)
GROUP BY edition
ORDER BY edition`,
}
