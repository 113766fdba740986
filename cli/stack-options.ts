/** The options of commands that start, stop or look at the local stack, with a configuration or without. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { type Config, type ConfigOptions, loadConfig } from '../config/config.ts'

/** What {@link withStackOptions} adds. */
export interface StackOptions {
  readonly config: string
  /** Left out = as configured. */
  readonly data?: string
}

/** Adds `--config` and `--data`. */
export function withStackOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration, where there is one', 'ninefold.yaml')
    .option('--data <folder>', 'where their data, logs and state lie (default: as configured, .ninefold)')
}

/** The configuration; null where there is none. @throws {ConfigError} */
export async function configIfAny(file: string, options?: ConfigOptions): Promise<Config | null> {
  return existsSync(file) ? await loadConfig(file, options) : null
}
