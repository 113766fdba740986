import { callSums } from './call-sums.ts'
import { dollars } from './dollars.ts'
import { editionKey, UNSORTED_SETS } from './edition-key.ts'
import { HAS_ENDED, newestQuestions } from './ended-questions.ts'
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
    finished,
    waiting,
    ${dollars('nano_usd')} AS usd_spent,
    ${dollars('nano_usd_finished')} / nullIf(finished, 0) AS usd_per_finished_question,
    if(isNull(usd_per_finished_question), NULL, greatest(usd_per_finished_question * waiting - ifNull(${dollars('nano_usd_waiting')}, toDecimal128(0, 9)), toDecimal128(0, 9))) AS usd_to_come,
    usd_spent + usd_to_come AS usd_in_all
FROM (
    SELECT
        edition,
        countIf(has_ended) AS finished,
        countIf(NOT has_ended) AS waiting,
        sum(paid.nano_usd) AS nano_usd,
        sumIf(paid.nano_usd, has_ended) AS nano_usd_finished,
        sumIf(paid.nano_usd, NOT has_ended) AS nano_usd_waiting
    FROM (
        SELECT edition, ${OWN_KEY} AS own_key, ${HAS_ENDED} AS has_ended FROM ${newestQuestions}
    ) AS progress
    LEFT JOIN ${callSums([`${OWN_KEY} AS own_key`])} AS paid USING (own_key)
    GROUP BY edition
)
ORDER BY edition
${UNSORTED_SETS}`,
}
