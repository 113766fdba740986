import { callSums } from './call-sums.ts'
import { dollars } from './dollars.ts'
import { editionKey, UNSORTED_SETS } from './edition-key.ts'
import { endedQuestions } from './ended-questions.ts'
import type { View } from './view.ts'

const OWN_KEY = editionKey('edition', 'question_key')

/** The questions of which this is so. */
function keysOf(condition: string): string {
  return `(SELECT ${OWN_KEY} FROM ${endedQuestions} WHERE ${condition})`
}

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
    usd_spent,
    usd_of_finished / nullIf(finished, 0) AS usd_per_finished_question,
    if(isNull(usd_per_finished_question), NULL, greatest(usd_per_finished_question * waiting - ifNull(usd_of_waiting, toDecimal128(0, 9)), toDecimal128(0, 9))) AS usd_to_come,
    usd_spent + usd_to_come AS usd_in_all
FROM (
    SELECT edition, countIf(has_ended) AS finished, countIf(NOT has_ended) AS waiting
    FROM ${endedQuestions}
    GROUP BY edition
) AS counted
LEFT JOIN (
    SELECT
        edition,
        sum(usd) AS usd_spent,
        sumIf(usd, is_finished) AS usd_of_finished,
        sumIf(usd, NOT is_finished) AS usd_of_waiting
    FROM (
        SELECT edition, is_finished, ${dollars('nano_usd')} AS usd
        FROM ${callSums(['edition', `${OWN_KEY} IN ${keysOf('has_ended')} AS is_finished`], `${OWN_KEY} IN ${keysOf('1')}`)}
    )
    GROUP BY edition
) AS paid USING (edition)
ORDER BY edition
${UNSORTED_SETS}`,
}
