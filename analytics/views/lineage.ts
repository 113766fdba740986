import type { TopicName } from '../../schemas/topics.ts'
import { dollars } from './dollars.ts'
import type { View } from './view.ts'

/** A step of the way to a record, as its rows are selected. */
interface Step {
  readonly place: number
  readonly kind: string
  /** Expressions over the table's columns: what the step's thing is, who made it, what came of it and why. */
  readonly id: string
  readonly model: string
  readonly temperature?: string
  readonly outcome: string
  readonly reason?: string
  /** Whether the record is made of it. */
  readonly isBehind: string
  /** An array: the calls it was made with. */
  readonly requests: string
  readonly from: string
  /** The topic, where an edition may share it with the one it is built on. */
  readonly shared?: TopicName
  readonly where?: string
}

/** What the asked record says of itself; of one that is not there nothing, which no row has. */
const THE_RECORD = `(
        SELECT any(tuple(edition, question_id, revision, path_ids, verdict_ids, ifNull(ranking_id, ''), ifNull(attempt_id, ''), kept_id))
        FROM records
        WHERE record_id = {record:String} AND kind = 'record'
    ) AS the_record,
    the_record.1 AS its_edition,
    the_record.2 AS its_question,
    the_record.3 AS its_revision`

const EDIT = {
  place: 4,
  id: 'attempts.attempt_id',
  model: 'attempts.model',
  outcome: "if(attempts.passed, 'passed', 'failed')",
  reason: 'attempts.reason',
  isBehind: 'attempts.attempt_id = the_record.7',
  requests: 'attempts.request_hashes',
}
const ATTEMPTS = `ARRAY JOIN attempts.attempt_id, attempts.model, attempts.passed, attempts.reason, attempts.request_hashes`

const STEPS: readonly Step[] = [
  {
    ...{ place: 1, kind: 'path', id: 'path_id', model: 'model', temperature: 'temperature', outcome: 'kind' },
    reason: "ifNull(missing_reason, '')",
    isBehind: 'has(the_record.4, path_id)',
    requests: '[request_hash]',
    from: 'raw_paths',
    shared: 'raw-paths',
  },
  {
    ...{ place: 2, kind: 'verdict', id: 'verdict_id', model: 'verifier', temperature: 'temperature' },
    outcome: "if(kind = 'verdict', toString(judgement), toString(kind))",
    reason: 'reason',
    isBehind: 'has(the_record.5, verdict_id)',
    requests: "[ifNull(request_hash, '')]",
    from: 'verdicts',
    shared: 'verdicts',
  },
  {
    ...{ place: 3, kind: 'ranking', id: 'ranking_id', model: 'ranker', from: 'ranked' },
    outcome: "concat(toString(length(chosen_path_ids)), ' chosen')",
    isBehind: 'ranking_id = the_record.6',
    requests: "[ifNull(request_hash, '')]",
  },
  {
    // The tier whose ranking is kept as it is has no record of the ranking alone.
    ...{ place: 3, kind: 'ranking', id: "ifNull(ranking_id, '')", model: "''", from: 'kept' },
    outcome: "concat(toString(count() OVER (PARTITION BY ranking_id)), ' chosen')",
    isBehind: "ifNull(ranking_id, '') = the_record.6",
    requests: 'request_hashes',
    where: "route = 'ranked' AND ranking_id IS NOT NULL",
  },
  { ...EDIT, kind: "if(route = 'refined', 'edit', 'rewrite')", from: `kept ${ATTEMPTS}` },
  { ...EDIT, kind: 'edit', from: `escalated ${ATTEMPTS}` },
  {
    ...{ place: 5, kind: 'record', id: 'record_id', model: 'summarizer', outcome: 'route', from: 'records' },
    isBehind: 'record_id = {record:String}',
    requests: '[request_hashes[-1]]',
    where: "kind = 'record'",
  },
  {
    ...{
      place: 6,
      kind: 'score',
      id: 'score_id',
      model: 'scorer',
      outcome: 'toString(score)',
      from: 'scores',
    },
    isBehind: 'record_id = {record:String}',
    requests: 'request_hashes',
  },
]

function selectOf(step: Step): string {
  const { place, kind, id, model, temperature = 'NULL', outcome, reason = "''", isBehind, requests } = step
  const edition =
    step.shared === undefined
      ? 'edition = its_edition'
      : `edition IN (SELECT owner FROM edition_topics WHERE edition = its_edition AND topic = '${step.shared}')`
  const shown = /^\w+$/.test(kind) ? `'${kind}'` : kind
  const more = step.where === undefined ? '' : ` AND ${step.where}`
  return `
    SELECT ${place} AS place, ${shown} AS step, toString(${id}) AS id, toString(${model}) AS model,
        CAST(${temperature} AS Nullable(Float64)) AS temperature, toString(${outcome}) AS outcome,
        toString(${reason}) AS reason, CAST(${isBehind} AS Bool) AS is_behind, arrayMap(hash -> toString(hash), ${requests}) AS requests
    FROM ${step.from}
    WHERE question_id = its_question AND revision = its_revision AND ${edition}${more}
    LIMIT 1 BY id`
}

/** What a record comes from. */
export const lineage: View = {
  name: 'lineage',
  comment:
    "To be asked with a parameter, as in SELECT * FROM lineage(record = '…'): a row is a step on the way to a training record, in their order: the question's paths, their verdicts, the ranking, mended and rewritten paths, its records, their scores; then the calls for the question that nothing here was made of, such as failed ones. is_behind: the record is made of it. Each call counts once, where it was used first: the sum is all that the question has cost. usd is NULL where no call of the step has a known price.",
  select: `
WITH
    ${THE_RECORD},
    steps AS (${STEPS.map(selectOf).join('\n    UNION ALL')}
    ),
    made AS (
        SELECT request, any(id) AS id
        FROM (SELECT place, id, arrayJoin(requests) AS request FROM steps ORDER BY place, id LIMIT 1 BY request)
        GROUP BY request
    ),
    paid AS (
        SELECT edition, payment_id, request_hash, model, status, error, prompt_tokens, completion_tokens, cost_nano_usd
        FROM completions
        WHERE question_id = its_question
            AND edition IN (SELECT owner FROM edition_topics WHERE edition = its_edition)
    ),
    spent AS (
        SELECT
            made.id AS id,
            count() AS calls,
            sum(prompt_tokens) AS prompt_tokens,
            sum(completion_tokens) AS completion_tokens,
            sum(cost_nano_usd) AS nano_usd,
            countIf(cost_nano_usd IS NULL) AS calls_of_unknown_cost
        FROM paid
        INNER JOIN made ON made.request = paid.request_hash
        GROUP BY id
    )
SELECT
    its_edition AS edition,
    {record:String} AS record_id,
    its_question AS question_id,
    its_revision AS revision,
    step,
    id,
    model,
    temperature,
    outcome,
    reason,
    is_behind,
    calls,
    prompt_tokens,
    completion_tokens,
    ${dollars('nano_usd')} AS usd,
    calls_of_unknown_cost
FROM (
    SELECT steps.*, calls, prompt_tokens, completion_tokens, nano_usd, calls_of_unknown_cost
    FROM steps
    LEFT JOIN spent ON spent.id = steps.id
    UNION ALL
    SELECT
        7 AS place, 'call' AS step, payment_id AS id, toString(model) AS model, NULL AS temperature,
        toString(status) AS outcome, ifNull(error, '') AS reason, false AS is_behind, [request_hash] AS requests,
        1 AS calls, prompt_tokens, completion_tokens, cost_nano_usd AS nano_usd,
        toUInt64(cost_nano_usd IS NULL) AS calls_of_unknown_cost
    FROM paid
    WHERE edition = its_edition AND request_hash NOT IN (SELECT request FROM made)
)
ORDER BY place, model, temperature, id`,
}
