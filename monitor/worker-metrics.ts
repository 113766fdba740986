/**
 * A worker's metrics, kept by prom-client: calls and commits are counted as they are told, everything else is read off
 * the worker when somebody asks. Nothing else in the project knows prom-client.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { roleOf } from '../models/budget-limits.ts'
import { costNanoUsd } from '../models/cost.ts'
import { CallFailure } from '../models/errors.ts'
import type { EndedCall } from '../models/physical-call.ts'
import type { CommittedTransaction } from '../streams/diagnostics.ts'
import { METRICS, type MetricDefinition, type MetricKey } from './metrics.ts'
import type { Reading } from './reading.ts'

const NANO = 1e9
const MS = 1_000
const TOO_MANY_REQUESTS = 429

type KeyOf<Type extends MetricDefinition['type']> = {
  [K in MetricKey]: (typeof METRICS)[K]['type'] extends Type ? K : never
}[MetricKey]

/** How a call ended, as the label has it. */
type Outcome = 'answered' | 'rate_limited' | 'unreachable' | 'refused' | 'aborted' | 'failed'

/** The metrics of one worker. */
export class WorkerMetrics {
  readonly #registry = new Registry()
  readonly #gauges = new Map<MetricKey, Gauge>()
  readonly #counters = new Map<MetricKey, Counter>()
  readonly #histograms = new Map<MetricKey, Histogram>()

  constructor({ pipeline, edition }: { readonly pipeline: string; readonly edition: string }) {
    this.#registry.setDefaultLabels({ pipeline, edition })
    for (const key of Object.keys(METRICS) as MetricKey[]) this.#register(key, METRICS[key])
  }

  /** A call has ended. */
  callEnded = ({ request, endpoint, outcome, attempt, durationMs }: EndedCall): void => {
    const { model } = request
    const labels = { endpoint, model: model.model, role: roleOf(request.payer ?? request.step) }
    this.#counter('calls').inc({ ...labels, outcome: outcomeOf(outcome) })
    if (attempt > 1) this.#counter('retries').inc(labels)
    if (outcome === 'aborted' || outcome instanceof CallFailure) {
      if (outcome === 'aborted' || outcome.owed) this.#counter('unpriced').inc(labels)
      return
    }
    this.#histogram('callDuration').observe(labels, durationMs / MS)
    const tokens = this.#counter('tokens')
    tokens.inc({ ...labels, direction: 'input' }, outcome.promptTokens ?? 0)
    tokens.inc({ ...labels, direction: 'output' }, outcome.completionTokens ?? 0)
    const cost = costNanoUsd(outcome, model.price)
    if (cost === null) this.#counter('unpriced').inc(labels)
    else this.#counter('cost').inc(labels, cost / NANO)
  }

  /** A transaction has committed. */
  committed = ({ records, durationMs }: Pick<CommittedTransaction, 'records' | 'durationMs'>): void => {
    this.#counter('transactions').inc()
    this.#counter('transactionRecords').inc(records)
    this.#histogram('commitDuration').observe(durationMs / MS)
  }

  /** Everything, in Prometheus' text format. @param reading what is to be told beside what was counted */
  async text(reading: Reading): Promise<string> {
    this.#take(reading)
    return this.#registry.metrics()
  }

  /** The media type of the text. */
  get contentType(): string {
    return this.#registry.contentType
  }

  #take(reading: Reading): void {
    for (const [key, gauge] of this.#gauges) {
      const samples = reading[key] ?? []
      emptied(gauge, key)
      for (const { labels, value } of samples) gauge.set(labels, value)
    }
    for (const [key, counter] of this.#counters) {
      const sums = reading[key]
      if (sums === undefined) continue
      emptied(counter, key)
      for (const { labels, value } of sums) counter.inc(labels, value)
    }
  }

  #register(key: MetricKey, definition: MetricDefinition): void {
    const { name, help, type, labels, buckets } = definition
    const options = { name, help, labelNames: [...labels], registers: [this.#registry] }
    if (type === 'gauge') this.#gauges.set(key, new Gauge(options))
    else if (type === 'counter') this.#counters.set(key, new Counter(options))
    else this.#histograms.set(key, new Histogram({ ...options, buckets: [...(buckets ?? [])] }))
  }

  #counter(key: KeyOf<'counter'>): Counter {
    return this.#counters.get(key)!
  }

  #histogram(key: KeyOf<'histogram'>): Histogram {
    return this.#histograms.get(key)!
  }
}

/** Without a value: one without labels would begin anew at 0, where nothing is known of it. */
function emptied(metric: Gauge | Counter, key: MetricKey): void {
  metric.reset()
  if (METRICS[key].labels.length === 0) metric.remove({})
}

function outcomeOf(outcome: EndedCall['outcome']): Outcome {
  if (outcome === 'aborted') return 'aborted'
  if (!(outcome instanceof CallFailure)) return 'answered'
  if (outcome.status === TOO_MANY_REQUESTS) return 'rate_limited'
  if (outcome.unreached) return 'unreachable'
  return outcome.disposition === 'refused' ? 'refused' : 'failed'
}
