import type { TopicName } from '../../schemas/topics.ts'
import { literals } from '../sql/tokens.ts'
import { numberOf } from '../tables/keys.ts'
import { roleOf } from '../tables/roles.ts'
import { dollars } from './dollars.ts'
import { editionKey, UNSORTED_SETS } from './edition-key.ts'
import { seenRows } from './shared-rows.ts'
import type { View } from './view.ts'

const OWN_CALL = editionKey('edition', 'call_key')

/** Equal calls are together in one of 65,536 parts, each of which fits into a cache: millions of groups do not. */
const CALL_BUCKET = 'toUInt16(bitShiftRight(call_key, 48))'

/** The keys of an array of them, within their row's edition. */
function ownKeys(keys: string): string {
  return `arrayJoin(arrayMap(key -> ${editionKey('edition', 'key')}, ${keys}))`
}

/** The key of an id, within its row's edition. */
function ownNumber(id: string): string {
  return editionKey('edition', numberOf(id))
}

/** The keys of an array of ids. */
function ownNumbers(ids: string): string {
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

/** What becomes of calls, but for repetitions. */
const FATES = ['failed', 'kept', 'rejected', 'unusable'] as const
/** The number of a call's, from 1. Words would be grouped by at half the speed. */
const FATE = `multiIf(status = 'failed', 1, ${OWN_CALL} IN behind_records, 2, ${OWN_CALL} IN used, 3, 4)`
/** An edition and a step as one number: by two hashes, or editions that are called like steps would be mixed up. */
const OWN_STEP = editionKey('made.edition', 'cityHash64(made.step)')
/** Some calls: many together, of no call in particular, or one that was answered more than once. */
const PART =
  'Tuple(call UInt64, place Tuple(DateTime64(3), UInt64, UInt16), calls UInt64, prompts Nullable(UInt64), completed Nullable(UInt64), nano_usd Nullable(Int64), unpriced UInt64)'

/** What was bought with the money, and what of it was for nothing. */
export const spending: View = {
  name: 'spending',
  comment:
    "A row is what became of a role's calls. kept: behind a record, as its path, verdict, ranking, mending or summary, or behind a score or a control of the judge; rejected: used, but behind no record, such as a wrong path; unusable: answered, and no step says that it used it, such as an answer in the wrong form that was asked for again, one whose step is not done yet, or one of a step of your own; repeated: answered although an equal request had been; failed: no answer came. usd is NULL where no call has a known price.",
  select: `
WITH behind_records AS (${callsBehindRecords('raw_paths', 'raw-paths', 'path_key', 'path_keys')}
    UNION ALL${callsBehindRecords('verdicts', 'verdicts', 'verdict_key', 'verdict_keys')}
    UNION ALL
    SELECT ${ownKeys('call_keys')} FROM records
    UNION ALL
    SELECT ${ownNumber('request_hash')} FROM ranked
    WHERE ${ownNumber('ranking_id')} IN (SELECT ${ownNumber('ranking_id')} FROM records)
    UNION ALL
    SELECT ${ownNumbers('request_hashes')} FROM scores
    UNION ALL
    SELECT ${ownNumber('request_hash')} FROM controls
),
used AS (${callsOf('raw_paths', 'raw-paths')}
    UNION ALL${callsOf('verdicts', 'verdicts')}
    UNION ALL
    SELECT ${ownNumber('request_hash')} FROM ranked
    UNION ALL
    SELECT ${ownNumbers('arrayFlatten(attempts.request_hashes)')} FROM escalated
    UNION ALL
    SELECT ${ownNumbers('arrayFlatten(attempts.request_hashes)')} FROM unsolved
    UNION ALL
    SELECT ${ownNumbers('arrayConcat(request_hashes, arrayFlatten(attempts.request_hashes))')} FROM kept
),
answered_again AS (
    SELECT arrayJoin(arrayFilter((call, nth) -> nth = 2, calls, arrayEnumerateUniq(calls)))
    FROM (
        SELECT groupArray(${OWN_CALL}) AS calls
        FROM completions
        WHERE status != 'failed'
        GROUP BY ${CALL_BUCKET}
    )
)
SELECT
    edition,
    ${roleOf('step')} AS role,
    if(nth > 1, 'repeated', ${literals(FATES)}[fate]) AS outcome,
    sum(part.calls) AS calls,
    sum(part.prompts) AS prompt_tokens,
    sum(part.completed) AS completion_tokens,
    ${dollars('sum(part.nano_usd)')} AS usd,
    sum(part.unpriced) AS calls_of_unknown_cost
FROM (
    SELECT
        edition,
        step,
        fate,
        part,
        if(part.call = 0, 1, row_number() OVER (PARTITION BY edition, part.call ORDER BY part.place)) AS nth
    FROM (
        SELECT
            any(made.edition) AS edition,
            any(made.step) AS step,
            fate,
            (0, (toDateTime64(0, 3), 0, 0), countIf(NOT again), sumIf(prompt_tokens, NOT again), sumIf(completion_tokens, NOT again), sumIf(cost_nano_usd, NOT again), countIf(NOT again AND cost_nano_usd IS NULL)) AS once,
            groupArrayIf((call, (started_at, _offset, _partition), 1, prompt_tokens, completion_tokens, cost_nano_usd, cost_nano_usd IS NULL), again) AS several,
            CAST(arrayPushFront(several, once), 'Array(${PART})') AS parts
        FROM (
            SELECT
                *,
                _offset,
                _partition,
                ${OWN_CALL} AS call,
                ${FATE} AS fate,
                status != 'failed' AND call IN answered_again AS again
            FROM completions
        ) AS made
        GROUP BY ${OWN_STEP}, fate
    )
    ARRAY JOIN parts AS part
)
GROUP BY edition, role, outcome
ORDER BY edition, role, outcome
${UNSORTED_SETS}`,
}
