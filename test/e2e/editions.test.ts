/** Editions as their user meets them: made by a setting, listed, shown, compared, dropped, and made again for nothing. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { EditionComparison } from '../../editions/edition-comparison.ts'
import type { EditionDetails } from '../../editions/edition-details.ts'
import type { DropLosses } from '../../editions/edition-drop.ts'
import type { EditionSummary } from '../../editions/edition-list.ts'
import type { ExportSummary } from '../../export/export.ts'
import { DROPPING, findEdition } from '../../pipeline/editions.ts'
import { publish } from '../../pipeline/publish.ts'
import { openSession } from '../../pipeline/session.ts'
import { groupName } from '../../schemas/topic-names.ts'
import { TOPIC_OF_TIER } from '../../schemas/topics.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { ToyEngine } from '../support/toy-engine.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const QUESTIONS = 16
const DATABASE = 'ninefold_editions'
const PIPELINE = 'edited'
const SET = ['--set', 'triage.easy.maxErrors=2']
const STRICT = ['--edition', 'strict', ...SET]

let simulator: Simulator
let engine: ToyEngine
let workspace: Workspace

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await workspace.succeed(...args, '--json')).stdout) as T
}

const editions = async () => (await json<{ editions: EditionSummary[] }>('editions', 'list')).editions
const replay = () => workspace.succeed('replay', '--from', 'verdicts', ...STRICT, '--quiet')
const openStrict = () =>
  openSession({ config: join(workspace.folder, 'ninefold.yaml'), edition: 'strict', set: [SET[1]!] })

/** The tier of each question in an edition. */
async function tiersOf(edition: string): Promise<Map<string, string>> {
  const tiers = new Map<string, string>()
  for (const topic of Object.values(TOPIC_OF_TIER)) {
    for await (const { question, tier } of workspace.records(topic, edition))
      tiers.set(question.questionId, tier)
  }
  return tiers
}

/** Rows by table, of those tables that have any. */
async function rowsOf(edition: string, ...tables: string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of tables) {
    const query = `SELECT toUInt32(count()) AS rows FROM ${table} WHERE edition = '${edition}'`
    const [row] = await engine.query<{ rows: number }>(DATABASE, query)
    if (row!.rows > 0) counts[table] = row!.rows
  }
  return counts
}

/** Topics and groups that carry an edition's name. */
async function namesOnBroker(edition: string): Promise<{ topics: string[]; groups: string[] }> {
  const session = await openSession({ config: join(workspace.folder, 'ninefold.yaml'), readOnly: true })
  try {
    const start = groupName({ ...session.config, edition }, '')
    const own = (names: string[]) =>
      names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length))
    return {
      topics: own(await session.client.listTopics()),
      groups: own(await session.client.listGroups()),
    }
  } finally {
    await session.close()
  }
}

beforeAll(async () => {
  simulator = await startSimulator({ questions: [DEMO_QUESTIONS], correct: 0.6 })
  engine = await ToyEngine.start()
  workspace = new Workspace({
    ...simulatedPipeline({ pipeline: PIPELINE, url: simulator.url, stack: inject('stack') }),
    clickhouse: { url: engine.url, database: DATABASE },
  })
  await workspace.succeed('load', workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
  await workspace.succeed('run', '--until-drained', '--quiet')
  await replay()
}, 8 * MINUTES)

afterAll(async () => {
  workspace?.[Symbol.dispose]()
  await simulator?.close()
  await engine?.[Symbol.asyncDispose]()
})

describe('an edition made by a setting', () => {
  it(
    'is gone on with by the same setting alone',
    async () => {
      await workspace.succeed('audit', ...STRICT)
      const { code, stderr } = await workspace.run('run', '--edition', 'strict', '--until-drained')
      expect(code).toBe(1)
      expect(stderr).toContain('triage.easyMaxErrors: 2 -> 4')
      expect(stderr).toContain('It was started with --set triage.easy.maxErrors=2: give the same.')
      const typo = await workspace.run('run', '--set', 'triage.easy.maxErrros=2')
      expect([typo.code, typo.stderr]).toEqual([1, expect.stringContaining('--set triage.easy.maxErrros: ')])
      const none = await workspace.run('run', '--set', 'triage')
      expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('Give a key and a value')])
    },
    3 * MINUTES,
  )

  it(
    'is listed and shown with all that was recorded of it',
    async () => {
      const records = (await workspace.all('records', 'strict')).length
      const [main, strict, ...others] = await editions()
      expect(others).toEqual([])
      expect(main).toMatchObject({ edition: 'main', state: 'started', base: null, from: null, settings: [] })
      expect(main!.records).toBe((await workspace.all('records')).length)
      expect(strict).toMatchObject({ edition: 'strict', base: 'main', from: 'verdicts', records })
      expect(strict!.settings).toEqual(['triage.easy.maxErrors=2'])
      expect(Date.parse(strict!.madeAt!)).toBeGreaterThan(Date.parse(main!.madeAt!))
      const details = await json<EditionDetails>('editions', 'show', 'strict')
      expect(details).toMatchObject({ ...strict, builtOnIt: [], config: { triage: { easyMaxErrors: 2 } } })
      const verdicts = details.inputs.find(({ topic }) => topic === 'verdicts')
      expect(verdicts?.ends).toHaveLength(4)
      expect(verdicts!.ends.reduce((sum, end) => sum + end, 0)).toBeGreaterThanOrEqual(QUESTIONS * 9)
      expect(details.spent.calls).toBe((await workspace.all('completions', 'strict')).length)
      const { stdout } = await workspace.succeed('editions', 'show', 'main')
      expect(stdout).toMatch(/built on it +strict/)
      expect((await workspace.run('editions', 'show', 'stric')).stderr).toContain('[NF_EDITION_UNKNOWN]')
      expect((await workspace.succeed('editions', 'list')).stdout).toContain('verdicts of main')
    },
    3 * MINUTES,
  )

  it(
    'is compared with its base: the setting, each question in both tiers, each record once',
    async () => {
      const [inMain, inStrict] = [await tiersOf('main'), await tiersOf('strict')]
      const compared = await json<EditionComparison>('editions', 'diff', 'main', 'strict')
      expect(compared.configuration).toEqual([{ key: 'triage.easyMaxErrors', was: '4', now: '2' }])
      for (const { a, b, questions } of compared.tiers) {
        const expected = [...inMain].filter(([id, tier]) => tier === a && inStrict.get(id) === b)
        expect(expected, `${a} to ${b}`).toHaveLength(questions)
      }
      expect(compared.tiers.reduce((sum, { questions }) => sum + questions, 0)).toBe(QUESTIONS)
      expect(compared.tiers.some(({ a, b }) => a === 'easy' && b === 'medium')).toBe(true)
      const { both, onlyA, onlyB } = compared.records
      expect(both + onlyA).toBe((await workspace.all('records')).length)
      expect(both + onlyB).toBe((await workspace.all('records', 'strict')).length)
      expect(both).toBeGreaterThan(0)
      const same = await json<EditionComparison>('editions', 'diff', 'main', 'main')
      expect([same.configuration, same.records.onlyA]).toEqual([[], 0])
    },
    3 * MINUTES,
  )
})

describe('dropping', () => {
  it(
    'is refused of what others are built on, of what is being worked on, and where nobody was asked',
    async () => {
      const base = await workspace.run('editions', 'drop', 'main', '--yes')
      expect([base.code, base.stderr]).toEqual([1, expect.stringContaining('strict is built on its topics')])
      const unasked = await workspace.run('editions', 'drop', 'strict')
      expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('say --yes')])
      const worker = workspace.start('run', ...STRICT, '--json')
      while (!worker.stderr.includes('"event":"progress"')) await sleep(100)
      const busy = await workspace.run('editions', 'drop', 'strict', '--yes')
      expect([busy.code, busy.stderr]).toEqual([1, expect.stringContaining('[NF_EDITION_IN_USE]')])
      worker.kill('SIGINT')
      await worker.ended
      expect((await editions()).map(({ state }) => state)).toEqual(['started', 'started'])
    },
    3 * MINUTES,
  )

  it(
    'deletes all but what was paid for; making it again costs nothing, on a machine that knows nothing of it',
    async () => {
      const before = await workspace.all('records', 'strict')
      const paid = (await workspace.all('completions', 'strict')).length
      expect(await rowsOf('strict', 'records', 'editions')).toEqual({ records: before.length, editions: 1 })
      const dropped = await json<DropLosses>('editions', 'drop', 'strict', '--yes')
      expect(dropped).toMatchObject({ edition: 'strict', records: before.length, ownQuestions: false })
      expect(dropped.kept.calls).toBe(paid)
      const { topics, groups } = await namesOnBroker('strict')
      expect(topics).toEqual(['completions'])
      expect(groups.filter((group) => !group.startsWith('journal.'))).toEqual([])
      expect(await rowsOf('strict', 'records', 'editions', 'completions', 'kept')).toEqual({})
      expect((await editions()).map(({ edition }) => edition)).toEqual(['main'])

      for (const name of ['journal', 'machine-id']) {
        rmSync(join(workspace.folder, '.ninefold', name), { recursive: true, force: true })
      }
      const { calls } = simulator.stats()
      await replay()
      expect(simulator.stats().calls - calls).toBe(0)
      const byId = (records: typeof before) => records.toSorted((a, b) => (a.recordId < b.recordId ? -1 : 1))
      expect(byId(await workspace.all('records', 'strict'))).toEqual(byId(before))
      expect(await rowsOf('strict', 'records', 'editions')).toEqual({ records: before.length, editions: 1 })
      await workspace.succeed('audit', ...STRICT)
    },
    6 * MINUTES,
  )

  it(
    'that was cut short is ended by the same command, and by nothing else',
    async () => {
      const session = await openStrict()
      const recorded = await findEdition(session, session.fullName('editions'))
      await publish(session, [{ topic: 'editions', key: 'strict', value: { ...recorded!, kind: DROPPING } }])
      await session.client.deleteTopics([session.fullName('records'), session.fullName('kept')])
      await session.close()
      const run = await workspace.run('run', ...STRICT, '--until-drained')
      expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('[NF_EDITION_DROPPING]')])
      expect((await editions()).map(({ state }) => state)).toEqual(['started', 'dropping'])
      await workspace.succeed('editions', 'drop', 'strict', '--yes')
      expect((await namesOnBroker('strict')).topics).toEqual(['completions'])
      const folder = join(workspace.folder, '.ninefold', 'workers', `${PIPELINE}.strict`)
      const slots = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      expect(slots.flatMap(({ name }) => readdirSync(join(folder, name)))).toEqual([])
    },
    3 * MINUTES,
  )
})

describe('an edition with a filter', () => {
  it(
    'holds what fits, in exports and beside others, at no cost',
    async () => {
      const best = ['--edition', 'best', '--set', 'filters[0]=rank = 1']
      const { calls } = simulator.stats()
      await workspace.succeed('replay', '--from', 'verdicts', ...best, '--quiet')
      expect(simulator.stats().calls - calls).toBe(0)
      const all = await workspace.all('records', 'best')
      const fitting = all.filter(({ rank }) => rank === 1).length
      expect([fitting > 0, fitting < all.length]).toEqual([true, true])
      const exported = (...args: string[]) =>
        json<ExportSummary>('export', ...args, '--out', join(workspace.folder, 'best'))
      const left = { records: fitting, passedOver: all.length - fitting }
      expect(await exported(...best)).toMatchObject(left)
      expect(await exported('--edition', 'best')).toMatchObject(left)
      const rl = await exported('--edition', 'best', '--format', 'rl')
      expect(rl.files.map(({ rows }) => rows)).toEqual([QUESTIONS])
      const others = ['export', '--edition', 'best', '--set', 'filters[0]=rank = 2']
      expect((await workspace.run(...others)).stderr).toContain('[NF_EDITION_CHANGED]')
      const { configuration, records } = await json<EditionComparison>('editions', 'diff', 'main', 'best')
      expect(configuration).toEqual([{ key: 'filters', was: '(absent)', now: '["rank = 1"]' }])
      expect(records).toEqual({ both: fitting, otherResponse: 0, onlyA: all.length - fitting, onlyB: 0 })
      const misspelt = ['--edition', 'other', '--set', 'filters[0]=rnk = 1']
      const wrong = await workspace.run('replay', '--from', 'verdicts', ...misspelt)
      expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('did you mean rank?')])
    },
    3 * MINUTES,
  )
})
