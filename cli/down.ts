/** `ninefold down`: stops the local stack and keeps its data. */
import type { Command } from 'commander'
import { stopStack } from '../stack/stop.ts'
import { onProgress } from './session-options.ts'
import { configIfAny, type StackOptions, withStackOptions } from './stack-options.ts'

/** Adds the command `down`. */
export function register(program: Command): void {
  withStackOptions(program.command('down'))
    .description('stop the local Kafka, schema registry and ClickHouse; their data stays')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      '\nJSON: { kafka: { outcome, pid }, registry: { … }, clickhouse: { … } }; an outcome is stopped, killed or not running.',
    )
    .action(down)
}

const DONE = {
  stopped: 'stopped',
  killed: 'did not end by itself and was killed',
  'not running': 'was not running',
} as const

interface DownOptions extends StackOptions {
  readonly json?: boolean
}

async function down({ config, data, json }: DownOptions): Promise<void> {
  const dataDir = data ?? (await configIfAny(config))?.dataDir
  const report = await stopStack({ dataDir, onProgress })
  if (json) return console.log(JSON.stringify(report, null, 2))
  for (const [name, { outcome, pid }] of Object.entries(report)) {
    console.log(`${name.padEnd(10)} ${DONE[outcome]}${pid === null ? '' : ` (pid ${pid})`}`)
  }
}
