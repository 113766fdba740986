/** What the views make of scores: few enough to be counted by hand, on the real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { migrate } from '../../../analytics/migrations.ts'
import { scores } from '../../../analytics/tables/scores.ts'
import type { Score } from '../../../schemas/types.ts'
import { everyTopic } from '../../support/every-topic.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const LAYOUT = { database: 'ninefold_scores', cluster: null }
const CLICKHOUSE = { kind: 'local', database: LAYOUT.database } as const

/** A row of the table as the sink writes it, every criterion with the score. */
function row(overall: number, changes: Partial<Score>): Record<string, unknown> {
  const grade = Math.round(overall)
  const grades = { clinicalAccuracy: grade, logic: grade, factualCorrectness: grade, completeness: grade }
  return scores.rowOf({ ...everyTopic().scores, ...grades, overall, ...changes } satisfies Score)
}

const before = (overall: number, pathId: string, changes: Partial<Score> = {}) =>
  row(overall, { subject: 'before', subjectId: pathId, pathId, route: '', source: 'a', ...changes })
const after = (overall: number, pathId: string, changes: Partial<Score> = {}) =>
  row(overall, { subject: 'record', subjectId: `of ${pathId}`, pathId, source: 'a', ...changes })
const easy = (overall: number, pathId: string, changes: Partial<Score> = {}) =>
  after(overall, pathId, { tier: 'easy', route: 'ranked', ...changes })

const item = (overall: number, dataset: string, changes: Partial<Score> = {}) =>
  row(overall, {
    ...{
      subject: 'dataset',
      subjectId: `${dataset} ${overall}`,
      questionId: `${dataset} ${overall}`,
      dataset,
    },
    ...{
      pathId: null,
      tier: '',
      route: '',
      writer: '',
      source: '',
      promptVersion: 'score-item@1',
      ...changes,
    },
  })

const ROWS = [
  // Gains 1, 2, 0 and 1.
  ...[before(6, 'p1'), after(7, 'p1'), before(6, 'p2'), after(8, 'p2')],
  ...[before(8, 'p3'), after(8, 'p3'), before(7, 'p4'), after(8, 'p4')],
  // Its mending failed.
  before(2, 'p5'),
  // A path kept as it was, and a record written anew, have no other side.
  ...[easy(9, 'e1', { clinicalAccuracy: 10 }), easy(8, 'e2', { source: 'b' })],
  after(5, '', { pathId: null, tier: 'difficult', route: 'regenerated', subjectId: 'anew' }),
  // Another scorer's scores are no side of anybody's pair.
  before(1, 'p1', { scorer: 'other' }),
  ...[6, 8, 10].map((overall) => item(overall, 'theirs', { logic: 7 })),
  item(9, 'ours'),
]

type Row = Record<string, unknown>

describe('the views of scores', () => {
  let engine: ToyEngine
  const open = (database?: string) => openAnalytics({ clickhouse: CLICKHOUSE }, engine.url, { database })
  const rowsOf = (query: string) => engine.query<Row>(LAYOUT.database, query)

  beforeAll(async () => {
    engine = await ToyEngine.start()
    await migrate(open, LAYOUT)
    const place = { edition: 'main', _topic: 'scores', _partition: 0, _time: 0 }
    const values = ROWS.map((one, offset) => ({ ...place, _offset: offset, ...one }))
    const columns = [...new Set(values.flatMap((value) => Object.keys(value)))] as [string, ...string[]]
    const client = open()
    await client.insert({ table: 'scores', values, format: 'JSONEachRow', columns })
    await client.close()
  })

  afterAll(() => engine?.[Symbol.asyncDispose]())

  it('tell the mean of a sample, with the interval of Student’s t', async () => {
    const [mean] = await rowsOf(
      "SELECT toUInt32(n) AS n, mean, round(standard_deviation, 6) AS deviation, round(mean_low, 4) AS low, round(mean_high, 4) AS high, logic, completeness FROM score_means WHERE subject = 'before' AND scorer = 'score-model' AND tier = '*' AND source = '*'",
    )
    // 6, 6, 8, 7, 2: deviations sum to 20.8, so that the variance is 5.2; t of 4 degrees is 2.776445.
    expect(mean).toEqual({
      ...{ n: 5, mean: 5.8, deviation: 2.280351, low: 2.9686, high: 8.6314, logic: 5.8, completeness: 5.8 },
    })
  })

  it('tell it for every tier and source, and for all of them', async () => {
    const rows = await rowsOf(
      "SELECT tier, source, toUInt32(n) AS n, round(mean, 4) AS mean, round(clinical_accuracy, 4) AS accuracy FROM score_means WHERE subject = 'record'",
    )
    expect(rows).toEqual([
      { tier: '*', source: '*', n: 7, mean: 7.5714, accuracy: 7.7143 },
      { tier: '*', source: 'a', n: 6, mean: 7.5, accuracy: 7.6667 },
      { tier: '*', source: 'b', n: 1, mean: 8, accuracy: 8 },
      { tier: 'easy', source: '*', n: 2, mean: 8.5, accuracy: 9 },
      { tier: 'easy', source: 'a', n: 1, mean: 9, accuracy: 10 },
      { tier: 'easy', source: 'b', n: 1, mean: 8, accuracy: 8 },
      { tier: 'medium', source: '*', n: 4, mean: 7.75, accuracy: 7.75 },
      { tier: 'medium', source: 'a', n: 4, mean: 7.75, accuracy: 7.75 },
      { tier: 'difficult', source: '*', n: 1, mean: 5, accuracy: 5 },
      { tier: 'difficult', source: 'a', n: 1, mean: 5, accuracy: 5 },
    ])
  })

  it('leave open what a single score cannot tell', async () => {
    const rows = await rowsOf(
      "SELECT toUInt32(n) AS n, mean, standard_deviation, mean_low, mean_high FROM score_means WHERE scorer = 'other' AND tier = '*' AND source = '*'",
    )
    expect(rows).toEqual([{ n: 1, mean: 1, standard_deviation: null, mean_low: null, mean_high: null }])
  })

  it('compare mended paths with what they were, pair by pair', async () => {
    const rows = await rowsOf(
      'SELECT scorer, toUInt32(pairs) AS pairs, mean_before, mean_after, mean_gain, round(standard_deviation, 6) AS deviation, round(gain_low, 4) AS low, round(gain_high, 4) AS high, round(p, 4) AS p FROM refinement_gain',
    )
    // 1, 2, 0, 1: variance 2/3, standard error 0.408248, t = 2.449490; t of 3 degrees is 3.182446; p by integration.
    expect(rows).toEqual([
      {
        ...{ scorer: 'score-model', pairs: 4, mean_before: 6.75, mean_after: 7.75, mean_gain: 1 },
        ...{ deviation: 0.816497, low: -0.2992, high: 2.2992, p: 0.0917 },
      },
    ])
  })

  it('compare datasets from outside, aspect by aspect, and count them nowhere else', async () => {
    const rows = await rowsOf(
      'SELECT dataset, aspect, toUInt32(n) AS n, mean, standard_deviation AS deviation, round(mean_low, 4) AS low, round(mean_high, 4) AS high FROM dataset_scores',
    )
    // 6, 8, 10: variance 4, standard error 1.154701; t of 2 degrees is 4.302653.
    const of = (aspect: string) => ({
      ...{ dataset: 'theirs', aspect, n: 3, mean: 8, deviation: 2, low: 3.0317, high: 12.9683 },
    })
    const single = (aspect: string) => ({
      ...{ dataset: 'ours', aspect, n: 1, mean: 9, deviation: null, low: null, high: null },
    })
    const same = { mean: 7, deviation: 0, low: null, high: null }
    expect(rows).toEqual([
      ...['overall', 'clinical_accuracy', 'logic', 'factual_correctness', 'completeness'].map(single),
      ...[of('overall'), of('clinical_accuracy'), { ...of('logic'), ...same }],
      ...[of('factual_correctness'), of('completeness')],
    ])
    const [elsewhere] = await rowsOf(
      "SELECT toUInt32(count()) AS n FROM score_means WHERE subject = 'dataset'",
    )
    expect(elsewhere).toEqual({ n: 0 })
  })
})
