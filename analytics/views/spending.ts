import type { TopicName } from '../../schemas/topics.ts'
import { dollars } from './dollars.ts'
import { roleOf } from './roles.ts'
import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** A call of an edition by a number that stands for it: sets of these take half the time and memory of hashes. */
function key(edition: string, hash: string): string {
  return `sipHash64(${edition}, assumeNotNull(${hash}))`
}

/** The calls of an array of hashes. */
function keys(hashes: string): string {
  return `arrayJoin(arrayMap(hash -> ${key('edition', 'hash')}, ${hashes}))`
}

/** The calls that a topic's rows were made with, and whether these rows are among those records are made of. */
function made(table: string, topic: TopicName, id: string, ids: string): string {
  return `
    SELECT ${key('shared.edition', 'request_hash')} AS call, toUInt8((shared.edition, ${id}) IN (SELECT edition, arrayJoin(${ids}) FROM records)) AS is_kept
    FROM ${sharedRows(table, topic)}
    WHERE request_hash IS NOT NULL`
}

/** What was bought with the money, and what of it was for nothing. */
export const spending: View = {
  name: 'spending',
  comment:
    "A row is what became of a role's calls. kept: behind a record, as its path, verdict, ranking, mending or summary, or behind a score; rejected: used, but behind no record, such as a wrong path; unusable: answered, and no step could use it, such as an answer in the wrong form that was asked for again, or one whose step is not done yet; repeated: answered although an equal request had been; failed: no answer came. usd is NULL where no call has a known price.",
  select: `
WITH used AS (${made('raw_paths', 'raw-paths', 'path_id', 'path_ids')}
    UNION ALL${made('verdicts', 'verdicts', 'verdict_id', 'verdict_ids')}
    UNION ALL
    SELECT ${key('edition', 'request_hash')}, 0 FROM ranked WHERE request_hash IS NOT NULL
    UNION ALL
    SELECT ${keys('arrayFlatten(attempts.request_hashes)')}, 0 FROM escalated
    UNION ALL
    SELECT ${keys('arrayFlatten(attempts.request_hashes)')}, 0 FROM unsolved
    UNION ALL
    SELECT ${keys('arrayConcat(request_hashes, arrayFlatten(attempts.request_hashes))')}, 0 FROM kept
    UNION ALL
    SELECT ${keys('request_hashes')}, 1 FROM records
    UNION ALL
    SELECT ${keys('request_hashes')}, 1 FROM scores
),
answered_again AS (
    SELECT ${key('edition', 'request_hash')} AS call
    FROM completions
    WHERE status != 'failed'
    GROUP BY call
    HAVING count() > 1
),
repetitions AS (
    SELECT payment_id
    FROM completions
    WHERE status != 'failed' AND ${key('edition', 'request_hash')} IN answered_again
    QUALIFY row_number() OVER (PARTITION BY edition, request_hash ORDER BY started_at, payment_id) > 1
)
SELECT
    edition,
    ${roleOf('step')} AS role,
    multiIf(
        status = 'failed', 'failed',
        is_repetition, 'repeated',
        use = 2, 'kept',
        use = 1, 'rejected',
        'unusable'
    ) AS outcome,
    count() AS calls,
    sum(prompt_tokens) AS prompt_tokens,
    sum(completion_tokens) AS completion_tokens,
    ${dollars('sum(cost_nano_usd)')} AS usd,
    countIf(cost_nano_usd IS NULL) AS calls_of_unknown_cost
FROM (
    SELECT
        edition,
        step,
        status,
        prompt_tokens,
        completion_tokens,
        cost_nano_usd,
        ${key('edition', 'request_hash')} AS call,
        if(call IN answered_again, payment_id IN repetitions, false) AS is_repetition
    FROM completions
) AS paid
LEFT JOIN (SELECT call, 1 + max(is_kept) AS use FROM used GROUP BY call) AS uses USING (call)
GROUP BY edition, role, outcome
ORDER BY edition, role, outcome`,
}
