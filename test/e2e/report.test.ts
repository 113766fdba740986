/** `ninefold report` as its user types it: on a ClickHouse of his own, no Kafka runs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../analytics/client.ts'
import { migrate } from '../../analytics/migrations.ts'
import { ToyEngine } from '../support/toy-engine.ts'
import { Workspace } from '../support/workspace.ts'

const DATABASE = 'ninefold_reported'
const CONFIG = {
  pipeline: 'reported',
  endpoints: { sim: { simulated: true } },
  models: { one: { endpoint: 'sim', model: 'sim-one' } },
  samplers: [{ model: 'one', temperature: [0.6, 0.8] }],
  roles: { verify: 'one', rank: 'one', refine: 'one', regenerate: 'one', summarize: 'one' },
  triage: { easy: { maxErrors: 0 }, medium: { maxErrors: 1 } },
}

let engine: ToyEngine
let workspace: Workspace

beforeAll(async () => {
  engine = await ToyEngine.start()
  workspace = new Workspace({ ...CONFIG, clickhouse: { url: engine.url, database: DATABASE } })
})

afterAll(async () => {
  workspace?.[Symbol.dispose]()
  await engine?.[Symbol.asyncDispose]()
})

const report = (...args: string[]) => workspace.run('report', ...args)

/** The tables and views, an edition, and three questions sorted into tiers. */
async function fill(): Promise<void> {
  const clickhouse = { kind: 'local', database: DATABASE } as const
  const open = (database?: string) => openAnalytics({ clickhouse }, engine.url, { database })
  await migrate(open, { database: DATABASE, cluster: null })
  const client = open()
  const place = { edition: 'main', _topic: 't', _partition: 0, _time: 0 }
  const insert = (table: string, values: readonly object[]) =>
    client.insert({
      ...{ table, format: 'JSONEachRow', columns: Object.keys(values[0]!) as [string, ...string[]] },
      values: values.map((value) => value),
    })
  await insert('editions', [{ ...place, _offset: 0, base: '', base_from: '', config: '{}' }])
  const tiers = ['easy', 'easy', 'difficult'].map((tier, at) => ({
    ...{ ...place, _offset: at, question_id: `q${at}`, revision: 1, source: 's', triaged_id: `${at}` },
    ...{ tier, expected: 2, errors: tier === 'easy' ? 0 : 2 },
  }))
  await insert('triaged', tiers)
  await client.close()
}

describe('ninefold report', () => {
  it('says so before the pipeline has run', async () => {
    const { code, stdout, stderr } = await report()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('[NF_CLICKHOUSE_NO_DATABASE]')
  })

  it('prints tables, of the sections it is asked for', async () => {
    await fill()
    const all = await workspace.succeed('report')
    expect(all.stdout).toContain('No call has been made yet.')
    const { stdout, stderr } = await workspace.succeed('report', '--only', 'waiting', 'tiers')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^Tiers and records \(tiers\)\n/)
    expect(stdout).toMatch(/^easy +2 +66\.7 +0\.0 +0 +0$/m)
    expect(stdout).toMatch(/\n\nQuestions that wait, and for what \(waiting\)\n.*\nNo question waits\.\n$/s)
    expect(stdout).not.toContain('\x1b')
  })

  it('prints JSON alone, by section', async () => {
    const { stdout } = await workspace.succeed('report', '--json', '--only', 'tiers', '--definition', 'all')
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ pipeline: 'reported', edition: 'main', definition: 'all' },
      sections: { tiers: { missing: null, rows: [{ tier: 'easy', questions: 2 }, { tier: 'difficult' }] } },
    })
  })

  it('writes a page, and says where', async () => {
    const { stdout, stderr } = await workspace.succeed('report', '--html', 'report.html')
    expect([stdout, stderr]).toEqual(['', 'the report is in report.html\n'])
    const page = readFileSync(join(workspace.folder, 'report.html'), 'utf8')
    expect(page).toMatch(
      /^<!doctype html>.*<h1>Report on reported, edition main<\/h1>.*<svg role="img".*<\/html>\n$/s,
    )
  })

  it('refuses what it cannot do', async () => {
    const noFolder = await report('--html', 'none/report.html')
    expect([noFolder.code, noFolder.stderr]).toEqual([1, expect.stringContaining('[NF_REPORT_FILE]')])
    const noSection = await report('--only', 'nothing')
    expect([noSection.code, noSection.stderr]).toEqual([2, expect.stringContaining('tiers, correctness')])
    const noEdition = await report('--edition', 'strict', '--html', 'strict.html')
    expect([noEdition.code, noEdition.stderr]).toEqual([1, expect.stringContaining('[NF_EDITION_UNKNOWN]')])
    expect(existsSync(join(workspace.folder, 'strict.html'))).toBe(false)
  })
})
