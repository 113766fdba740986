import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '../config/types.ts'
import type { Stack } from '../stack/stack.ts'

/** What differs from run to run. */
export interface BenchConfig {
  /** A name of its own, so that topics and journal are empty. */
  readonly pipeline: string
  readonly baseURL: string
  readonly concurrency: number
  readonly stack: Stack
  /** Models of roles that are not the first one's. */
  readonly roles?: Readonly<Partial<Record<Role, string>>>
}

/** The settings of every run: nine samplers as in the paper. */
export function benchSettings({ pipeline, baseURL, concurrency, roles }: Omit<BenchConfig, 'stack'>) {
  const price = { input: 0.4, output: 1.2 }
  const model = (name: string) => ({ endpoint: 'bench', model: name, price })
  const sampler = (name: string) => ({
    model: name,
    temperature: [0.7, 0.9, 1.0],
    topP: 0.9,
    maxTokens: 8192,
  })
  return {
    pipeline,
    endpoints: { bench: { baseURL, maxConcurrency: concurrency } },
    models: { one: model('bench-one'), two: model('bench-two'), three: model('bench-three') },
    samplers: ['one', 'two', 'three'].map(sampler),
    roles: { verify: 'one', rank: 'one', refine: 'one', regenerate: 'one', summarize: 'one', ...roles },
    triage: { easy: { maxErrors: 4 }, medium: { maxErrors: 7 } },
  }
}

/** Writes the configuration of a run, and returns its path. */
export function writeConfig(folder: string, { stack, ...run }: BenchConfig): string {
  mkdirSync(folder, { recursive: true })
  const config = {
    ...benchSettings(run),
    data: join(folder, 'data'),
    kafka: { brokers: stack.brokers },
    registry: { url: stack.registryUrl },
    // Nothing else shall run on the machine that is measured.
    clickhouse: false,
  }
  const path = join(folder, 'ninefold.yaml')
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config, null, 2))
  return path
}
