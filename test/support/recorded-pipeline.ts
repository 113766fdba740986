/** A pipeline whose nine samplers are the nine recorded models. */
import type { Price } from './recorded-figures.ts'
import { RECORDED_MODELS } from './test-data.ts'

/** What differs from test to test. */
export interface RecordedPipeline {
  readonly pipeline: string
  /** Base URL of an endpoint that plays the recorded models. */
  readonly endpoint: string
  readonly maxConcurrency?: number
  /** What a model costs; left out: unknown. */
  readonly priceOf?: (model: string) => Price
  /** Left out: the local stack of the configuration's own folder. */
  readonly stack?: { readonly brokers: readonly string[]; readonly registryUrl: string }
}

/** Its configuration, as `ninefold.yaml` holds it. */
export function recordedPipeline({
  pipeline,
  endpoint,
  maxConcurrency = 64,
  priceOf,
  stack,
}: RecordedPipeline) {
  const names = [...RECORDED_MODELS, 'judge', 'strong']
  return {
    pipeline,
    endpoints: { double: { baseURL: endpoint, maxConcurrency } },
    models: Object.fromEntries(
      names.map((name) => [aliasOf(name), { endpoint: 'double', model: name, price: priceOf?.(name) }]),
    ),
    samplers: RECORDED_MODELS.map((name) => ({ model: aliasOf(name), temperature: 0.7 })),
    roles: { verify: 'judge', rank: 'judge', refine: 'strong', regenerate: 'strong', summarize: 'judge' },
    triage: { easy: { maxErrors: 4 }, medium: { maxErrors: 7 } },
    ...(stack && { kafka: { brokers: stack.brokers }, registry: { url: stack.registryUrl } }),
  }
}

function aliasOf(model: string): string {
  return model.toLowerCase()
}
