/** A pipeline of three samplers on a simulator, every call of it priced and limited in length. */
import { inject } from 'vitest'
import type { Simulator } from '../../simulate/simulator.ts'

/** Its questions. */
export const PRICED_QUESTIONS = new URL('../../demo/questions.jsonl', import.meta.url).pathname

/** What such a budget holds. */
export interface PricedBudget {
  readonly usd?: number
  readonly roles?: Readonly<Record<string, number>>
}

/** The configuration, on the stack that the tests share. */
export function pricedPipeline(pipeline: string, simulator: Simulator, budget: PricedBudget | null): object {
  const price = { input: 1, output: 4 }
  const names = ['sim-qwen', 'sim-huatuo', 'sim-deepseek', 'sim-verifier', 'sim-mini', 'sim-strong']
  const role = (model: string) => ({ model, maxTokens: 2048 })
  return {
    pipeline,
    endpoints: { sim: { baseURL: `${simulator.url}/v1`, maxConcurrency: 16 } },
    models: Object.fromEntries(names.map((name) => [name, { endpoint: 'sim', model: name, price }])),
    samplers: names.slice(0, 3).map((model) => ({ model, temperature: 0.7, maxTokens: 2048 })),
    roles: {
      verify: role('sim-verifier'),
      rank: role('sim-verifier'),
      refine: role('sim-mini'),
      regenerate: role('sim-strong'),
      summarize: role('sim-mini'),
    },
    triage: { easy: { maxErrors: 1 }, medium: { maxErrors: 2 } },
    ...(budget === null ? {} : { budget }),
    kafka: { brokers: inject('stack').brokers, partitions: 4 },
    registry: { url: inject('stack').registryUrl },
  }
}
