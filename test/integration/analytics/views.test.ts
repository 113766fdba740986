/** What the views say, of rows few enough to count by hand, on the real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { migrate } from '../../../analytics/migrations.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const LAYOUT = { database: 'ninefold_views', cluster: null }
const CLICKHOUSE = { kind: 'local', database: LAYOUT.database } as const
const MODELS = ['ant', 'bee', 'cat'] as const

/** How many of the three paths of each model were right, a line a question: question, tier, then the models. */
const RIGHT = [
  ['q1', 'easy', 3, 3, 3],
  ['q2', 'easy', 3, 2, 0],
  ['q3', 'medium', 0, 1, 2],
  ['q4', 'difficult', 0, 0, 1],
] as const

const OF_A_QUESTION = { revision: 1, source: 's' }

const TRIAGE = JSON.stringify({ triage: { easyMaxErrors: 4, mediumMaxErrors: 7 } })
/** A cent, in billionths of a US dollar. */
const CENT = 10_000_000

type Row = Record<string, unknown>

describe('the views', () => {
  let engine: ToyEngine
  let offset = 0
  const open = (database?: string) => openAnalytics({ clickhouse: CLICKHOUSE }, engine.url, { database })

  /** @param common what all rows of the table have */
  async function insert(table: string, rows: readonly Row[], common: Row = OF_A_QUESTION): Promise<void> {
    const client = open()
    const place = { edition: 'main', _topic: table, _partition: 0, _time: 0 }
    const values = rows.map((row) => ({ ...place, _offset: offset++, ...common, ...row }))
    const columns = Object.keys(values[0]!) as [string, ...string[]]
    await client.insert({ table, values, format: 'JSONEachRow', columns })
    await client.close()
  }

  const rowsOf = (query: string) => engine.query<Row>(LAYOUT.database, query)

  beforeAll(async () => {
    engine = await ToyEngine.start()
    await migrate(open, LAYOUT)
    const editions = [
      { edition: 'main', base: '', base_from: '', config: TRIAGE },
      { edition: 'strict', base: 'main', base_from: 'verdicts', config: TRIAGE },
    ]
    await insert('editions', editions, {})
    await insert(
      'questions',
      RIGHT.map(([id], at) => ({
        question_id: id,
        kind: 'question',
        labels: at < 2 ? ['heart'] : ['heart', 'lung'],
        'options.label': at === 0 ? ['A', 'B'] : ['A', 'B', 'C'],
        'options.text': at === 0 ? ['a', 'b'] : ['a', 'b', 'c'],
      })),
    )
    const paths = RIGHT.flatMap(([id, , ...right]) =>
      MODELS.flatMap((model, m) =>
        [0.7, 0.9, 1].map((temperature, t) => ({
          ...{ question_id: id, kind: 'path', path_id: `${id}/${model}/${t}`, model, temperature },
          request_hash: `generate ${id}/${model}/${t}`,
          isRight: t < right[m]!,
        })),
      ),
    )
    await insert(
      'raw_paths',
      paths.map(({ isRight: _, ...path }) => path),
    )
    await insert(
      'verdicts',
      paths.map(({ isRight, ...path }) => ({
        ...path,
        kind: 'verdict',
        verdict_id: `verdict ${path.path_id}`,
        request_hash: `verify ${path.path_id}`,
        judgement: isRight ? 'Correct' : 'Error',
        verifier: 'judge',
        is_readable: true,
        // The judge is wrong about one path of q4, and finds fault with the argument of one whose answer is right.
        code_check: isRight || path.path_id === 'q2/bee/2' ? 'match' : 'mismatch',
        judge_verdict: isRight !== (path.path_id === 'q4/ant/0') ? 'Correct' : 'Error',
      })),
    )
    // A revision that has verdicts of its own is what counts for its question.
    await insert('verdicts', [
      ...MODELS.map((model) => ({
        ...{
          question_id: 'q4',
          revision: 2,
          kind: 'verdict',
          path_id: `q4b/${model}`,
          model,
          temperature: 0.7,
        },
        ...{
          verdict_id: `q4b ${model}`,
          judgement: 'Error',
          code_check: 'unreadable',
          judge_verdict: 'Error',
        },
        ...{ verifier: 'judge', is_readable: false, request_hash: `verify q4b/${model}` },
      })),
    ])
    await insert(
      'triaged',
      RIGHT.map(([id, tier, ...right]) => ({
        ...{ question_id: id, triaged_id: id, tier, expected: 9 },
        errors: 9 - right.reduce((sum: number, count) => sum + count, 0),
      })),
    )
    await insert('records', [
      {
        ...{
          question_id: 'q1',
          kind: 'record',
          record_id: 'r1',
          tier: 'easy',
          kept_id: 'k1',
          route: 'ranked',
        },
        ...{ summarizer: 'writer' },
        ...{ path_ids: ['q1/ant/0'], verdict_ids: ['verdict q1/ant/0'], request_hashes: ['summarize k1'] },
      },
    ])
    const call = (payment: string, step: string, hash: string, more: Row = {}) => ({
      ...{ payment_id: payment, step, request_hash: hash, question_id: 'q1', model: 'ant', endpoint: 'lab' },
      ...{ status: 'answered', prompt_tokens: 10, completion_tokens: 20, cost_nano_usd: CENT, started_at: 0 },
      ...{ duration_ms: 1_000, attempt: 1, turned_away: 0, ...more },
    })
    await insert(
      'completions',
      [
        call('1', 'generate.ant-t0.7', 'generate q1/ant/0'),
        call('2', 'generate.ant-t0.7', 'generate q1/ant/0', { started_at: 5 }),
        call('3', 'generate.bee-t0.7', 'generate q1/bee/0', { model: 'bee' }),
        call('4', 'verify', 'verify q1/ant/0', { model: 'judge', duration_ms: 3_000, turned_away: 3 }),
        call('5', 'verify', 'verify q1/bee/0', { model: 'judge' }),
        call('6', 'verify', 'not JSON', { model: 'judge' }),
        call('7', 'verify', 'lost', {
          model: 'judge',
          status: 'failed',
          cost_nano_usd: null,
          attempt: 2,
          turned_away: 2,
        }),
        call('8', 'summarize', 'summarize k1', { model: 'writer' }),
        call('9', 'regenerate', 'regenerate q4', {
          model: 'strong',
          question_id: 'q4',
          cost_nano_usd: 8 * CENT,
        }),
      ],
      {},
    )
  })

  afterAll(() => engine?.[Symbol.asyncDispose]())

  it('count Correct and Error by model and temperature, for every edition that shares the verdicts', async () => {
    const rows = await rowsOf(
      "SELECT edition, model, temperature, toUInt32(correct) AS correct, toUInt32(errors) AS errors FROM correctness WHERE model = 'ant'",
    )
    const expected = [
      { model: 'ant', temperature: 0.7, correct: 2, errors: 3 },
      { model: 'ant', temperature: 0.9, correct: 2, errors: 2 },
      { model: 'ant', temperature: 1, correct: 2, errors: 2 },
    ]
    const of = (edition: string) => expected.map((row) => ({ edition, ...row }))
    expect(rows).toEqual([...of('main'), ...of('strict')])
  })

  it('take the counts apart by source, label, tier and number of options', async () => {
    const rows = await rowsOf(
      "SELECT dimension, value, toUInt32(paths) AS paths, toUInt32(correct) AS correct FROM correctness_by WHERE edition = 'main' AND model = 'bee'",
    )
    expect(rows).toEqual([
      { dimension: 'label', value: 'heart', paths: 12, correct: 6 },
      { dimension: 'label', value: 'lung', paths: 6, correct: 1 },
      { dimension: 'options', value: '0', paths: 1, correct: 0 },
      { dimension: 'options', value: '2', paths: 3, correct: 3 },
      { dimension: 'options', value: '3', paths: 9, correct: 3 },
      { dimension: 'source', value: 's', paths: 13, correct: 6 },
      { dimension: 'tier', value: 'difficult', paths: 3, correct: 0 },
      { dimension: 'tier', value: 'easy', paths: 6, correct: 5 },
      { dimension: 'tier', value: 'medium', paths: 3, correct: 1 },
    ])
  })

  it('compare models two by two, on the newest revision, by all three definitions of a right model', async () => {
    const rows = await rowsOf(
      "SELECT * FROM model_pairs WHERE edition = 'main' AND model = 'ant' AND other = 'cat'",
    )
    const row = { edition: 'main', model: 'ant', other: 'cat', questions: 4 }
    expect(rows).toEqual([
      { ...row, definition: 'all', only_model: 1, only_other: 0, both: 1, neither: 2 },
      { ...row, definition: 'any', only_model: 1, only_other: 1, both: 1, neither: 1 },
      { ...row, definition: 'majority', only_model: 1, only_other: 1, both: 1, neither: 1 },
    ])
    expect(
      await rowsOf("SELECT model, other FROM model_pairs WHERE edition = 'main' AND definition = 'all'"),
    ).toEqual([
      { model: 'ant', other: 'bee' },
      { model: 'ant', other: 'cat' },
      { model: 'bee', other: 'cat' },
    ])
  })

  it('tell what a model alone misses, and what it alone gets right', async () => {
    const rows = await rowsOf(
      "SELECT definition, model, toUInt32(missed_alone) AS missed, toUInt32(right_alone) AS alone FROM model_misses WHERE edition = 'main' AND definition != 'all'",
    )
    expect(rows).toEqual([
      { definition: 'any', model: 'ant', missed: 1, alone: 0 },
      { definition: 'any', model: 'bee', missed: 0, alone: 0 },
      { definition: 'any', model: 'cat', missed: 1, alone: 0 },
      { definition: 'majority', model: 'ant', missed: 0, alone: 0 },
      { definition: 'majority', model: 'bee', missed: 0, alone: 0 },
      { definition: 'majority', model: 'cat', missed: 1, alone: 1 },
    ])
  })

  it('tell how far the judge agrees with the key', async () => {
    const [row] = await rowsOf(
      "SELECT sum(judged) AS judged, sum(comparable) AS comparable, sum(agreed) AS agreed, sum(false_correct) AS false_correct, sum(false_error) AS false_error, sum(unreadable) AS unreadable FROM judge_agreement WHERE edition = 'main'",
    )
    expect(row).toEqual({
      judged: 39,
      comparable: 36,
      agreed: 34,
      false_correct: 1,
      false_error: 1,
      unreadable: 3,
    })
  })

  it('tell what the money bought, and what of it was for nothing', async () => {
    const rows = await rowsOf(
      "SELECT role, outcome, toUInt32(calls) AS calls, round(usd * 100) AS cents FROM spending WHERE edition = 'main'",
    )
    expect(rows).toEqual([
      { role: 'generate', outcome: 'kept', calls: 1, cents: 1 },
      { role: 'generate', outcome: 'rejected', calls: 1, cents: 1 },
      { role: 'generate', outcome: 'repeated', calls: 1, cents: 1 },
      { role: 'regenerate', outcome: 'unusable', calls: 1, cents: 8 },
      { role: 'summarize', outcome: 'kept', calls: 1, cents: 1 },
      { role: 'verify', outcome: 'failed', calls: 1, cents: null },
      { role: 'verify', outcome: 'kept', calls: 1, cents: 1 },
      { role: 'verify', outcome: 'rejected', calls: 1, cents: 1 },
      { role: 'verify', outcome: 'unusable', calls: 1, cents: 1 },
    ])
  })

  it('tell what a tier, and a record of it, has cost', async () => {
    const rows = await rowsOf(
      "SELECT tier, toUInt32(questions) AS questions, toUInt32(records) AS records, round(usd * 100) AS cents, round(usd_per_record * 100) AS per_record, toUInt32(calls_of_unknown_cost) AS unknown FROM cost_per_record WHERE edition = 'main'",
    )
    expect(rows).toEqual([
      { tier: 'easy', questions: 2, records: 1, cents: 7, per_record: 7, unknown: 1 },
      { tier: 'medium', questions: 1, records: 0, cents: null, per_record: null, unknown: 0 },
      { tier: 'difficult', questions: 1, records: 0, cents: 8, per_record: null, unknown: 0 },
    ])
  })

  it('estimate what the strong model alone would have cost', async () => {
    const [row] = await rowsOf(
      "SELECT strong_model, toUInt32(answers_seen) AS answers, round(usd_by_strong_model_alone * 100) AS alone, round(usd_spent * 100) AS spent FROM strong_model_estimate WHERE edition = 'main'",
    )
    expect(row).toEqual({ strong_model: 'strong', answers: 1, alone: 32, spent: 15 })
  })

  it('tell money in decimals, so that no sum is off by a rounding', async () => {
    const columns = await rowsOf(
      "SELECT DISTINCT replaceRegexpOne(type, '^Nullable[(](.*)[)]$', '\\\\1') AS type FROM system.columns WHERE database = currentDatabase() AND name LIKE '%usd%' AND name NOT LIKE '%nano%'",
    )
    expect(columns).toEqual([{ type: 'Decimal(38, 9)' }])
    // The sum of 0.01 seven times and 0.08 is not 0.15 in fractions of two.
    expect(await rowsOf("SELECT toString(sum(usd)) AS usd FROM costs WHERE edition = 'main'")).toEqual([
      { usd: '0.15' },
    ])
    const [projected] = await rowsOf('SELECT toString(usd_spent) AS spent, usd_to_come FROM cost_projection')
    expect(projected).toEqual({ spent: '0.15', usd_to_come: null })
  })

  it('tell how endpoints did, hour by hour', async () => {
    const [row] = await rowsOf(
      "SELECT endpoint, hour, toUInt32(calls) AS calls, toUInt32(failed) AS failed, toUInt32(sent_again) AS again, toUInt32(turned_away) AS away, seconds_p99 FROM endpoint_hours WHERE model = 'judge'",
    )
    expect(row).toEqual({
      ...{
        endpoint: 'lab',
        hour: '1970-01-01 00:00:00',
        calls: 4,
        failed: 1,
        again: 1,
        away: 5,
        seconds_p99: 3,
      },
    })
  })

  it('lead from a record to all that it comes from, and to every call for its question, once', async () => {
    const rows = await rowsOf(
      "SELECT step, id, model, outcome, is_behind, toUInt32(calls) AS calls, round(usd * 100) AS cents FROM lineage(record = 'r1')",
    )
    const steps = Map.groupBy(rows, ({ step }) => step)
    expect([...steps].map(([step, { length }]) => [step, length])).toEqual([
      ['path', 9],
      ['verdict', 9],
      ['record', 1],
      ['call', 2],
    ])
    const paid = rows.filter(({ calls }) => calls !== 0)
    expect(paid).toEqual([
      // Asked twice: both are what it has cost.
      { step: 'path', id: 'q1/ant/0', model: 'ant', outcome: 'path', is_behind: true, calls: 2, cents: 2 },
      { step: 'path', id: 'q1/bee/0', model: 'bee', outcome: 'path', is_behind: false, calls: 1, cents: 1 },
      ...['ant', 'bee'].map((model) => ({
        ...{ step: 'verdict', id: `verdict q1/${model}/0`, model: 'judge', outcome: 'Correct' },
        ...{ is_behind: model === 'ant', calls: 1, cents: 1 },
      })),
      { step: 'record', id: 'r1', model: 'writer', outcome: 'ranked', is_behind: true, calls: 1, cents: 1 },
      { step: 'call', id: '6', model: 'judge', outcome: 'answered', is_behind: false, calls: 1, cents: 1 },
      { step: 'call', id: '7', model: 'judge', outcome: 'failed', is_behind: false, calls: 1, cents: null },
    ])
    expect(await rowsOf("SELECT * FROM lineage(record = 'nothing')")).toEqual([])
  })

  it('tell which tiers other limits would make, and fewer paths, from the verdicts there are', async () => {
    const tiers = 'round(easy, 6) AS easy, round(medium, 6) AS medium, round(difficult, 6) AS difficult'
    const asked = (paths: number, easy: number, medium: number) =>
      rowsOf(`SELECT ${tiers} FROM tiers_if(paths = ${paths}, easy = ${easy}, medium = ${medium})`)
    // Errors: 0, 4, 6 and 8 of 9.
    expect(await asked(9, 4, 7)).toEqual([{ easy: 2, medium: 1, difficult: 1 }])
    expect(await asked(9, 3, 6)).toEqual([{ easy: 1, medium: 2, difficult: 1 }])
    // One path drawn is right in 9, 5, 3 and 1 of nine cases.
    expect(await asked(1, 0, 0)).toEqual([{ easy: 2, medium: 0, difficult: 2 }])
    // Two: both right in 36, 10, 3 and 0 of 36 cases, both wrong in 0, 6, 15 and 28.
    expect(await asked(2, 0, 1)).toEqual([{ easy: 1.361111, medium: 1.277778, difficult: 1.361111 }])
    const rows = await rowsOf(
      `SELECT toUInt32(paths) AS paths, easy_max_errors AS most, ${tiers} FROM fewer_paths`,
    )
    expect(rows).toHaveLength(9)
    expect(rows[8]).toEqual({ paths: 9, most: 4, easy: 2, medium: 1, difficult: 1 })
    expect(rows[2]).toMatchObject({ paths: 3, most: 1 })
  })

  it('tell apart what editions have bought that are called as roles are, and count a ranking with its record', async () => {
    const call = (edition: string, step: string, cents: number) => ({
      ...{
        edition,
        step,
        question_id: 'q1',
        payment_id: `${edition} ${step}`,
        journal: 'swapped',
        sequence: cents,
      },
      ...{ request_hash: `${edition} ${step}`, model: 'writer', endpoint: 'lab', status: 'answered' },
      ...{ cost_nano_usd: cents * CENT, started_at: '2026-01-01 00:00:00', duration_ms: 1, attempt: 1 },
    })
    await insert(
      'completions',
      [call('refine', 'summarize', 1), call('summarize', 'refine', 2), call('refine', 'rank', 3)],
      {},
    )
    const mended = { edition: 'refine', question_id: 'q1', ranking_id: 'ranking' }
    await insert('ranked', [{ ...mended, request_hash: 'refine rank' }])
    await insert('records', [
      { ...mended, kind: 'record', record_id: 'mended', request_hashes: ['refine summarize'] },
    ])
    const rows = await rowsOf(
      "SELECT edition, role, outcome, round(usd * 100) AS cents FROM spending WHERE edition IN ('refine', 'summarize')",
    )
    expect(rows).toEqual([
      { edition: 'refine', role: 'rank', outcome: 'kept', cents: 3 },
      { edition: 'refine', role: 'summarize', outcome: 'kept', cents: 1 },
      { edition: 'summarize', role: 'refine', outcome: 'unusable', cents: 2 },
    ])
  })
})
