import type { TopicName } from '../../schemas/topics.ts'
import { numberOf } from '../tables/keys.ts'
import { roleOf } from '../tables/roles.ts'
import { dollars } from './dollars.ts'
import { editionKey, UNSORTED_SETS } from './edition-key.ts'
import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

const OWN_CALL = editionKey('edition', 'call_key')
/** Tells a call's row from all others: its place in the topic, of at most 65,536 partitions. */
const OWN_PLACE = editionKey('edition', '(65536 * _offset + _partition)')

/** The ids of an array of them, as numbers within their row's edition. */
function numbersOf(ids: string): string {
  return `arrayJoin(arrayMap(id -> ${editionKey('edition', numberOf('id'))}, ${ids}))`
}

/** The calls that a topic's rows were made with, of all editions that have made calls. */
function callsOf(table: string, topic: TopicName): string {
  return `
    SELECT ${editionKey('shared.edition', 'call_key')} AS call
    FROM ${sharedRows(table, topic)}
    WHERE shared.edition IN (SELECT edition FROM completions GROUP BY edition)`
}

/** The same of those rows alone that records are made of. */
function callsBehindRecords(table: string, topic: TopicName, key: string, ids: string): string {
  return `${callsOf(table, topic)} AND ${editionKey('shared.edition', key)} IN (SELECT ${numbersOf(ids)} FROM records)`
}

/** What was bought with the money, and what of it was for nothing. */
export const spending: View = {
  name: 'spending',
  comment:
    "A row is what became of a role's calls. kept: behind a record, as its path, verdict, ranking, mending or summary, or behind a score or a control of the judge; rejected: used, but behind no record, such as a wrong path; unusable: answered, and no step could use it, such as an answer in the wrong form that was asked for again, or one whose step is not done yet; repeated: answered although an equal request had been; failed: no answer came. usd is NULL where no call has a known price.",
  select: `
WITH behind_records AS (${callsBehindRecords('raw_paths', 'raw-paths', 'path_key', 'path_ids')}
    UNION ALL${callsBehindRecords('verdicts', 'verdicts', 'verdict_key', 'verdict_ids')}
    UNION ALL
    SELECT ${numbersOf('request_hashes')} FROM records
    UNION ALL
    SELECT ${numbersOf('request_hashes')} FROM scores
    UNION ALL
    SELECT ${editionKey('edition', numberOf('request_hash'))} FROM controls
),
used AS (${callsOf('raw_paths', 'raw-paths')}
    UNION ALL${callsOf('verdicts', 'verdicts')}
    UNION ALL
    SELECT ${editionKey('edition', numberOf('request_hash'))} FROM ranked
    UNION ALL
    SELECT ${numbersOf('arrayFlatten(attempts.request_hashes)')} FROM escalated
    UNION ALL
    SELECT ${numbersOf('arrayFlatten(attempts.request_hashes)')} FROM unsolved
    UNION ALL
    SELECT ${numbersOf('arrayConcat(request_hashes, arrayFlatten(attempts.request_hashes))')} FROM kept
),
answered_again AS (
    SELECT ${OWN_CALL} AS call
    FROM completions
    WHERE status != 'failed'
    GROUP BY call
    HAVING count() > 1
),
repetitions AS (
    SELECT ${OWN_PLACE}
    FROM completions
    WHERE status != 'failed' AND ${OWN_CALL} IN answered_again
    QUALIFY row_number() OVER (PARTITION BY ${OWN_CALL} ORDER BY started_at, _offset, _partition) > 1
)
SELECT
    edition,
    ${roleOf('step')} AS role,
    multiIf(
        status = 'failed', 'failed',
        ${OWN_PLACE} IN repetitions, 'repeated',
        ${OWN_CALL} IN behind_records, 'kept',
        ${OWN_CALL} IN used, 'rejected',
        'unusable'
    ) AS outcome,
    count() AS calls,
    sum(completions.prompt_tokens) AS prompt_tokens,
    sum(completions.completion_tokens) AS completion_tokens,
    ${dollars('sum(cost_nano_usd)')} AS usd,
    countIf(cost_nano_usd IS NULL) AS calls_of_unknown_cost
FROM completions
GROUP BY edition, role, outcome
ORDER BY edition, role, outcome
${UNSORTED_SETS}`,
}
