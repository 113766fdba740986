/** A small pipeline with analytics: what stands in the topics stands in the tables, however they were filled. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openAnalytics } from '../../analytics/client.ts'
import { TABLES } from '../../analytics/tables/tables.ts'
import type { LineageRow } from '../../explain/lineage.ts'
import { topicsOfSink } from '../../pipeline/analytics.ts'
import { openSession } from '../../pipeline/session.ts'
import { Workspace } from '../support/workspace.ts'

const QUESTIONS = readFileSync(fileURLToPath(new URL('../../demo/questions.jsonl', import.meta.url)), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
const MINUTES = 60_000

function settings(maxErrors: number): object {
  const role = { model: 'helper', temperature: 0 }
  return {
    pipeline: 'analytics',
    endpoints: { sim: { simulated: true } },
    models: {
      writer: { endpoint: 'sim', model: 'sim-writer', price: { input: 0.4, output: 1.2 } },
      helper: { endpoint: 'sim', model: 'sim-helper' },
    },
    samplers: [{ model: 'writer', temperature: [0.6, 0.8, 1] }],
    roles: { verify: role, rank: role, refine: role, regenerate: role, summarize: role },
    triage: { easy: { maxErrors }, medium: { maxErrors: maxErrors + 1 } },
    kafka: { brokers: inject('stack').brokers, partitions: 2 },
    registry: { url: inject('stack').registryUrl },
    // Left out: the local engine.
    clickhouse: undefined,
  }
}

describe('analytics', () => {
  let workspace: Workspace

  beforeAll(() => {
    workspace = new Workspace(settings(0))
  })

  afterAll(async () => {
    await workspace?.run('down')
    workspace?.[Symbol.dispose]()
  })

  const open = (edition = 'main') => openSession({ config: join(workspace.folder, 'ninefold.yaml'), edition })

  async function query<T>(sql: string): Promise<T[]> {
    const session = await open()
    const client = openAnalytics(session.config, session.analyticsUrl)
    try {
      return await (await client.query({ query: sql, format: 'JSONEachRow' })).json<T>()
    } finally {
      await client.close()
      await session.close()
    }
  }

  /** Records a partition in the topics an edition brings in. */
  async function inTopics(edition = 'main'): Promise<Record<string, number>> {
    const session = await open(edition)
    const counts: Record<string, number> = {}
    try {
      for (const topic of topicsOfSink(session)) {
        for await (const records of session.reader.readAll(session.fullName(topic))) {
          for (const { partition } of records) {
            const place = `${edition} ${topic}/${partition}`
            counts[place] = (counts[place] ?? 0) + 1
          }
        }
      }
    } finally {
      await session.close()
    }
    return counts
  }

  /** Rows a partition; each offset must be there once. */
  async function inTables(): Promise<Record<string, number>> {
    const counts = TABLES.map(
      ({ name }) => `SELECT edition || ' ' || _topic || '/' || toString(_partition) AS place,
        toUInt32(count()) AS rows, toUInt32(uniqExact(_offset)) AS offsets FROM ${name} GROUP BY place`,
    )
    const rows = await query<{ place: string; rows: number; offsets: number }>(counts.join(' UNION ALL '))
    for (const { place, rows: all, offsets } of rows) expect(all, place).toBe(offsets)
    return Object.fromEntries(rows.map((row) => [row.place, row.rows]))
  }

  async function enginePid(): Promise<number> {
    const { stdout } = await workspace.run('status', '--json')
    const { stack } = JSON.parse(stdout) as { stack: { component: string; pid: number | null }[] }
    return stack.find(({ component }) => component === 'clickhouse')!.pid!
  }

  function checksums(): Promise<object[]> {
    const sums = TABLES.map(
      ({ name }) =>
        `SELECT '${name}' AS name, count() AS rows, toString(sum(cityHash64(*))) AS sum FROM ${name}`,
    )
    return query(`SELECT * FROM (${sums.join(' UNION ALL ')}) ORDER BY name`)
  }

  it('hold every record of every topic once a run has ended', { timeout: 4 * MINUTES }, async () => {
    const lines = QUESTIONS.slice(0, 4)
    const file = workspace.write('questions.jsonl', `${lines.join('\n')}\n`)
    await workspace.succeed('load', file, '--batch', 'monday')
    await workspace.succeed('run', '--until-drained')
    expect(await inTables()).toEqual(await inTopics())
  })

  it('answer questions about tiers, correctness, costs and batches', { timeout: MINUTES }, async () => {
    const triaged = [
      ...(await workspace.all('triaged-easy')),
      ...(await workspace.all('triaged-medium')),
      ...(await workspace.all('triaged-difficult')),
    ]
    const tiers = await query<{ tier: string; questions: string }>('SELECT tier, questions FROM tiers')
    const counted = Object.fromEntries(tiers.map(({ tier, questions }) => [tier, Number(questions)]))
    const expected = Object.groupBy(triaged, ({ tier }) => tier)
    expect(counted).toEqual(
      Object.fromEntries(Object.entries(expected).map(([tier, its]) => [tier, its?.length])),
    )
    const verdicts = await workspace.all('verdicts')
    const correctness = await query<{ temperature: number; correct: string }>('SELECT * FROM correctness')
    expect(correctness.map(({ temperature }) => temperature)).toEqual([0.6, 0.8, 1])
    expect(correctness.reduce((sum, { correct }) => sum + Number(correct), 0)).toBe(
      verdicts.filter(({ judgement }) => judgement === 'Correct').length,
    )
    const costs = await query<{ role: string; usd: number | null; calls_of_unknown_cost: string }>(
      'SELECT * FROM costs',
    )
    const generate = costs.find(({ role }) => role === 'generate')
    const paid = (await workspace.all('completions')).reduce((sum, call) => sum + (call.costNanoUsd ?? 0), 0)
    expect(paid).toBeGreaterThan(0)
    expect(generate?.usd).toBeCloseTo(paid / 1e9, 9)
    // Nobody knows the helper's price: its calls are not free.
    const verify = costs.find(({ role }) => role === 'verify')
    expect(verify?.usd).toBeNull()
    expect(Number(verify?.calls_of_unknown_cost)).toBeGreaterThan(0)
    const [batch] = await query<object>(
      `SELECT batch, toUInt32(questions) AS questions, toUInt32(waiting) AS waiting,
        toUInt32(records) AS records FROM batches`,
    )
    const records = (await workspace.all('records')).length
    expect(batch).toEqual({ batch: 'monday', questions: 4, waiting: 0, records })
    expect(await query('SELECT * FROM waiting_questions')).toEqual([])
  })

  it('lead from each record to its attempts, verdicts, edits and calls, as the topics have them', {
    timeout: 2 * MINUTES,
  }, async () => {
    const [records, calls] = [await workspace.all('records'), await workspace.all('completions')]
    for (const { recordId, question, pathIds, verdictIds, requestHashes } of records) {
      const rows = await query<LineageRow>(`SELECT * FROM lineage(record = '${recordId}')`)
      const idsOf = (step: string, isBehind?: boolean) =>
        rows
          .filter((row) => row.step === step && (isBehind === undefined || row.is_behind === isBehind))
          .map(({ id }) => id)
          .sort()
      expect(idsOf('path')).toHaveLength(3)
      expect(idsOf('verdict')).toHaveLength(3)
      expect(idsOf('path', true)).toEqual([...pathIds].sort())
      expect(idsOf('verdict', true)).toEqual([...verdictIds].sort())
      expect(idsOf('record', true)).toEqual([recordId])
      const its = calls.filter(({ questionId }) => questionId === question.questionId)
      expect(its.map(({ requestHash }) => requestHash)).toEqual(expect.arrayContaining([...requestHashes]))
      expect(rows.reduce((sum, row) => sum + Number(row.calls), 0)).toBe(its.length)
      const nanoUsd = its.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0)
      expect(rows.reduce((sum, { usd }) => sum + Math.round((usd ?? 0) * 1e9), 0)).toBe(nanoUsd)
    }
    const { recordId, question } = records[0]!
    const shown = await workspace.succeed('show', recordId, '--json')
    expect(shown.stderr).not.toContain('searching')
    const { found, lineage } = JSON.parse(shown.stdout) as { found: object; lineage: LineageRow[] }
    expect(found).toMatchObject({ questionId: question.questionId, what: 'record', id: recordId })
    expect(lineage.filter(({ step }) => step === 'path')).toHaveLength(3)
    const screen = (await workspace.succeed('show', recordId)).stdout
    expect(screen).toMatch(/^Lineage .*outcome/m)
    expect(screen).toContain('all behind it')
    expect((await workspace.succeed('show', question.questionId)).stdout).not.toMatch(/^Lineage/m)
  })

  it('are left alone by a run that names other steps, and caught up with by the sink alone', {
    timeout: 3 * MINUTES,
  }, async () => {
    const file = workspace.write('more.jsonl', `${QUESTIONS.slice(4, 6).join('\n')}\n`)
    await workspace.succeed('load', file, '--batch', 'tuesday')
    const before = await inTables()
    await workspace.succeed('run', '--only', 'admit', '--until-drained')
    expect(await inTables()).toEqual(before)
    await workspace.succeed('run', '--only', 'sink', '--until-drained')
    expect(await inTables()).toEqual(await inTopics())
    const waiting = await query<{ state: string }>('SELECT state FROM waiting_questions')
    expect(waiting.map(({ state }) => state)).toEqual(['waits for paths', 'waits for paths'])
  })

  it('hold what an edition adds, and what it shares once', { timeout: 4 * MINUTES }, async () => {
    await workspace.succeed('run', '--until-drained')
    workspace.configure(settings(1))
    await workspace.succeed('replay', '--edition', 'mild', '--from', 'verdicts')
    workspace.configure(settings(0))
    expect(await inTables()).toEqual({ ...(await inTopics()), ...(await inTopics('mild')) })
    const progress = await query<object>(
      `SELECT edition, toUInt32(countIf(state IN ('done', 'unsolved'))) AS questions
       FROM question_progress GROUP BY edition ORDER BY edition`,
    )
    expect(progress).toEqual([
      { edition: 'main', questions: 6 },
      { edition: 'mild', questions: 6 },
    ])
  })

  it('hold everything although their engine was killed in the middle of a run', {
    timeout: 4 * MINUTES,
  }, async () => {
    const file = workspace.write('late.jsonl', `${QUESTIONS.slice(6, 8).join('\n')}\n`)
    await workspace.succeed('load', file)
    const running = workspace.start('run', '--until-drained')
    const counts = () => inTables().then((rows) => Object.values(rows).reduce((sum, one) => sum + one, 0))
    const rows = await counts()
    await eventually(async () => ((await counts()) > rows ? true : null))
    process.kill(await enginePid(), 'SIGKILL')
    const { code, stderr } = await running.ended
    expect(code, stderr).toBe(0)
    expect(await inTables()).toEqual({ ...(await inTopics()), ...(await inTopics('mild')) })
  })

  it('are the same rows when they are made anew', { timeout: 4 * MINUTES }, async () => {
    const before = await checksums()
    await query('CREATE TABLE of_my_own (n UInt8) ENGINE = Memory')
    const { stdout } = await workspace.succeed('analytics', 'rebuild', '--json')
    expect(await checksums()).toEqual(before)
    const rebuilt = JSON.parse(stdout) as { table: string; rows: number }[]
    expect(rebuilt.find(({ table }) => table === 'questions')).toEqual({ table: 'questions', rows: 8 })
    expect(await query('SELECT * FROM of_my_own')).toEqual([])
  })

  it('cannot be made anew while workers fill them', { timeout: 2 * MINUTES }, async () => {
    const worker = workspace.start('run')
    const refused = await eventually(async () => {
      const ended = await workspace.run('analytics', 'rebuild')
      return ended.code === 0 ? null : ended
    })
    expect(refused.stderr).toContain('[NF_ANALYTICS_BUSY]')
    worker.kill('SIGINT')
    await worker.ended
    expect(await inTables()).toEqual({ ...(await inTopics()), ...(await inTopics('mild')) })
  })
})

async function eventually<T>(attempt: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + MINUTES
  for (;;) {
    const found = await attempt()
    if (found !== null) return found
    if (Date.now() > deadline) throw new Error('it has not come to that')
  }
}
