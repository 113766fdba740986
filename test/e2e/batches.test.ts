/** Loads that arrive while workers run: each is worked off without a restart, and can be asked for by its name. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { BatchReport } from '../../progress/batch-counts.ts'
import type { BatchesReport } from '../../progress/batches.ts'
import type { PipelineStatus } from '../../progress/pipeline-status.ts'
import type { RunSummary } from '../../progress/run-summary.ts'
import type { TopicsReport } from '../../progress/topics.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import type { CliProcess } from '../support/cli-process.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const POLL_MS = 200
const INTERRUPTED = 130
const A_BATCH = 12
const SAMPLERS = 9
const NANO = 1e9

/** What is counted in numbers, and so must add up. */
const SUMMED = [
  'loaded',
  'new',
  'questions',
  'kept',
  'records',
  'deadLetters',
  'calls',
  'promptTokens',
  'completionTokens',
  'callsOfUnknownCost',
] as const satisfies readonly (keyof BatchReport)[]

describe('batches that arrive during a run', () => {
  let simulator: Simulator
  let workspace: Workspace
  const workers: CliProcess[] = []

  beforeAll(async () => {
    simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 20 })
    const settings = { pipeline: 'batches', url: simulator.url, stack: inject('stack') }
    workspace = new Workspace(simulatedPipeline(settings))
  }, MINUTES)

  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    await Promise.all(workers.map(({ ended }) => ended))
    workspace?.[Symbol.dispose]()
    await simulator?.close()
  })

  async function json<T>(...args: string[]): Promise<T> {
    const { stdout } = await workspace.succeed(...args, '--json')
    return JSON.parse(stdout) as T
  }

  async function startWorker(): Promise<void> {
    const worker = workspace.start('run')
    workers.push(worker)
    let hasEnded = false
    void worker.ended.then(() => {
      hasEnded = true
    })
    while (!worker.stderr.includes(' runs')) {
      if (hasEnded) throw new Error(`the worker has ended: ${(await worker.ended).stderr}`)
      await sleep(POLL_MS)
    }
  }

  async function load(batch: string, from: number): Promise<void> {
    const questions = demoQuestions(from + A_BATCH).slice(from)
    const file = workspace.writeLines(`${batch}.jsonl`, questions)
    const summary = await json('load', '--batch', batch, file)
    expect(summary).toEqual({ batch, loaded: A_BATCH, bad: 0 })
  }

  function expectSums({ batches, total }: BatchesReport): void {
    for (const key of SUMMED) {
      expect(
        batches.reduce((sum, batch) => sum + batch[key], 0),
        key,
      ).toBe(total[key])
    }
    for (const stage of Object.keys(total.stages) as (keyof BatchReport['stages'])[]) {
      expect(
        batches.reduce((sum, { stages }) => sum + stages[stage], 0),
        stage,
      ).toBe(total.stages[stage])
    }
    const usd = batches.reduce((sum, batch) => sum + (batch.usd ?? 0), 0)
    expect(usd).toBeCloseTo(total.usd ?? 0, 9)
  }

  it(
    'are done by workers that were there and by one that joined, and add up at any time',
    async () => {
      await startWorker()
      await load('one', 0)
      const first = await json<BatchesReport>('batches')
      expect(first.batches).toMatchObject([
        { batch: 'one', loaded: A_BATCH, new: A_BATCH, questions: A_BATCH },
      ])
      await load('two', A_BATCH)
      await startWorker()
      for (;;) {
        const report = await json<BatchesReport>('batches')
        expect(report.batches.map(({ batch }) => batch)).toEqual(['one', 'two'])
        expectSums(report)
        if (report.batches.every(({ percentDone }) => percentDone === 100)) break
        await sleep(POLL_MS)
      }
      for (const worker of workers) expect(worker.stderr).not.toContain('[NF_')
    },
    8 * MINUTES,
  )

  it(
    'tell what became of them and what they cost, as the topics have it',
    async () => {
      const report = await json<BatchesReport>('batches')
      for (const { questions, stages, tiers, percentDone, usd, projectedUsd } of report.batches) {
        expect({ questions, percentDone }).toEqual({ questions: A_BATCH, percentDone: 100 })
        expect(stages.done + stages.unsolved).toBe(A_BATCH)
        expect(tiers.easy + tiers.medium + tiers.difficult).toBe(A_BATCH)
        expect(usd).toBeGreaterThan(0)
        expect(projectedUsd).toBe(usd)
      }
      const completions = await workspace.all('completions')
      const nanoUsd = completions.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0)
      const { total } = report
      expect(total.calls).toBe(completions.length)
      expect(total.usd).toBeCloseTo(nanoUsd / NANO, 9)
      expect(total.records).toBe((await workspace.all('records')).length)
      expect(total.calls).toBeGreaterThan(2 * A_BATCH * SAMPLERS)
      const { batch, ...one } = await json<{ batch: string } & BatchReport>('batches', 'one')
      expect({ batch, ...one }).toEqual(report.batches[0])
    },
    4 * MINUTES,
  )

  it(
    'leave nothing waiting, and two workers ready for more',
    async () => {
      for (;;) {
        const { pipeline } = await json<{ pipeline: PipelineStatus }>('status')
        expect(pipeline).toMatchObject({ pipeline: 'batches', edition: 'main', problem: null })
        // Groups that are just moving on do not tell who is in them.
        const isKnown = pipeline.workers.every(({ steps }) => steps.length === SAMPLERS + 8)
        if (pipeline.workers.length === workers.length && isKnown && pipeline.lag === 0) break
        await sleep(POLL_MS)
      }
      const { topics, total } = await json<TopicsReport>('topics')
      expect(total).toMatchObject({ lag: 0, partitions: 4 * topics.length })
      const questions = topics.find(({ topic }) => topic === 'questions')!
      expect(questions.offsets).toBeGreaterThanOrEqual(2 * A_BATCH)
      expect(questions.bytes).toBeGreaterThan(0)
      // Every sampler reads them, and what withdraws records of earlier revisions.
      expect(questions.groups).toHaveLength(SAMPLERS + 1)
    },
    4 * MINUTES,
  )

  it(
    'count in both where they bring the same question, at no cost',
    async () => {
      const file = workspace.writeLines('again.jsonl', demoQuestions(2))
      await workspace.succeed('load', '--batch', 'again', file)
      const [before, { batches, total }] = [
        await json<BatchReport>('batches', 'one'),
        await json<BatchesReport>('batches'),
      ]
      expect(batches[0]).toMatchObject({
        batch: 'again',
        loaded: 2,
        new: 0,
        repeats: 2,
        questions: 2,
        percentDone: 100,
      })
      expect(batches[1]).toEqual(before)
      expect(total).toMatchObject({ loaded: 2 * A_BATCH + 2, questions: 2 * A_BATCH })
      expect(simulator.stats()).toMatchObject({ repeated: 0 })
    },
    4 * MINUTES,
  )

  it(
    'a run tells its progress in events and its end as one document',
    async () => {
      for (const worker of workers) worker.kill('SIGINT')
      for (const worker of workers) expect((await worker.ended).code).toBe(INTERRUPTED)
      const { stdout, stderr } = await workspace.succeed('run', '--until-drained', '--json')
      expect(JSON.parse(stdout) as RunSummary).toMatchObject({
        ended: 'drained',
        made: { questions: 0, records: 0, deadLetters: 0 },
        left: { waiting: 0, deadLetters: 0 },
        calls: 0,
        usd: 0,
      })
      const events = stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; steps?: object[] })
      expect(events[0]).toMatchObject({ event: 'started' })
      expect(events.at(-1)).toMatchObject({ event: 'progress', troubles: [] })
      expect(events.at(-1)!.steps).toHaveLength(SAMPLERS + 8)
      await workspace.succeed('audit')
    },
    4 * MINUTES,
  )
})
