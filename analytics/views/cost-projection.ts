import { callSums } from './call-sums.ts'
import { dollars } from './dollars.ts'
import { editionKey } from './edition-key.ts'
import { endedQuestions } from './ended-questions.ts'
import type { View } from './view.ts'

const OWN_KEY = editionKey('edition', 'question_key')

/** What is still to be paid. */
export const costProjection: View = {
  name: 'cost_projection',
  comment:
    'A row is an edition: what its questions have cost so far, and what those that wait will cost if each costs in all what a finished one has cost on average. NULL while nothing is finished, or no price is known.',
  select: `
SELECT
    edition,
    countIf(has_ended) AS finished,
    countIf(NOT has_ended) AS waiting,
    sum(usd) AS usd_spent,
    sumIf(usd, has_ended) / nullIf(finished, 0) AS usd_per_finished_question,
    if(isNull(usd_per_finished_question), NULL, greatest(usd_per_finished_question * waiting - ifNull(sumIf(usd, NOT has_ended), toDecimal128(0, 9)), toDecimal128(0, 9))) AS usd_to_come,
    usd_spent + usd_to_come AS usd_in_all
FROM (
    SELECT edition, ${OWN_KEY} AS own_key, has_ended FROM ${endedQuestions}
) AS progress
LEFT JOIN (
    SELECT ${OWN_KEY} AS own_key, ${dollars('nano_usd')} AS usd FROM ${callSums(['edition', 'question_key'])}
) AS paid USING (own_key)
GROUP BY edition
ORDER BY edition`,
}
