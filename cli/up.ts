/** `ninefold up`: starts the local stack, or finds that it runs. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { loadConfig } from '../config/config.ts'
import { startStack } from '../stack/stack.ts'
import { onProgress } from './session-options.ts'

/** Adds the command `up`. */
export function register(program: Command): void {
  program
    .command('up')
    .description('start the local Kafka, schema registry and ClickHouse, or what of them does not run')
    .option('-c, --config <file>', 'the configuration, where there is one', 'ninefold.yaml')
    .option('--data <folder>', 'where their data, logs and state lie (default: as configured, .ninefold)')
    .option('--timeout <seconds>', 'how long each part may take to answer', Number, 120)
    .option('--json', 'print the addresses as JSON')
    .addHelpText(
      'after',
      '\nClickHouse is left out where the configuration names a server for analytics, or wants none.\n\nJSON: { brokers: [], registryUrl, clickhouseUrl, dataDir, pids: { kafka, registry, clickhouse } }; without ClickHouse its two are null.',
    )
    .action(up)
}

interface UpOptions {
  readonly config: string
  readonly data?: string
  readonly timeout: number
  readonly json?: boolean
}

async function up({ config: file, data, timeout, json }: UpOptions): Promise<void> {
  const config = existsSync(file) ? await loadConfig(file) : null
  const stack = await startStack({
    dataDir: data ?? config?.dataDir,
    analytics: config === null || config.clickhouse.kind === 'local',
    timeoutMs: timeout * 1000,
    onProgress,
  })
  if (json) return console.log(JSON.stringify(stack, null, 2))
  console.log(`Kafka      ${stack.brokers.join(',')}`)
  console.log(`registry   ${stack.registryUrl}`)
  if (stack.clickhouseUrl !== null) console.log(`ClickHouse ${stack.clickhouseUrl}`)
  console.log(`data       ${stack.dataDir}`)
}
