/** Views over several editions, and over questions that were corrected, on the real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { migrate } from '../../../analytics/migrations.ts'
import { verifiers } from '../../../report/sections/verifiers.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const LAYOUT = { database: 'ninefold_editions', cluster: null }
const CLICKHOUSE = { kind: 'local', database: LAYOUT.database } as const

/** What the two judges say of ten paths; nothing where code settled it before one was asked. */
const SAID = [
  ...Array.from({ length: 4 }, () => ['Correct', 'Correct'] as const),
  ...Array.from({ length: 3 }, () => ['Error', 'Error'] as const),
  ['Correct', 'Error'],
  ['Correct', 'Error'],
  ['', 'Error'],
] as const

type Row = Record<string, unknown>

describe('views of several editions', () => {
  let engine: ToyEngine
  let offset = 0
  const open = (database?: string) => openAnalytics({ clickhouse: CLICKHOUSE }, engine.url, { database })
  const rowsOf = (query: string) => engine.query<Row>(LAYOUT.database, query)

  async function insert(table: string, rows: readonly Row[]): Promise<void> {
    const client = open()
    const values = rows.map((row) => ({ _topic: table, _partition: 0, _time: 0, _offset: offset++, ...row }))
    await client.insert({
      table,
      values,
      format: 'JSONEachRow',
      columns: Object.keys(values[0]!) as [string],
    })
    await client.close()
  }

  const verdictsOf = (edition: string, verifier: string, said: readonly string[]) =>
    said.map((verdict, at) => ({
      ...{ edition, verifier, question_id: `q${at}`, revision: 1, kind: 'verdict' },
      ...{ path_id: `path ${at}`, verdict_id: `${verifier} ${at}`, judge_verdict: verdict },
      judgement: verdict || 'Error',
    }))

  beforeAll(async () => {
    engine = await ToyEngine.start()
    await migrate(open, LAYOUT)
    await insert('editions', [{ edition: 'main', base: '', base_from: '' }])
    const first = SAID.map(([one]) => one)
    await insert('verdicts', verdictsOf('main', 'judge', first))
  })

  afterAll(() => engine?.stop())

  it('compare no verifier while there is one', async () => {
    expect(await rowsOf('SELECT * FROM verifier_agreement')).toEqual([])
  })

  it('compare verifiers on the paths they share, from either side', async () => {
    await insert('editions', [
      { edition: 'second', base: 'main', base_from: 'raw-paths' },
      { edition: 'strict', base: 'main', base_from: 'verdicts' },
    ])
    const elsewhere = { path_id: 'path of its own', question_id: 'q', revision: 1, kind: 'verdict' }
    await insert('verdicts', [
      ...verdictsOf(
        'second',
        'other',
        SAID.map(([, other]) => other),
      ),
      ...[
        { ...elsewhere, edition: 'second', verifier: 'other', verdict_id: 'v', judge_verdict: 'Error' },
      ].map((row) => ({ ...row, judgement: 'Error' })),
    ])
    // Of nine they agree on seven. By chance: (6 * 4 + 3 * 5) / 81 = 39 / 81; kappa = (63 - 39) / (81 - 39).
    const common = {
      ...{ paths: 10, share_same: 0.8, compared: 9, both_correct: 4, both_error: 3 },
      ...{ share_agreed: 7 / 9, kappa: 24 / 42 },
    }
    const columns =
      'edition, verifier, other, other_verifier, toUInt32(paths) AS paths, share_same, toUInt32(compared) AS compared, toUInt32(both_correct) AS both_correct, toUInt32(both_error) AS both_error, toUInt32(only_correct) AS only_correct, toUInt32(only_error) AS only_error, share_agreed, kappa'
    expect(await rowsOf(`SELECT ${columns} FROM verifier_agreement`)).toEqual([
      {
        ...{ edition: 'main', verifier: 'judge', other: 'second', other_verifier: 'other' },
        ...common,
        ...{ only_correct: 2, only_error: 0 },
      },
      {
        ...{ edition: 'second', verifier: 'other', other: 'main', other_verifier: 'judge' },
        ...common,
        ...{ only_correct: 0, only_error: 2 },
      },
    ])
    // An edition that shares its verdicts has those of the one it is built on.
    for (const [edition, other] of [
      ['strict', 'second'],
      ['second', 'main'],
    ]) {
      const select = verifiers.select.replace('{edition:String}', `'${edition}'`)
      expect((await rowsOf(select)).map((row) => row.other)).toEqual([other])
    }
  })

  it('count a question in its newest revision, and not once it was taken back, in every edition', async () => {
    const asked = [
      ...[1, 2].map((revision) => ({ question_id: 'corrected', revision, kind: 'question' })),
      { question_id: 'taken back', revision: 1, kind: 'question' },
      { question_id: 'taken back', revision: 2, kind: 'withdrawn' },
      { question_id: 'unchanged', revision: 1, kind: 'question' },
    ]
    await insert(
      'questions',
      asked.map((one) => ({ edition: 'main', ...one })),
    )
    for (const edition of ['main', 'strict']) {
      const made = asked
        .filter(({ kind }) => kind === 'question')
        .map(({ kind: _, ...one }) => ({ ...one, edition, tier: 'easy' }))
      await insert(
        'triaged',
        made.map((one) => ({ ...one, triaged_id: `${one.question_id}@${one.revision}`, errors: 1 })),
      )
      await insert(
        'records',
        ['record', 'withdrawn'].flatMap((kind) =>
          made
            .filter(({ question_id, revision }) => {
              return kind === 'record' || (revision === 1 && question_id !== 'unchanged')
            })
            .map((one) => ({ ...one, kind, record_id: `${one.question_id}@${one.revision}`, rank: 1 })),
        ),
      )
      await insert('unsolved', [
        { edition, question_id: 'corrected', revision: 1, tier: 'easy', unsolved_id: 'u' },
      ])
    }
    const tiers = await rowsOf(
      'SELECT edition, tier, toUInt32(questions) AS questions, toUInt32(records) AS records, toUInt32(unsolved) AS unsolved FROM tiers',
    )
    expect(tiers).toEqual(
      ['main', 'strict'].map((edition) => ({ edition, tier: 'easy', questions: 2, records: 2, unsolved: 0 })),
    )
  })
})
