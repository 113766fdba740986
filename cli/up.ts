/** `ninefold up`: starts the local stack, or finds that it runs. */
import type { Command } from 'commander'
import { startStack } from '../stack/stack.ts'
import { onProgress } from './session-options.ts'
import { configIfAny, type StackOptions, withStackOptions } from './stack-options.ts'

/** Adds the command `up`. */
export function register(program: Command): void {
  withStackOptions(program.command('up'))
    .description('start the local Kafka, schema registry and ClickHouse, or what of them does not run')
    .option('--timeout <seconds>', 'how long each part may take to answer', Number, 120)
    .option('--json', 'print the addresses as JSON')
    .addHelpText(
      'after',
      '\nClickHouse is left out where the configuration names a server for analytics, or wants none.\n\nJSON: { brokers: [], registryUrl, clickhouseUrl, dataDir, pids: { kafka, registry, clickhouse } }; without ClickHouse its two are null.',
    )
    .action(up)
}

interface UpOptions extends StackOptions {
  readonly timeout: number
  readonly json?: boolean
}

async function up({ config: file, data, timeout, json }: UpOptions): Promise<void> {
  const config = await configIfAny(file)
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
