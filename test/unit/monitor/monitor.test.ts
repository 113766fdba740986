import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nothingSpent } from '../../../models/spent.ts'
import { Monitor } from '../../../monitor/monitor.ts'
import type { ReadWorker } from '../../../monitor/reading.ts'
import type { BesideWorker } from '../../../pipeline/run.ts'
import type { Session } from '../../../pipeline/session.ts'
import { topology } from '../../../processors/topology.ts'
import { readMetricsText } from '../../support/prometheus-text.ts'
import { config as configOf } from '../../support/records.ts'

const config = configOf({ budgetUsd: 10, roleBudgetsUsd: { verify: 4 } })

let folder: string
let said: string[]
let monitor: Monitor

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-monitor-'))
  writeFileSync(join(folder, 'journal.db'), Buffer.alloc(5_000))
  said = []
  // No broker is there: the client is never connected.
  const session = { config, client: {}, fullName: String } as unknown as Session
  monitor = await Monitor.start(session, { host: '127.0.0.1', port: 0 }, (line) => said.push(line))
})

afterEach(async () => {
  await monitor[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** A worker with every step of the configuration. */
function worker(more: Partial<ReadWorker> = {}): ReadWorker {
  const steps = topology(config)
  return {
    slot: 'abc-0',
    journal: { folder, entries: 12, unpublished: 2 },
    activity: () =>
      steps.map((processor, at) => ({
        processor,
        done: 10 + at,
        deadLetters: at,
        failures: new Map([['refused', at]]),
        spent: nothingSpent(),
        density: 1,
        working: 3,
        unsettled: processor.step === 'triage' ? 4 : 0,
        halted: null,
      })),
    endpoints: () => [
      { endpoint: 'lab', inFlight: 5, limit: 7, most: 64, pausedMs: 1_500, lastShrink: null },
    ],
    waits: () => [{ endpoint: 'lab', reason: 'HTTP 503', until: 0, failures: 4 }],
    written: (topic) => (topic === 'unsolved' ? 7 : 0),
    health: () => ({
      alive: true,
      failure: null,
      kafkaAway: null,
      registryAway: null,
      groups: steps.map(({ step }) => ({
        step,
        groupId: step,
        member: true,
        partitions: 8,
        heartbeatAgeMs: 10,
        restarts: 1,
        halted: null,
      })),
    }),
    ...more,
  }
}

const beside: BesideWorker = {
  controls: () => [{ verifier: 'qwen', expected: 'Error', shown: 50, right: 40, alarm: true }],
  spending: (role) => ({ spent: role === undefined ? 2.5e9 : 1e9, assumed: 0, reserved: 1e8 }),
  sink: () => ({ away: 'ClickHouse is away', written: 99 }),
}

async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${monitor.url}${path}`)
  return { status: response.status, text: await response.text() }
}

describe('a monitor', () => {
  it('says where it is, and is live from the first moment', async () => {
    expect(said).toEqual([`metrics: ${monitor.url}/metrics`])
    expect(await get('/healthz')).toMatchObject({ status: 200 })
    const ready = await get('/readyz')
    expect(ready.status).toBe(503)
    expect(JSON.parse(ready.text)).toMatchObject({
      state: 'starting',
      reasons: ['it starts'],
      worker: null,
      steps: [],
    })
    expect(readMetricsText((await get('/metrics')).text).value('process_start_time_seconds')).toBeGreaterThan(
      0,
    )
  })

  it('tells what the worker knows, the lag excepted when there is no broker to ask', async () => {
    monitor.attach(worker(), beside)
    const text = readMetricsText((await get('/metrics')).text)
    expect(
      text.value('ninefold_worker_info', { worker: 'abc-0', pipeline: config.pipeline, edition: 'main' }),
    ).toBe(1)
    expect(text.value('ninefold_worker_ready')).toBe(1)
    expect(text.sum('ninefold_records_in_flight')).toBe(3 * topology(config).length)
    expect(text.value('ninefold_waiting_questions')).toBe(4)
    expect(text.value('ninefold_records_written_total', { topic: 'unsolved' })).toBe(7)
    const lab = (name: string) => text.value(`ninefold_endpoint_${name}`, { endpoint: 'lab' })
    const names = ['calls_in_flight', 'concurrency_limit', 'concurrency_max', 'pause_seconds', 'waiting']
    expect(names.map(lab)).toEqual([5, 7, 64, 1.5, 1])
    expect(text.value('ninefold_journal_entries')).toBe(12)
    expect(text.value('ninefold_journal_bytes')).toBe(5_000)
    expect(text.value('ninefold_budget_spent_usd', { limit: 'edition' })).toBe(2.5)
    expect(text.value('ninefold_budget_reserved_usd', { limit: 'edition' })).toBe(0.1)
    expect(text.value('ninefold_budget_spent_usd', { limit: 'verify' })).toBe(1)
    expect(text.value('ninefold_budget_limit_usd', { limit: 'verify' })).toBe(4)
    expect(text.value('ninefold_sink_up')).toBe(0)
    expect(text.value('ninefold_sink_rows_total')).toBe(99)
    const judge = { verifier: 'qwen', expected: 'Error' }
    const controls = ['', '_right_ratio', '_alarm'].map((end) =>
      text.value(`ninefold_judge_controls${end}`, judge),
    )
    expect(controls).toEqual([50, 0.8, 1])
    expect(text.value('ninefold_consumer_restarts_total', { step: 'verify' })).toBe(1)
    expect(text.samples.filter(({ name }) => name.startsWith('ninefold_lag'))).toEqual([])
    const steps = text.samples.filter(({ name }) => name === 'ninefold_records_processed_total')
    expect(steps.map(({ labels }) => labels.step)).toEqual(
      topology(config).map(({ step, title = step }) => title),
    )
  })

  it('tells nothing of a sink that is not there', async () => {
    monitor.attach(worker(), { ...beside, sink: () => null })
    const text = readMetricsText((await get('/metrics')).text)
    expect(text.samples.filter(({ name }) => name.startsWith('ninefold_sink_'))).toEqual([])
  })

  it('is ready though degraded, and says what by', async () => {
    monitor.attach(worker(), beside)
    const { status, text } = await get('/readyz')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      state: 'degraded',
      worker: 'abc-0',
      reasons: ['endpoint lab: 4 failures, HTTP 503', 'analytics wait: ClickHouse is away'],
    })
    const { steps } = JSON.parse(text) as { steps: { step: string }[] }
    expect(steps.map(({ step }) => step)).toEqual(topology(config).map(({ step, title = step }) => title))
  })

  it('is live and not ready while Kafka is away, and failed when the worker is', async () => {
    const away = { since: new Date(0), reason: 'no broker' }
    monitor.attach(worker({ health: () => ({ ...worker().health(), kafkaAway: away }) }), beside)
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 503])
    monitor.attach(worker({ health: () => ({ ...worker().health(), failure: 'gone' }) }), beside)
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([503, 503])
  })

  it('is not ready while it stops, and tells the last numbers', async () => {
    monitor.attach(worker(), beside)
    monitor.stopping()
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 503])
    expect(readMetricsText((await get('/metrics')).text).value('ninefold_worker_ready')).toBe(0)
  })

  it('counts what a worker tells it', async () => {
    monitor.attach(worker(), beside)
    monitor.ears.onCommitted({ records: 5, durationMs: 10 })
    expect(readMetricsText((await get('/metrics')).text).value('ninefold_transaction_records_total')).toBe(5)
  })
})
