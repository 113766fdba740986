/** A worker is watched while it works: what it serves is well formed, holds no secret, and agrees with the topics. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import type { CliProcess } from '../support/cli-process.ts'
import { type MetricsText, readMetricsText } from '../support/prometheus-text.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTE = 60_000
const QUESTIONS = 10
const NANO = 1e9
const AT_ONCE = 10
/** Stands for every secret: it must be nowhere. */
const CANARY = 'canary-0f8fad5b-d9cb-469f'

let simulator: Simulator
let workspace: Workspace
const running: CliProcess[] = []

beforeAll(async () => {
  // The lag is read every 5 seconds: the work has to last for longer.
  simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 1_000, p500: 0.02, p429: 0.02 })
  workspace = new Workspace(configuration())
  workspace.env = { SIM_KEY: CANARY }
}, MINUTE)

afterAll(async () => {
  for (const process of running) process.kill('SIGKILL')
  await Promise.all(running.map(({ ended }) => ended))
  workspace?.[Symbol.dispose]()
  await simulator?.close()
})

function configuration(): object {
  const config = simulatedPipeline({ pipeline: 'monitored', url: simulator.url, stack: inject('stack') })
  const { endpoints } = config as { endpoints: { sim: object } }
  return { ...config, endpoints: { sim: { ...endpoints.sim, apiKeyEnv: 'SIM_KEY' } }, budget: { usd: 100 } }
}

function started(...args: string[]): CliProcess {
  const process = workspace.start(...args)
  running.push(process)
  return process
}

async function until<T>(look: () => Promise<T | null> | T | null, seen: CliProcess): Promise<T> {
  const end = Date.now() + 3 * MINUTE
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${look}\n${seen.stderr}`)
    await sleep(50)
  }
}

/** Where a worker says that it serves. */
function addressOf(worker: CliProcess): Promise<string> {
  return until(() => /metrics: (http:\/\/\S+)\/metrics/.exec(worker.stderr)?.[1] ?? null, worker)
}

/** A page; null when nothing is listening any more. */
async function page(url: string): Promise<{ status: number; text: string } | null> {
  try {
    const response = await fetch(url)
    return { status: response.status, text: await response.text() }
  } catch {
    return null
  }
}

/** Scrapes until the worker is gone. */
async function scrapeToTheEnd(url: string): Promise<{ texts: string[]; last: MetricsText }> {
  const texts: string[] = []
  for (;;) {
    // Several at once, as no Prometheus would: it must not matter to the worker.
    const [seen = null] = await Promise.all(Array.from({ length: AT_ONCE }, () => page(`${url}/metrics`)))
    if (seen === null) return { texts, last: readMetricsText(texts.at(-1)!) }
    expect(seen.status).toBe(200)
    texts.push(seen.text)
    await sleep(200)
  }
}

describe('a worker with a monitor', () => {
  it(
    'tells what it does while it does it, and in the end what the topics hold',
    async () => {
      await workspace.succeed('load', workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
      const worker = started('run', '--until-drained', '--monitor', '0')
      const url = await addressOf(worker)
      const scraping = scrapeToTheEnd(url)
      const ready = await until(async () => {
        const seen = await page(`${url}/readyz`)
        return seen?.status === 200 ? seen : null
      }, worker)
      expect(JSON.parse(ready.text)).toMatchObject({
        live: true,
        ready: true,
        pipeline: 'monitored',
        edition: 'main',
      })
      const health = await page(`${url}/healthz`)
      expect(health).toMatchObject({ status: 200 })
      const { texts, last } = await scraping
      expect((await worker.ended).code, worker.stderr).toBe(0)

      for (const text of [...texts, ready.text, health!.text, worker.stderr])
        expect(text).not.toContain(CANARY)
      const readings = texts.map(readMetricsText)
      const peak = (name: string, labels = {}) => Math.max(...readings.map((one) => one.sum(name, labels)))
      expect(peak('ninefold_records_in_flight')).toBeGreaterThan(0)
      expect(peak('ninefold_endpoint_calls_in_flight', { endpoint: 'sim' })).toBeGreaterThan(0)
      expect(peak('ninefold_endpoint_calls_in_flight')).toBeLessThanOrEqual(16)
      expect(peak('ninefold_waiting_questions')).toBeGreaterThan(0)
      expect(peak('ninefold_waiting_questions')).toBeLessThanOrEqual(QUESTIONS)
      expect(peak('ninefold_lag_offsets', { step: 'verify', topic: 'raw-paths' })).toBeGreaterThan(0)
      for (const name of [
        'ninefold_calls_total',
        'ninefold_transactions_total',
        'ninefold_records_processed_total',
      ]) {
        const values = readings.map((one) => one.sum(name))
        expect(values, `${name} never falls`).toEqual([...values].sort((a, b) => a - b))
      }
      await expectToAgree(last)
    },
    8 * MINUTE,
  )

  /** The last reading against the topics, and against the endpoint's own count. */
  async function expectToAgree(last: MetricsText): Promise<void> {
    const completions = await workspace.all('completions')
    const answered = completions.filter(({ status }) => status === 'answered')
    const sumOf = (measure: (one: (typeof completions)[number]) => number | null) =>
      completions.reduce((sum, one) => sum + (measure(one) ?? 0), 0)
    expect(last.sum('ninefold_calls_total', { outcome: 'answered' })).toBe(answered.length)
    expect(last.sum('ninefold_call_duration_seconds_count')).toBe(answered.length)
    for (const role of ['generate', 'verify', 'rank', 'summarize']) {
      const its = answered.filter(({ step }) => step.split('.')[0] === role)
      expect(last.sum('ninefold_calls_total', { role, outcome: 'answered' }), role).toBe(its.length)
    }
    expect(last.sum('ninefold_calls_total', { outcome: 'rate_limited' })).toBe(simulator.stats().faults.p429)
    expect(last.sum('ninefold_calls_total', { outcome: 'failed' })).toBe(completions.length - answered.length)
    expect(last.sum('ninefold_call_retries_total')).toBeGreaterThanOrEqual(simulator.stats().faults.p429)
    expect(last.sum('ninefold_tokens_total', { direction: 'input' })).toBe(sumOf((one) => one.promptTokens))
    expect(last.sum('ninefold_tokens_total', { direction: 'output' })).toBe(
      sumOf((one) => one.completionTokens),
    )
    expect(last.sum('ninefold_cost_usd_total')).toBeCloseTo(sumOf((one) => one.costNanoUsd) / NANO, 6)
    expect(last.sum('ninefold_calls_of_unknown_cost_total')).toBe(
      completions.filter(({ costNanoUsd }) => costNanoUsd === null).length,
    )
    for (const topic of [
      'questions',
      'raw-paths',
      'verdicts',
      'kept',
      'records',
      'unsolved',
      'dead-letters',
    ] as const) {
      const { length } = await workspace.all(topic)
      expect(last.value('ninefold_records_written_total', { topic }), topic).toBe(length)
    }
    expect(last.sum('ninefold_dead_letters_total')).toBe((await workspace.all('dead-letters')).length)
    expect(last.value('ninefold_records_processed_total', { step: 'verify' })).toBe(QUESTIONS * 9)
    expect(last.value('ninefold_journal_entries')).toBe(completions.length)
    expect(last.value('ninefold_journal_unpublished_entries')).toBe(0)
    expect(last.value('ninefold_journal_bytes')).toBeGreaterThan(completions.length * 100)
    expect(last.sum('ninefold_records_in_flight') + last.sum('ninefold_waiting_questions')).toBe(0)
    expect(last.value('ninefold_budget_limit_usd')).toBe(100)
    expect(last.value('ninefold_budget_spent_usd')).toBeGreaterThan(0)
    expect(last.value('ninefold_commit_duration_seconds_count')).toBe(
      last.value('ninefold_transactions_total'),
    )
    expect(last.value('ninefold_worker_info')).toBe(1)
    expect(last.value('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(last.samples.filter(({ name }) => name.startsWith('ninefold_sink'))).toEqual([])
  }

  it(
    'lets two workers of one machine be watched, and ready until they are stopped',
    async () => {
      workspace.configure({ ...configuration(), monitor: { port: 0 } })
      const first = started('run')
      const url = await addressOf(first)
      const second = started('run', '--monitor', new URL(url).port)
      const other = await addressOf(second)
      expect(second.stderr).toContain(
        `port ${new URL(url).port} is taken, as by another worker of this machine`,
      )
      expect(other).not.toBe(url)
      for (const [worker, address] of [
        [first, url],
        [second, other],
      ] as const) {
        await until(async () => ((await page(`${address}/readyz`))?.status === 200 ? true : null), worker)
      }
      const slots = await Promise.all(
        [url, other].map(async (address) => {
          const text = readMetricsText((await page(`${address}/metrics`))!.text)
          return text.samples.find(({ name }) => name === 'ninefold_worker_info')!.labels.worker
        }),
      )
      expect(new Set(slots).size).toBe(2)
      for (const worker of [first, second]) {
        worker.kill('SIGTERM')
        expect((await worker.ended).code).toBe(130)
      }
      expect(await page(`${url}/healthz`)).toBeNull()
    },
    8 * MINUTE,
  )

  it('says that a place open to the network has no login', async () => {
    const worker = started('run', '--until-drained', '--monitor', '0.0.0.0:0')
    await worker.ended
    expect(worker.stderr).toMatch(/open to the network at this address: there is no login/)
  })
})
