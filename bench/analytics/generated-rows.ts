/**
 * A dataset made up within ClickHouse, by a seed: the rows a pipeline of nine samplers leaves behind, a few seconds for
 * millions of them. Ids, numbers and their links are as in life, texts are empty: no view reads any.
 */
import { literal } from '../../analytics/sql/tokens.ts'

/** How much of it. */
export interface Generated {
  readonly questions: number
  /** Another one makes other rows. */
  readonly seed: number
}

/** Three models at three temperatures each. */
const SAMPLERS = 9
const EDITION = 'main'
const STARTED = "toDateTime64('2026-01-01 00:00:00', 3, 'UTC')"
const TRIAGE = JSON.stringify({ triage: { easyMaxErrors: 4, mediumMaxErrors: 7 } })

/** Of a hundred questions: how many have paths that wait for verdicts, and verdicts that wait for triage. */
const WITHOUT_VERDICTS = 2
const WITHOUT_TRIAGE = 4

/** The statements, to be given in this order: later ones read the tables of earlier ones. */
export function generatedInserts({ questions, seed }: Generated): string[] {
  const random = (what: string, ...of: string[]) => `sipHash64(${[seed, `'${what}'`, ...of].join(', ')})`
  const id = (what: string, ...of: string[]) =>
    `lower(hex(sipHash128(${[seed, `'${what}'`, ...of].join(', ')})))`
  const place = (topic: string, offset: string) =>
    `'${EDITION}', '${topic}', toUInt16(${random('partition', 'q')} % 8), toUInt64(${offset}), ${STARTED} + intDiv(q, 10)`
  const question = `concat('generated:', ${id('question', 'q')}), 1, ['medqa', 'medmcqa', 'mmlu', 'pubmedqa'][1 + q % 4]`
  const everyQuestion = `(SELECT number AS q FROM numbers(${questions}))`
  const everyPath = `(SELECT number AS i, intDiv(number, ${SAMPLERS}) AS q, number % ${SAMPLERS} AS s FROM numbers(${questions * SAMPLERS}))`
  const sampling = `concat('sampler-', toString(s)), concat('model-', ['a', 'b', 'c'][1 + intDiv(s, 3)]), [0.7, 0.9, 1.0][1 + s % 3], 1, 'stop', 200 + q % 300, 500 + i % 700`
  const difficulty = `(${random('difficulty', 'q')} % 1000) / 1000`
  const isRight = `(${random('right', 'q', 's')} % 1000) / 1000 > pow(${difficulty}, 2) * 0.9`
  const judgeIsRight = `${random('judge', 'q', 's')} % 20 > 0`
  const path = id('path', 'q', 's')
  const verdict = id('verdict', 'q', 's')
  const columns = 'edition, _topic, _partition, _offset, _time'
  const ofQuestion = 'question_id, revision, source'
  const samplingColumns =
    'sampler_id, model, temperature, ordinal, finish_reason, prompt_tokens, completion_tokens'
  const own = 'any(edition), any(_partition), min(_offset), max(_time)'
  return [
    `INSERT INTO editions (${columns}, config)
SELECT '${EDITION}', 'editions', 0, 0, ${STARTED}, ${literal(TRIAGE)}`,
    `INSERT INTO questions (${columns}, ${ofQuestion}, kind, options.label, options.text, labels)
SELECT ${place('questions', 'q')}, ${question}, 'question', arraySlice(['A', 'B', 'C', 'D', 'E'], 1, 4 + q % 2) AS options, options,
    [['cardiology', 'surgery', 'genetics', 'anatomy', 'pharmacology'][1 + q % 5]]
FROM ${everyQuestion}`,
    `INSERT INTO raw_paths (${columns}, ${ofQuestion}, kind, path_id, ${samplingColumns}, request_hash)
SELECT ${place('raw-paths', 'i')}, ${question}, 'path', ${path}, ${sampling}, ${id('generate', 'q', 's')}
FROM ${everyPath}`,
    `INSERT INTO verdicts (${columns}, ${ofQuestion}, kind, verdict_id, path_id, ${samplingColumns}, judgement, decided_by, is_readable, code_check, judge_verdict, verifier, request_hash)
SELECT ${place('verdicts', 'i')}, ${question}, 'verdict', ${verdict}, ${path}, ${sampling},
    if(${isRight}, 'Correct', 'Error'), 'judge', 1, if(${isRight}, 'match', 'mismatch'),
    if((${isRight}) = (${judgeIsRight}), 'Correct', 'Error'), 'judge', ${id('verify', 'q', 's')}
FROM ${everyPath}
WHERE q % 100 >= ${WITHOUT_VERDICTS}`,
    `INSERT INTO triaged (${columns}, ${ofQuestion}, triaged_id, tier, errors, expected)
SELECT edition, concat('triaged-', tier), partition, offset, time, question_id, 1, source, concat('t', question_id), tier, errors, ${SAMPLERS}
FROM (
    SELECT any(edition) AS edition, any(_partition) AS partition, min(_offset) AS offset, max(_time) AS time, question_id, any(source) AS source,
        toUInt32(countIf(judgement = 'Error')) AS errors, multiIf(errors <= 4, 'easy', errors <= 7, 'medium', 'difficult') AS tier
    FROM verdicts
    GROUP BY question_id
)
WHERE sipHash64(${seed}, 'triage', question_id) % 100 >= ${WITHOUT_TRIAGE}`,
    `INSERT INTO kept (${columns}, ${ofQuestion}, kept_id, tier, route, errors, rank, writer, path_ids, verdict_ids, request_hashes, attempts.attempt_id, attempts.request_hashes)
SELECT edition, 'kept', partition, 2 * offset + place, time, question_id, 1, source, concat('k', question_id, toString(place)), tier,
    transform(tier, ['easy', 'medium'], ['ranked', 'refined'], 'regenerated') AS route, errors, place, 'writer',
    if(route = 'regenerated', [], [right[place].1]), if(route = 'regenerated', [], [right[place].2]),
    if(route = 'ranked', [concat('rank', question_id)], [concat('edit', question_id, toString(place))]) AS calls,
    if(route = 'ranked', [], ['attempt']), if(route = 'ranked', [], [calls])
FROM (
    SELECT ${own.replaceAll(/\((_?)(\w+)\)/g, '(triaged.$1$2) AS $2')}, question_id, any(triaged.source) AS source, any(triaged.tier) AS tier, any(triaged.errors) AS errors,
        arraySort(groupArrayIf((path_id, verdict_id), judgement = 'Correct')) AS right
    FROM triaged INNER JOIN verdicts USING (question_id)
    GROUP BY question_id
)
ARRAY JOIN if(tier = 'difficult', [1], [1, 2]) AS place
WHERE tier != 'difficult' OR sipHash64(${seed}, 'solved', question_id) % 10 > 0`,
    `INSERT INTO unsolved (${columns}, ${ofQuestion}, unsolved_id, tier, errors, attempts.attempt_id, attempts.request_hashes)
SELECT edition, 'unsolved', _partition, _offset, _time, question_id, 1, source, concat('u', question_id), tier, errors, ['attempt'], [[concat('edit', question_id, '1')]]
FROM triaged
WHERE tier = 'difficult' AND sipHash64(${seed}, 'solved', question_id) % 10 = 0`,
    `INSERT INTO ranked (${columns}, ${ofQuestion}, ranking_id, tier, errors, chosen_path_ids, request_hash)
SELECT any(edition), 'ranked', any(_partition), min(_offset), any(_time), question_id, 1, any(source), concat('r', question_id), 'medium', any(errors),
    arrayMap(one -> one.2, arraySort(groupArray((rank, path_ids[1])))), concat('rank', question_id)
FROM kept
WHERE tier = 'medium'
GROUP BY question_id`,
    `INSERT INTO records (${columns}, ${ofQuestion}, kind, record_id, tier, route, errors, rank, kept_id, writer, path_ids, verdict_ids, request_hashes)
SELECT edition, 'records', _partition, _offset, _time, question_id, 1, source, 'record', concat('rec', kept_id), tier, route, errors, rank, kept_id, writer, path_ids, verdict_ids,
    arrayPushBack(request_hashes, concat('summarize', kept_id))
FROM kept
WHERE sipHash64(${seed}, 'summarized', question_id) % 100 > 0`,
    ...completions(seed, columns),
  ]
}

/** A call for each row of what was made by calls; of some of them one that failed before, or an equal one later. */
function completions(seed: number, columns: string): string[] {
  const made = [
    ['raw_paths', "concat('generate.', sampler_id)", 'model', 'request_hash', '1'],
    ['verdicts', "'verify'", "'judge'", 'assumeNotNull(request_hash)', '1'],
    ['triaged', "'rank'", "'judge'", "concat('rank', question_id)", "tier != 'difficult'"],
    [
      'kept',
      "route = 'refined' ? 'refine' : 'regenerate'",
      "'strong'",
      'request_hashes[1]',
      "route != 'ranked'",
    ],
    ['unsolved', "'regenerate'", "'strong'", "concat('edit', question_id, '1')", '1'],
    ['records', "'summarize'", "'writer'", 'request_hashes[2]', '1'],
  ] as const
  return made.map(([table, step, model, hash, where], at) => {
    const kind = `sipHash64(${seed}, 'call', hash)`
    // 1 in 50 failed first, 1 in 100 could not be used at first, 1 in 200 was asked again although it was answered.
    const calls = `arrayConcat(
        [('answered', hash)],
        if(${kind} % 50 = 0, [('failed', hash)], []),
        if(${kind} % 100 = 1, [('answered', concat('first ', hash))], []),
        if(${kind} % 200 = 2, [('answered', hash)], [])
    )`
    return `INSERT INTO completions (${columns}, question_id, payment_id, journal, sequence, request_hash, step, model, endpoint, status, finish_reason, prompt_tokens, completion_tokens, cost_nano_usd, started_at, duration_ms, attempt)
SELECT edition, 'completions', _partition, 100000000 * ${at} + 4 * offset + try, _time, question_id, concat('${at}/', toString(_partition), '/', toString(offset), '/', toString(try)), 'journal', offset,
    call.2, ${step}, ${model}, 'lab', call.1, 'stop', if(call.1 = 'failed', NULL, 300 + offset % 300) AS prompt, if(call.1 = 'failed', NULL, 500 + offset % 700) AS completion,
    prompt * 400 + completion * 1200, _time + try, 1000 + offset % 20000, 1
FROM (SELECT *, _offset AS offset, ${hash} AS hash FROM ${table} WHERE ${where})
ARRAY JOIN ${calls} AS call, arrayEnumerate(${calls}) AS try`
  })
}
