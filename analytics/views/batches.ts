import { dollars } from './dollars.ts'
import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** What became of each load, and what it has cost. */
export const batches: View = {
  name: 'batches',
  comment:
    'A row is a batch: how far its questions have come and what they cost. A question that came in two batches counts in both, with its calls; usd is NULL where no call has a known price.',
  select: `
SELECT
    edition,
    batch,
    count() AS questions,
    countIf(tier = 'easy') AS easy,
    countIf(tier = 'medium') AS medium,
    countIf(tier = 'difficult') AS difficult,
    countIf(state = 'done') AS done,
    countIf(state = 'unsolved') AS unsolved,
    countIf(startsWith(state, 'waits')) AS waiting,
    sum(records) AS records,
    sum(dead_letters) AS dead_letters,
    sum(calls) AS calls,
    sum(usd) AS usd,
    sum(calls_of_unknown_cost) AS calls_of_unknown_cost
FROM (
    SELECT DISTINCT shared.edition AS edition, intake.batch AS batch, intake.question_id AS question_id
    FROM ${sharedRows('intake', 'intake')}
) AS brought
INNER JOIN question_progress USING (edition, question_id)
LEFT JOIN (
    SELECT
        edition,
        question_id,
        count() AS calls,
        ${dollars('sum(cost_nano_usd)')} AS usd,
        countIf(cost_nano_usd IS NULL) AS calls_of_unknown_cost
    FROM completions
    GROUP BY edition, question_id
) AS paid USING (edition, question_id)
GROUP BY edition, batch
ORDER BY edition, batch`,
}
