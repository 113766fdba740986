/** All recorded questions through the whole pipeline, on a stack of their own: what comes out is known beforehand. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CallBooks, total } from '../support/call-books.ts'
import type { Ended } from '../support/cli-process.ts'
import { type EndpointStats, resetStats, statsOf } from '../support/endpoint-stats.ts'
import { priceOf, RecordedFigures } from '../support/recorded-figures.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import {
  describeWithData,
  type Expected,
  RECORDED_MODELS,
  RECORDED_SETS,
  readExpected,
  recordedFile,
  testEndpoint,
} from '../support/test-data.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000

describeWithData('the recorded questions', ['TEST_DATA', 'TEST_ENDPOINT'], () => {
  let endpoint: string
  let expected: Readonly<Record<string, Expected>>
  let settings: ReturnType<typeof recordedPipeline>
  let workspace: Workspace
  let run: Ended
  let stats: EndpointStats

  /** Rows of a query, of the base edition's tables. */
  async function rowsOf<T>(query: string): Promise<T[]> {
    const { stdout } = await workspace.succeed('sql', '--json', query)
    const lines = stdout.trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as T)
  }

  async function loadAll(): Promise<number> {
    let loaded = 0
    for (const set of RECORDED_SETS) {
      const { stdout } = await workspace.succeed('load', '--source', set, '--json', recordedFile(set))
      loaded += (JSON.parse(stdout) as { loaded: number }).loaded
    }
    return loaded
  }

  beforeAll(async () => {
    endpoint = testEndpoint('TEST_ENDPOINT')
    settings = recordedPipeline({ pipeline: 'recorded', endpoint, priceOf })
    expected = readExpected()
    await resetStats(endpoint)
    // No broker is configured: the first command starts the local stack.
    workspace = new Workspace(settings)
    expect(await loadAll()).toBe(2_071)
    run = await workspace.run('run', '--until-drained')
    stats = await statsOf(endpoint)
  }, 8 * MINUTES)

  afterAll(async () => {
    await workspace?.run('down')
    workspace?.[Symbol.dispose]()
  }, 2 * MINUTES)

  it('ends with nothing left over', () => {
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toContain('\ndrained: 0 questions wait, 0 dead letters, 0 unsolved\n')
  })

  it('puts as many questions of every set into every tier as were wrong so often', async () => {
    const tiers = new Map<string, number>()
    for (const topic of ['triaged-easy', 'triaged-medium', 'triaged-difficult'] as const) {
      for await (const { question, tier } of workspace.records(topic)) {
        expect(topic).toBe(`triaged-${tier}`)
        count(tiers, `${question.source} ${tier}`)
      }
    }
    const wanted = RECORDED_SETS.flatMap((set) =>
      Object.entries(expected[set]!.tiers).map(([tier, questions]) => [`${set} ${tier}`, questions] as const),
    )
    expect(Object.fromEntries(tiers)).toEqual(Object.fromEntries(wanted))
  })

  it('finds as many paths of every model Correct as were', async () => {
    const correct = new Map<string, number>()
    let verdicts = 0
    for await (const { question, path, judgement } of workspace.records('verdicts')) {
      verdicts++
      if (judgement === 'Correct') count(correct, `${question.source} ${path?.model}`)
    }
    expect(verdicts).toBe(2_071 * RECORDED_MODELS.length)
    const wanted = RECORDED_SETS.flatMap((set) =>
      Object.entries(expected[set]!.correct).map(([model, right]) => [`${set} ${model}`, right] as const),
    )
    expect(Object.fromEntries(correct)).toEqual(Object.fromEntries(wanted))
  })

  it('makes exactly the calls that follow from that, each once', async () => {
    const calls = { ranker: 0, refiner: 0, regenerator: 0, summarizer: 0 }
    for (const topic of ['triaged-easy', 'triaged-medium'] as const) {
      for await (const { correct } of workspace.records(topic)) if (correct.length > 2) calls.ranker++
    }
    // A path is mended in one call and checked in another.
    for await (const { chosen } of workspace.records('ranked')) calls.refiner += 2 * chosen.length
    // This endpoint writes the key at the first try.
    for await (const _ of workspace.records('triaged-difficult')) calls.regenerator++
    for await (const _ of workspace.records('kept')) calls.summarizer++
    const paths = 2_071 * RECORDED_MODELS.length
    const { ranker, refiner, regenerator, summarizer } = calls
    expect(stats.byModel).toEqual({
      ...Object.fromEntries(RECORDED_MODELS.map((model) => [model, 2_071])),
      judge: paths + ranker + summarizer,
      strong: refiner + regenerator,
    })
    expect(stats).toMatchObject({
      calls: 2 * paths + ranker + refiner + regenerator + summarizer,
      faults: 0,
      answeredRepeated: 0,
      inFlightRepeated: 0,
    })
  })

  it('publishes every call once, with what it used', async () => {
    const payments = new Set<string>()
    const tokens = { prompt: 0, completion: 0 }
    for await (const { paymentId, status, promptTokens, completionTokens } of workspace.records(
      'completions',
    )) {
      expect(status).toBe('answered')
      payments.add(paymentId)
      tokens.prompt += promptTokens ?? Number.NaN
      tokens.completion += completionTokens ?? Number.NaN
    }
    expect(payments.size).toBe(stats.calls)
    expect(tokens).toEqual({ prompt: stats.promptTokens, completion: stats.completionTokens })
  })

  it('makes a record of every chain of thought that was kept, and leaves no question without one', async () => {
    const kept = new Set<string>()
    for await (const { keptId } of workspace.records('kept')) kept.add(keptId)
    const records = await workspace.all('records')
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(records.length)
    expect(new Set(records.map(({ keptId }) => keptId))).toEqual(kept)
    expect(new Set(records.map(({ question }) => question.questionId)).size).toBe(2_071)
  })

  it('balances', async () => {
    await workspace.succeed('audit')
  })

  it('exports every record, sorted by id', async () => {
    const records = await workspace.all('records')
    await workspace.succeed('export')
    const folder = join(workspace.folder, 'export')
    const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
    expect(files).toHaveLength(3)
    const ids = records.map(({ recordId }) => recordId).sort()
    for (const file of files) {
      const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
      expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids)
    }
  })

  describe('in SQL', () => {
    const figures = new RecordedFigures()

    beforeAll(async () => {
      workspace.configure({ ...settings, clickhouse: undefined })
      await workspace.succeed('analytics', 'rebuild')
    }, 4 * MINUTES)

    it('are as many Correct and wrong paths of each model as there were, on all questions and on parts of them', async () => {
      const all = await rowsOf<{ model: string; correct: number; errors: number }>(
        'SELECT model, correct, errors FROM correctness',
      )
      const wanted = RECORDED_MODELS.map((model) => {
        const correct = figures.correct(model)
        return { model, correct, errors: 2_071 - correct }
      })
      expect(all.map(numbers)).toEqual(wanted)
      const parts = await rowsOf<{ dimension: 'source' | 'options' | 'tier'; value: string; model: string }>(
        "SELECT dimension, value, model, correct FROM correctness_by WHERE dimension != 'label'",
      )
      expect(new Set(parts.map(({ dimension }) => dimension))).toEqual(new Set(['source', 'options', 'tier']))
      expect(parts.map(numbers)).toEqual(
        parts.map(({ dimension, value, model }) => ({
          ...{ dimension, value, model },
          correct: figures.correct(model, dimension, value),
        })),
      )
    })

    it('are the differences between models', async () => {
      const pairs = await rowsOf<{ model: string; other: string }>(
        "SELECT model, other, only_model, only_other FROM model_pairs WHERE definition = 'majority'",
      )
      expect(pairs).toHaveLength(36)
      expect(pairs.map(numbers)).toEqual(
        pairs.map(({ model, other }) => ({
          ...{ model, other },
          only_model: figures.onlyFirst(model, other),
          only_other: figures.onlyFirst(other, model),
        })),
      )
      const misses = await rowsOf<{ model: string }>(
        "SELECT model, missed_alone FROM model_misses WHERE definition = 'majority'",
      )
      expect(misses.map(numbers)).toEqual(
        RECORDED_MODELS.map((model) => ({ model, missed_alone: figures.missedAlone(model) })),
      )
    })

    it('are the tokens and the money of each model', async () => {
      const rows = await rowsOf<{ model: string }>(
        "SELECT model, sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion, sum(cost_nano_usd) AS nanoUsd FROM completions WHERE startsWith(step, 'generate') GROUP BY model ORDER BY model",
      )
      expect(rows.map(numbers)).toEqual(RECORDED_MODELS.map((model) => ({ model, ...figures.tokens(model) })))
    })

    it('is what fewer paths would have made, as if all choices of models had been tried', async () => {
      const rows = await rowsOf<{ paths: number; easy_max_errors: number; medium_max_errors: number }>(
        'SELECT toUInt32(paths) AS paths, easy_max_errors, medium_max_errors, easy, medium, difficult FROM fewer_paths WHERE paths IN (3, 5, 7, 9)',
      )
      expect(rows.map(({ paths }) => paths)).toEqual([3, 5, 7, 9])
      for (const row of rows) {
        const { paths, easy_max_errors, medium_max_errors } = numbers(row)
        const wanted = figures.meanTiers(Number(paths), Number(easy_max_errors), Number(medium_max_errors))
        for (const [tier, questions] of Object.entries(wanted))
          expect((row as unknown as Record<string, number>)[tier]).toBeCloseTo(questions, 6)
      }
    })

    it('is the way to a record: nine paths, nine verdicts, and every cent, in each tier', async () => {
      const records = await rowsOf<{ tier: string; record: string; question: string }>(
        'SELECT tier, min(record_id) AS record, argMin(question_id, record_id) AS question FROM records GROUP BY tier',
      )
      expect(records.map(({ tier }) => tier).sort()).toEqual(['difficult', 'easy', 'medium'])
      for (const { record, question } of records) {
        const steps = await rowsOf<{
          step: string
          model: string
          outcome: string
          nano: string
          calls: number
        }>(
          `SELECT step, model, outcome, toString(toInt64(usd * 1000000000)) AS nano, calls FROM lineage(record = '${record}')`,
        )
        const wanted = figures.pathsOf(question).sort((a, b) => (a.model < b.model ? -1 : 1))
        const paths = steps.filter(({ step }) => step === 'path')
        expect(paths.map(({ model, nano }) => [model, Number(nano)])).toEqual(
          wanted.map(({ model, nanoUsd }) => [model, nanoUsd]),
        )
        const verdicts = steps.filter(({ step }) => step === 'verdict')
        expect(verdicts).toHaveLength(RECORDED_MODELS.length)
        expect(verdicts.filter(({ outcome }) => outcome === 'Correct')).toHaveLength(
          wanted.filter(({ isRight }) => isRight).length,
        )
        const [paid] = await rowsOf<{ calls: number; nano: string }>(
          `SELECT count() AS calls, toString(sum(cost_nano_usd)) AS nano FROM completions WHERE question_id = '${question}'`,
        )
        const sum = (of: (step: (typeof steps)[number]) => number) =>
          steps.reduce((all, step) => all + of(step), 0)
        expect(sum(({ calls }) => Number(calls))).toBe(Number(paid?.calls))
        expect(sum(({ nano }) => Number(nano))).toBe(Number(paid?.nano))
      }
    })

    it('is every call accounted for, and nothing paid for nothing', async () => {
      const rows = await rowsOf<{ outcome: string; calls: number }>(
        'SELECT outcome, sum(calls) AS calls FROM spending GROUP BY outcome ORDER BY outcome',
      )
      expect(rows.map(({ outcome }) => outcome)).toEqual(['kept', 'rejected'])
      expect(rows.reduce((sum, { calls }) => sum + Number(calls), 0)).toBe(stats.calls)
    })
  })

  it('takes nothing in twice, and pays for nothing twice', async () => {
    await resetStats(endpoint)
    expect(await loadAll()).toBe(2_071)
    await workspace.succeed('run', '--until-drained')
    const questions = new Set<string>()
    let records = 0
    for await (const { questionId } of workspace.records('questions')) {
      questions.add(questionId)
      records++
    }
    expect([questions.size, records]).toEqual([2_071, 2_071])
    expect((await statsOf(endpoint)).calls).toBe(0)
    await workspace.succeed('audit')
  })

  describe('and other editions of them', () => {
    const figures = new RecordedFigures()
    const books = new CallBooks()

    beforeAll(async () => {
      workspace.configure(settings)
      expect(total(await books.enter(workspace, 'main'))).toBe(stats.calls)
    }, 4 * MINUTES)

    afterAll(() => {
      workspace.configure(settings)
      console.info(books.table)
    })

    /** Makes an edition, and compares what it asked with what it rests on. @returns the calls it made, by model */
    async function replay(name: string, edition: string, from: string, ...options: string[]) {
      await resetStats(endpoint)
      await workspace.succeed('replay', '--from', from, '--edition', edition, ...options)
      const { byModel, calls, answeredRepeated } = await statsOf(endpoint)
      const due = await books.enter(workspace, edition)
      books.note(name, total(due), calls)
      expect(byModel).toEqual(due)
      expect(answeredRepeated).toBe(0)
      await workspace.succeed('audit', '--edition', edition, ...options)
      return due
    }

    /** Questions in each tier. */
    async function tiersOf(edition: string): Promise<Record<string, number>> {
      const tiers = new Map<string, number>()
      for (const topic of ['triaged-easy', 'triaged-medium', 'triaged-difficult'] as const) {
        for await (const { tier } of workspace.records(topic, edition)) count(tiers, tier)
      }
      return Object.fromEntries(tiers)
    }

    it(
      'ask a tenth sampler once for each question, and its judge, and what then differs',
      async () => {
        const samplers = [...settings.samplers, { model: 'gpt-4o', temperature: 0.9 }]
        workspace.configure({ ...settings, samplers })
        const due = await replay('a tenth sampler', 'ten', 'questions')
        expect(Object.keys(due).sort()).toEqual(['gpt-4o', 'judge', 'strong'])
        expect(due['gpt-4o']).toBe(2_071)
        expect(due.judge).toBeGreaterThan(2_071)
        // It answers as the same model did at another temperature.
        expect(await tiersOf('ten')).toEqual(figures.tiers(['gpt-4o'], 4, 7))
        workspace.configure(settings)
      },
      8 * MINUTES,
    )

    it(
      'ask with other thresholds for those questions alone whose tier changes',
      async () => {
        const thresholds = ['--set', 'triage.easy.maxErrors=3', '--set', 'triage.medium.maxErrors=6']
        const due = await replay('other thresholds', 'stricter', 'verdicts', ...thresholds)
        expect(total(due)).toBeGreaterThan(0)
        expect(await tiersOf('stricter')).toEqual(figures.tiers([], 3, 6))
        const changed = figures.questionsWithErrors([4, 7])
        const asked = new Set<string>()
        for await (const { questionId } of workspace.records('completions', 'stricter')) asked.add(questionId)
        expect([...asked].filter((id) => !changed.has(id))).toEqual([])
      },
      6 * MINUTES,
    )
  })
})

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** ClickHouse writes long whole numbers as text. */
function numbers<T extends object>(row: T): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      key !== 'value' && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ]),
  )
}
