import type { Config, ModelSpec, PaidRole, Sampling } from './types.ts'

/** A model at one setting, and the step that asks it. */
export interface Asking extends Sampling {
  readonly step: PaidRole
  /** What people call it, e.g. `generate.qwen-t0.7`. */
  readonly title: string
  readonly model: ModelSpec
}

/**
 * Everything a pipeline asks models for, in the order of its dataflow; controls where the judge is controlled, scoring
 * where somebody scores.
 */
export function askingsOf({
  samplers,
  roles,
  controls,
}: Pick<Config, 'samplers' | 'roles' | 'controls'>): Asking[] {
  const { verify, rank, refine, regenerate, summarize, score } = roles
  const scorers = score === null ? [] : [score]
  const controllers = controls === null ? [] : [{ ...verify, step: 'control' as const, title: 'control' }]
  return [
    ...samplers.map((sampler) => ({
      ...sampler,
      step: 'generate' as const,
      title: `generate.${sampler.name}`,
    })),
    ...controllers,
    ...[verify, rank, refine, regenerate, summarize, ...scorers].map((spec) => ({
      ...spec,
      step: spec.role,
      title: spec.role,
    })),
  ]
}

/** The models somebody asks, each once. */
export function modelsAsked(config: Pick<Config, 'samplers' | 'roles' | 'controls'>): ModelSpec[] {
  return [...new Map(askingsOf(config).map(({ model }) => [model.name, model])).values()]
}

/** Whether all models asked are simulated, so that no money is spent whatever the prices say. */
export function isSimulated(config: Pick<Config, 'samplers' | 'roles' | 'controls' | 'endpoints'>): boolean {
  return modelsAsked(config).every(({ endpoints }) =>
    endpoints.every((name) => config.endpoints[name]?.simulated),
  )
}
