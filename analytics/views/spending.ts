import type { TopicName } from '../../schemas/topics.ts'
import { numberOf } from '../tables/keys.ts'
import { roleOf } from '../tables/roles.ts'
import { callSums } from './call-sums.ts'
import { dollars } from './dollars.ts'
import { editionKey, UNSORTED_SETS } from './edition-key.ts'
import { seenRows } from './shared-rows.ts'
import type { View } from './view.ts'

const OWN_CALL = editionKey('edition', 'call_key')
/** Tells a call's row from all others: its place in the topic, of at most 65,536 partitions. */
const OWN_PLACE = editionKey('edition', '(65536 * _offset + _partition)')

/** The keys of an array of them, within their row's edition. */
function ownKeys(keys: string): string {
  return `arrayJoin(arrayMap(key -> ${editionKey('edition', 'key')}, ${keys}))`
}

/** The same of an array of ids. */
function numbersOf(ids: string): string {
  return ownKeys(`arrayMap(id -> ${numberOf('id')}, ${ids})`)
}

/** The calls that a topic's rows were made with, for each edition that sees them. @param where of which rows, if not all */
function callsOf(table: string, topic: TopicName, where?: (edition: string) => string): string {
  return seenRows(
    table,
    topic,
    (edition) => `SELECT ${editionKey(edition, 'call_key')} AS call`,
    (edition) => (where === undefined ? '' : `WHERE ${where(edition)}`),
  )
}

/** The same of those rows alone that records are made of. */
function callsBehindRecords(table: string, topic: TopicName, key: string, keys: string): string {
  return callsOf(
    table,
    topic,
    (edition) => `${editionKey(edition, key)} IN (SELECT ${ownKeys(keys)} FROM records)`,
  )
}

/** What became of a call. */
const OUTCOME = `multiIf(
        status = 'failed', 'failed',
        ${OWN_PLACE} IN repetitions, 'repeated',
        ${OWN_CALL} IN behind_records, 'kept',
        ${OWN_CALL} IN used, 'rejected',
        'unusable'
    )`

/** What was bought with the money, and what of it was for nothing. */
export const spending: View = {
  name: 'spending',
  comment:
    "A row is what became of a role's calls. kept: behind a record, as its path, verdict, ranking, mending or summary, or behind a score or a control of the judge; rejected: used, but behind no record, such as a wrong path; unusable: answered, and no step could use it, such as an answer in the wrong form that was asked for again, or one whose step is not done yet; repeated: answered although an equal request had been; failed: no answer came. usd is NULL where no call has a known price.",
  select: `
WITH behind_records AS (${callsBehindRecords('raw_paths', 'raw-paths', 'path_key', 'path_keys')}
    UNION ALL${callsBehindRecords('verdicts', 'verdicts', 'verdict_key', 'verdict_keys')}
    UNION ALL
    SELECT ${ownKeys('call_keys')} FROM records
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
    SELECT arrayJoin(arrayMap(call -> call.4, arrayPopFront(arraySort(groupArray((started_at, _offset, _partition, ${OWN_PLACE}))))))
    FROM completions
    WHERE status != 'failed' AND ${OWN_CALL} IN answered_again
    GROUP BY ${OWN_CALL}
)
SELECT
    edition,
    ${roleOf('step')} AS role,
    outcome,
    sum(sums.calls) AS calls,
    sum(prompts) AS prompt_tokens,
    sum(completed) AS completion_tokens,
    ${dollars('sum(nano_usd)')} AS usd,
    sum(unpriced) AS calls_of_unknown_cost
FROM ${callSums(['edition', 'step', `${OUTCOME} AS outcome`])} AS sums
GROUP BY edition, role, outcome
ORDER BY edition, role, outcome
${UNSORTED_SETS}`,
}
