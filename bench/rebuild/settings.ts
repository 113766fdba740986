/** The configuration of the pipelines whose datasets are rebuilt. */
import type { Stack } from '../../stack/stack.ts'
import { writeConfig } from '../config.ts'

/** What a model of these settings is played as. */
export const PARTS = { 'bench-two': 'refine', 'bench-three': 'regenerate' } as const
const ROLES = { refine: 'two', regenerate: 'three' } as const

/** Nobody listens there: whatever is not answered from the log is never answered. */
const NOWHERE = 'http://127.0.0.1:9/v1'

/** Writes the configuration of a pipeline of that name, and returns its path. */
export function writeRebuildConfig(folder: string, pipeline: string, stack: Stack): string {
  return writeConfig(folder, { pipeline, baseURL: NOWHERE, concurrency: 1, stack, roles: ROLES })
}
