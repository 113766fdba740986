/** The report of a small dataset with hostile names, on the real engine and, where there is one, in a real browser. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { migrate } from '../../../analytics/migrations.ts'
import { askSections } from '../../../report/ask-sections.ts'
import { loadChartDrawer } from '../../../report/html/charts.ts'
import { htmlReport } from '../../../report/html/page.ts'
import { jsonReport } from '../../../report/json-report.ts'
import type { Answer, Definition } from '../../../report/section.ts'
import { SECTIONS } from '../../../report/sections.ts'
import { terminalReport } from '../../../report/terminal-report.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { findChromium, startChromium } from '../../support/chromium.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const LAYOUT = { database: 'ninefold_report', cluster: null }
const CONFIG = { clickhouse: { kind: 'local', database: LAYOUT.database } } as const
/** One of them would run in a page that took it for markup. */
const MODELS = [
  '<script>document.title = "owned"</script>',
  '"onload="document.title=1',
  'a\u202etxt.exe',
] as const
const SOURCE = '<img src=x onerror="document.title=2">'
const CENT = 10_000_000
const TRIAGE = JSON.stringify({ triage: { easyMaxErrors: 1, mediumMaxErrors: 2 } })
/** Which of the three models was right at 0.7 and at 1, a line a question; the last question waits for its verdicts. */
const RIGHT = [
  [
    [1, 1],
    [1, 1],
    [1, 0],
  ],
  [
    [1, 1],
    [0, 0],
    [1, 1],
  ],
  [
    [0, 0],
    [0, 1],
    [0, 0],
  ],
] as const

type Row = Record<string, unknown>

let engine: ToyEngine
const open = (database?: string) => openAnalytics(CONFIG, engine.url, { database })
const ask = (edition = 'main', definition: Definition = 'majority') =>
  askSections(SECTIONS, { edition, definition }, { config: CONFIG, url: engine.url })
const rowsOf = (answers: readonly Answer[], name: string) =>
  answers.find(({ section }) => section.name === name)!.rows

beforeAll(async () => {
  engine = await ToyEngine.start()
})

afterAll(() => engine?.[Symbol.asyncDispose]())

async function insert(table: string, rows: readonly Row[]): Promise<void> {
  const client = open()
  const common = { edition: 'main', source: SOURCE, revision: 1, _topic: table, _partition: 0, _time: 0 }
  const values = rows.map((row, at) => ({ ...common, _offset: at, ...row }))
  const [{ columns }] = (await (
    await client.query({
      query: `SELECT groupArray(name) AS columns FROM system.columns WHERE database = currentDatabase() AND table = '${table}'`,
      format: 'JSONEachRow',
    })
  ).json<{ columns: string[] }>()) as [{ columns: string[] }]
  const named = Object.keys(values[0]!).filter((name) => columns.includes(name)) as [string, ...string[]]
  await client.insert({ table, values, format: 'JSONEachRow', columns: named })
  await client.close()
}

async function fill(): Promise<void> {
  await insert('editions', [
    { base: '', base_from: '', config: TRIAGE },
    { edition: 'strict', base: 'main', base_from: 'raw-paths', config: TRIAGE },
  ])
  const questions = ['q1', 'q2', 'q3', '<b>q4</b>']
  await insert(
    'questions',
    questions.map((id) => ({
      ...{ question_id: id, kind: 'question', labels: ['<i>heart</i>'] },
      ...{ 'options.label': ['A', 'B'], 'options.text': ['a', 'b'] },
    })),
  )
  const paths = RIGHT.flatMap((models, q) =>
    models.flatMap((right, m) =>
      right.map((isRight, t) => ({
        ...{ question_id: `q${q + 1}`, path_id: `q${q + 1}/${m}/${t}`, model: MODELS[m]! },
        ...{ temperature: [0.65, 1][t], isRight },
      })),
    ),
  )
  const waiting = { question_id: questions[3], kind: 'path', path_id: 'w', model: MODELS[0], temperature: 1 }
  await insert('raw_paths', [...paths.map(({ isRight: _, ...path }) => ({ ...path, kind: 'path' })), waiting])
  const verdicts = paths.map(({ isRight, ...path }) => ({
    ...{ ...path, kind: 'verdict', verdict_id: `v ${path.path_id}`, verifier: 'judge', is_readable: true },
    ...{ judgement: isRight ? 'Correct' : 'Error', judge_verdict: isRight ? 'Correct' : 'Error' },
    code_check: isRight ? 'match' : 'mismatch',
    completion_tokens: 20,
  }))
  // Another edition's verifier lets nothing pass of the first question.
  const strict = verdicts.map((verdict) => ({
    ...{ ...verdict, edition: 'strict', verifier: 'strict' },
    ...(verdict.question_id === 'q1' && { judgement: 'Error', judge_verdict: 'Error' }),
  }))
  await insert('verdicts', [...verdicts, ...strict])
  await insert(
    'triaged',
    [1, 2, 5].map((errors, at) => ({
      ...{ question_id: `q${at + 1}`, triaged_id: `t${at}`, expected: 6, errors },
      tier: ['easy', 'medium', 'difficult'][at],
    })),
  )
  await insert('kept', [
    { question_id: 'q1', kept_id: 'k1', tier: 'easy', route: 'ranked', rank: 1, path_ids: ['q1/0/0'] },
  ])
  await insert('records', [
    { question_id: 'q1', kind: 'record', record_id: 'r1', tier: 'easy', kept_id: 'k1', path_ids: ['q1/0/0'] },
  ])
  const score = { scorer: MODELS[1], prompt_version: 'score@1', logic: 8, route: '', dataset: '' }
  await insert('scores', [
    ...[6, 7].map((before, at) => ({ ...score, subject: 'before', path_id: `s${at}`, score: before })),
    ...[8, 8].map((after, at) => {
      return { ...score, subject: 'record', route: 'refined', path_id: `s${at}`, score: after }
    }),
    ...[5, 9].map((of) => ({ ...score, subject: 'dataset', dataset: SOURCE, path_id: null, score: of })),
  ])
  await insert(
    'controls',
    [true, false].map((isRight) => ({
      ...{
        kind: 'wrong-answer',
        expected: 'Error',
        verifier: MODELS[0],
        is_right: isRight,
        question_id: 'q1',
      },
    })),
  )
  const call = { status: 'answered', prompt_tokens: 10, completion_tokens: 20, started_at: 0, attempt: 1 }
  await insert('completions', [
    ...[0, 1].map((at) => ({
      ...{ ...call, payment_id: `${at}`, step: 'generate.a', request_hash: `${at}`, question_id: 'q1' },
      ...{ model: MODELS[at], endpoint: 'lab', duration_ms: 1_500, cost_nano_usd: CENT },
    })),
    {
      ...{
        ...call,
        payment_id: '2',
        step: 'regenerate',
        request_hash: '2',
        question_id: 'q3',
        duration_ms: 9_000,
      },
      ...{ model: 'strong', endpoint: 'lab', started_at: 3_600, cost_nano_usd: 8 * CENT },
    },
  ])
}

describe('a report without anything to report', () => {
  it('says that the views are missing, before the pipeline has run', async () => {
    const client = open('default')
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${LAYOUT.database}` })
    await client.close()
    await expect(ask()).rejects.toMatchObject({ code: 'NF_REPORT_VIEWS' })
  })

  it('says section by section what is missing, while no question has come', async () => {
    await migrate(open, LAYOUT)
    const answers = await ask()
    expect(answers.map(({ section }) => section)).toEqual(SECTIONS)
    const report = jsonReport('p', { edition: 'main', definition: 'all' }, answers)
    expect(report.sections.tiers).toMatchObject({
      ...{ rows: [], missing: 'No question has been sorted into a tier yet.' },
    })
    expect(answers.filter(({ rows }) => rows.length > 0)).toEqual([])
    expect(terminalReport(answers, { width: 100, style: PLAIN })).toContain('No question waits.')
  })
})

describe('the report', () => {
  let answers: readonly Answer[]

  beforeAll(async () => {
    await migrate(open, LAYOUT)
    await fill()
    answers = await ask()
  })

  it('has rows for every section, and a cell for every column', () => {
    for (const { section, rows } of answers) {
      expect(rows, section.name).not.toEqual([])
      const table = section.table(rows)
      expect(table.rows.length, section.name).toBeGreaterThan(0)
      for (const row of table.rows) expect(row, section.name).toHaveLength(table.columns.length)
      // A column that is never filled was asked for by a wrong name.
      for (const [at, { head }] of table.columns.entries()) {
        expect(
          table.rows.some((row) => row[at] !== null),
          `${section.name}: ${head}`,
        ).toBe(true)
      }
    }
  })

  it('counts what can be counted by hand', async () => {
    expect(rowsOf(answers, 'tiers')).toMatchObject([
      { tier: 'easy', questions: 1, mean_errors: 1, records: 1 },
      { tier: 'medium', questions: 1, mean_errors: 2, records: 0 },
      { tier: 'difficult', questions: 1, mean_errors: 5, records: 0 },
    ])
    expect(rowsOf(answers, 'costs')).toMatchObject([
      { of_role: 'regenerate', model: 'strong', calls: 1, usd: 0.08 },
      { of_role: 'generate', model: MODELS[1], calls: 1, usd: 0.01 },
      { of_role: 'generate', model: MODELS[0], calls: 1, usd: 0.01 },
    ])
    // Six paths a question at a cent, and the strong model's answer: no call was made for the easy and the medium one.
    expect(rowsOf(answers, 'fewer-paths').at(-1)).toMatchObject({
      paths: 6,
      easy: 1,
      medium: 1,
      difficult: 1,
    })
    expect(rowsOf(answers, 'fewer-paths').at(-1)?.usd).toBeCloseTo(3 * 6 * 0.01 + 0.08)
    expect(rowsOf(answers, 'waiting')).toContainEqual({
      ...{ state: 'waits for verdicts', questions: 1, with_dead_letters: 0, example: '<b>q4</b>' },
    })
  })

  it('takes the definition of a right model it is told', async () => {
    const misses = async (definition: Definition) =>
      rowsOf(await ask('main', definition), 'model-misses').map(({ model, missed_alone: missed }) => [
        model,
        missed,
      ])
    // The second model misses q2 and the others do not; by its one right path of two, q1 is lost to the third for `all`.
    expect(await misses('any')).toContainEqual([MODELS[1], 1])
    expect(await misses('any')).toContainEqual([MODELS[2], 0])
    expect(await misses('all')).toContainEqual([MODELS[2], 1])
  })

  it('knows which editions there are', async () => {
    await expect(ask('lenient')).rejects.toMatchObject({
      ...{ code: 'NF_EDITION_UNKNOWN', remedy: 'There is: main, strict.' },
    })
  })

  it('is asked by the Grafana dashboard, too: each of its panels has rows', async () => {
    const { panels, templating } = JSON.parse(readFileSync('examples/grafana/ninefold.json', 'utf8'))
    expect(await engine.query(LAYOUT.database, templating.list[1].query)).toEqual([
      { edition: 'main' },
      { edition: 'strict' },
    ])
    for (const { title, targets, options } of panels) {
      // What Grafana and its data source put in: the chosen edition, and the time range.
      const sql = targets[0].rawSql
        .replaceAll(/\$\{edition:sqlstring\}/g, "'main'")
        .replaceAll(/\$__(?:time|date)Filter\((\w+)\)/g, '$1 >= toDate(0)')
      expect(sql, title).not.toContain('$')
      const rows = await engine.query<Row>(LAYOUT.database, sql)
      expect(rows.length, title).toBeGreaterThan(0)
      if (options.xField) expect(Object.keys(rows[0]!), title).toContain(options.xField)
      if (targets[0].format === 0) expect(Object.keys(rows[0]!)[0], title).toBe('time')
    }
  })

  const executable = findChromium('the report in a browser')

  describe.skipIf(executable === null)('in a browser', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ninefold-report-'))
    const file = join(folder, 'report.html')
    let browser: Browser

    beforeAll(async () => {
      const subject = {
        pipeline: MODELS[0],
        edition: 'main',
        definition: 'majority',
        madeAt: new Date(),
      } as const
      writeFileSync(file, htmlReport(subject, answers, loadChartDrawer()))
      browser = await startChromium(executable ?? '')
    })

    afterAll(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it.each(['light', 'dark'] as const)(
      'asks for nothing, runs nothing and shows all text: %s',
      async (scheme) => {
        const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1100, height: 900 } })
        const said: string[] = []
        const asked: string[] = []
        page.on('console', (message) => said.push(message.text()))
        page.on('request', (request) => asked.push(request.url()))
        await page.goto(pathToFileURL(file).href)
        expect(asked).toEqual([pathToFileURL(file).href])
        expect(said).toEqual([])
        expect(await page.title()).toBe(`Report on ${MODELS[0]}, edition main`)
        expect(await page.locator('script, img, b, i, [onload], [onerror]').count()).toBe(0)
        expect(await page.locator('section').count()).toBe(SECTIONS.length)
        expect(await page.locator('#correctness td').first().textContent()).toBe(MODELS[1])
        expect(await page.locator('#correctness svg').textContent()).toContain('<script>document.title')
        await page.close()
      },
    )

    it('is dark on dark screens, its charts too, and fits the page', async () => {
      const look = async (colorScheme: 'light' | 'dark') => {
        const page = await browser.newPage({ colorScheme, viewport: { width: 1100, height: 900 } })
        await page.goto(pathToFileURL(file).href)
        const found = await page.evaluate(`(() => {
          const brightness = (color) => color.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765
          const style = (selector) => getComputedStyle(document.querySelector(selector))
          const outside = [...document.querySelectorAll('svg text')].filter((text) => {
            const box = text.getBoundingClientRect()
            const frame = text.ownerSVGElement.getBoundingClientRect()
            return box.left < frame.left - 1 || box.right > frame.right + 1
          })
          return {
            paper: brightness(style('body').backgroundColor),
            text: brightness(style('body').color),
            chart: brightness(style('svg text').fill),
            outside: outside.map((text) => text.textContent),
            overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          }
        })()`)
        await page.close()
        return found as { paper: number; text: number; chart: number; outside: string[]; overflow: number }
      }
      const light = await look('light')
      const dark = await look('dark')
      expect(light).toMatchObject({ outside: [], overflow: 0 })
      expect(dark).toMatchObject({ outside: [], overflow: 0 })
      expect(light.paper - light.text).toBeGreaterThan(0.7)
      expect(light.paper - light.chart).toBeGreaterThan(0.7)
      expect(dark.text - dark.paper).toBeGreaterThan(0.7)
      expect(dark.chart - dark.paper).toBeGreaterThan(0.7)
    })
  })
})
