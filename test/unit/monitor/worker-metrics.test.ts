import { describe, expect, it } from 'vitest'
import type { TextRequest } from '../../../models/ask.ts'
import { CallFailure } from '../../../models/errors.ts'
import type { EndedCall } from '../../../models/physical-call.ts'
import { METRICS, type MetricDefinition } from '../../../monitor/metrics.ts'
import { processMetrics } from '../../../monitor/process-metrics.ts'
import { WorkerMetrics } from '../../../monitor/worker-metrics.ts'
import { readMetricsText } from '../../support/prometheus-text.ts'
import { model } from '../models/fixtures.ts'

const place = { pipeline: 'mine', edition: 'main' }
const reply = {
  content: 'x',
  reasoning: null,
  finishReason: 'stop',
  promptTokens: 1_000,
  completionTokens: 200,
}

function ended(outcome: EndedCall['outcome'], more: Partial<EndedCall> = {}): EndedCall {
  const request: TextRequest = {
    step: 'generate.abc',
    questionId: 'q',
    model: { ...model, price: { input: 1, output: 5 } },
    messages: [],
    sampling: { temperature: null, topP: null, maxTokens: null, retryMaxTokens: null },
    sample: 0,
    attempt: 0,
  } as never
  return { request, endpoint: 'lab', outcome, attempt: 1, durationMs: 1_500, ...more }
}

async function textOf(metrics: WorkerMetrics, reading = {}) {
  return readMetricsText(await metrics.text(reading))
}

describe('what is told of calls', () => {
  const labels = { ...place, endpoint: 'lab', model: model.model, role: 'generate' }

  it('counts answers with their tokens, money and time', async () => {
    const metrics = new WorkerMetrics(place)
    metrics.callEnded(ended(reply))
    metrics.callEnded(ended(reply, { attempt: 2, durationMs: 50 }))
    const text = await textOf(metrics)
    expect(text.value('ninefold_calls_total', { ...labels, outcome: 'answered' })).toBe(2)
    expect(text.value('ninefold_call_retries_total', labels)).toBe(1)
    expect(text.value('ninefold_tokens_total', { ...labels, direction: 'input' })).toBe(2_000)
    expect(text.value('ninefold_tokens_total', { ...labels, direction: 'output' })).toBe(400)
    // Two times a thousandth of a USD read, and as much written.
    expect(text.value('ninefold_cost_usd_total', labels)).toBeCloseTo(0.004, 9)
    expect(text.value('ninefold_call_duration_seconds_sum', labels)).toBeCloseTo(1.55, 9)
    expect(text.value('ninefold_call_duration_seconds_bucket', { ...labels, le: '0.05' })).toBe(1)
    expect(text.sum('ninefold_calls_of_unknown_cost_total')).toBe(0)
  })

  it.each([
    ['rate_limited', new CallFailure('wait', 'x', { status: 429, owed: false }), 0],
    ['unreachable', new CallFailure('wait', 'x', { owed: false }), 0],
    ['refused', new CallFailure('refused', 'x', { status: 400, owed: false }), 0],
    ['failed', new CallFailure('wait', 'x', { status: 500, owed: true }), 1],
    ['failed', new CallFailure('wait', 'x', { owed: true }), 1],
    ['aborted', 'aborted' as const, 1],
  ])('tells %s apart, and what may have cost money', async (outcome, failure, unpriced) => {
    const metrics = new WorkerMetrics(place)
    metrics.callEnded(ended(failure))
    const text = await textOf(metrics)
    expect(text.value('ninefold_calls_total')).toBe(1)
    expect(text.value('ninefold_calls_total', { ...labels, outcome })).toBe(1)
    expect(text.sum('ninefold_calls_of_unknown_cost_total')).toBe(unpriced)
    expect(text.sum('ninefold_call_duration_seconds_count')).toBe(0)
  })

  it('knows no cost without a price, and none without the tokens', async () => {
    const metrics = new WorkerMetrics(place)
    const free = ended(reply)
    metrics.callEnded({ ...free, request: { ...free.request, model: { ...model, price: null } } })
    metrics.callEnded(ended({ ...reply, promptTokens: null, completionTokens: null }))
    const text = await textOf(metrics)
    expect(text.sum('ninefold_calls_of_unknown_cost_total')).toBe(2)
    expect(text.sum('ninefold_cost_usd_total')).toBe(0)
    expect(text.value('ninefold_tokens_total', { direction: 'input' })).toBe(1_000)
  })

  it('gives the cost of a call for the step that asked, and that of shared work to who pays', async () => {
    const metrics = new WorkerMetrics(place)
    const call = ended(reply)
    metrics.callEnded({ ...call, request: { ...call.request, step: 'verify', payer: 'regenerate' } })
    expect((await textOf(metrics)).value('ninefold_calls_total')).toBe(1)
    expect((await textOf(metrics)).sum('ninefold_calls_total', { role: 'regenerate' })).toBe(1)
  })
})

describe('what is told of a worker', () => {
  it('counts commits', async () => {
    const metrics = new WorkerMetrics(place)
    metrics.committed({ records: 10, durationMs: 20 })
    metrics.committed({ records: 5, durationMs: 300 })
    const text = await textOf(metrics)
    expect(text.value('ninefold_transactions_total', place)).toBe(2)
    expect(text.value('ninefold_transaction_records_total', place)).toBe(15)
    expect(text.value('ninefold_commit_duration_seconds_sum', place)).toBeCloseTo(0.32, 9)
  })

  it('tells what is read, and leaves out what nobody knows: 0 would be a lie', async () => {
    const metrics = new WorkerMetrics(place)
    const step = (value: number) => [{ labels: { step: 'verify' }, value }]
    const first = await textOf(metrics, {
      lag: step(7),
      lagRead: [{ labels: {}, value: 2.5 }],
      processed: step(3),
    })
    expect(first.sum('ninefold_lag_offsets', { step: 'verify' })).toBe(7)
    expect(first.value('ninefold_lag_read_timestamp_seconds')).toBe(2.5)
    const second = await textOf(metrics, { processed: step(4) })
    expect(second.value('ninefold_records_processed_total', { step: 'verify' })).toBe(4)
    const gauges = Object.values(METRICS).filter(({ type }) => type === 'gauge')
    const known = second.samples.filter(({ name }) => gauges.some((gauge) => gauge.name === name))
    expect(known).toEqual([])
  })

  it('keeps labels whole, whatever stands in them', async () => {
    const metrics = new WorkerMetrics({ pipeline: 'mine', edition: 'main' })
    const odd = 'a "b" \\ c\nd{e="f"}, 100 % €'
    const text = await textOf(metrics, { written: [{ labels: { topic: odd }, value: 1 }] })
    expect(text.value('ninefold_records_written_total', { topic: odd })).toBe(1)
  })

  it('tells of the process, too', async () => {
    const text = readMetricsText(await processMetrics())
    expect(text.value('process_start_time_seconds')).toBeGreaterThan(1_700_000_000)
    expect(text.value('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(readMetricsText(await processMetrics()).samples.length).toBeGreaterThanOrEqual(text.samples.length)
  })
})

describe('the names', () => {
  const all: readonly MetricDefinition[] = Object.values(METRICS)

  it('are each given once', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })

  it.each(all.map((one) => [one.name, one] as const))(
    '%s follows the conventions',
    (name, { type, unit, help, labels, buckets }) => {
      expect(name).toMatch(/^ninefold_[a-z]+(_[a-z]+)*$/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb|cents|percent)(_|$)/)
      if (unit === 'seconds') expect(name).toMatch(/_seconds$/)
      if (unit === 'bytes') expect(name).toMatch(/_bytes$/)
      if (unit === 'USD') expect(name).toMatch(/_usd(_total)?$/)
      expect(help).toMatch(/^[A-Z0-9].*\.$/)
      for (const label of labels) expect(label).not.toMatch(/question|record|path|id$/)
      expect(buckets !== undefined).toBe(type === 'histogram')
    },
  )
})
