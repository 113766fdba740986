/** The configuration of the pipelines whose datasets are rebuilt. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stack } from '../../stack/stack.ts'
import { benchSettings } from '../config.ts'

/** What a model of these settings is played as. */
export const PARTS = { 'bench-two': 'refine', 'bench-three': 'regenerate' } as const

/** Nobody listens there: whatever is not answered from the log is never answered. */
const NOWHERE = 'http://127.0.0.1:9/v1'

/** Writes the configuration of a pipeline of that name, and returns its path. */
export function writeRebuildConfig(folder: string, pipeline: string, stack: Stack): string {
  mkdirSync(folder, { recursive: true })
  const settings = benchSettings({ pipeline, baseURL: NOWHERE, concurrency: 1 })
  const config = {
    ...settings,
    roles: { ...settings.roles, refine: 'two', regenerate: 'three' },
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
