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
      { edition: 'main', base: '', base_from: '' },
      { edition: 'strict', base: 'main', base_from: 'verdicts' },
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
})
