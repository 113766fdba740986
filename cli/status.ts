/** `ninefold status`: what of the local stack runs, and how the pipeline stands whose configuration is there. */
import { relative } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { type PipelineStatus, pipelineStatus } from '../progress/pipeline-status.ts'
import { statusLines } from '../progress/status-screen.ts'
import { type ComponentStatus, stackStatus } from '../stack/status.ts'
import { inColumns } from '../terminal/columns.ts'
import { type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { configIfAny } from './stack-options.ts'

interface StatusOptions extends PipelineOptions {
  readonly data?: string
  readonly json?: boolean
}

/** Adds the command `status`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('status'))
    .description(
      'show what of the local Kafka, schema registry and ClickHouse runs, and how the pipeline stands',
    )
    .option(
      '--data <folder>',
      'where the stack has its data, logs and state (default: as configured, .ninefold)',
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Starts nothing and changes nothing. Without a configuration in the folder it tells of the local stack alone.

JSON: { stack: [{ component, state, address, pid, data, log }], pipeline: null or { pipeline, edition, state, problem,
percentDone, lag, deadLetters: { open, dismissed } or null, spentUsd, budgetUsd, roleBudgets: [{ role, spentUsd,
budgetUsd }], lastBudgetEvent: null or { kind, role, limitUsd, spentUsd, slot, host, at }, workers: [{ slot, host, pid,
since, steps }], judgeControls: [{ verifier, expected, shown, right, alarm }] } }. A component is running, silent or stopped; the pipeline working, idle, never run or unknown. percentDone is how much of what is in the topics was
worked off; \`ninefold batches\` counts questions. Money is in USD.`,
    )
    .action(status)
}

async function status({ config: file, edition, set, data, json }: StatusOptions): Promise<void> {
  const config = await configIfAny(file, { edition, set })
  const stack = await stackStatus({ dataDir: data ?? config?.dataDir })
  const pipeline = config === null ? null : await pipelineStatus(config)
  if (json) return console.log(JSON.stringify({ stack, pipeline }, null, 2))
  console.log([...sectionsOf(stack, config, pipeline)].join('\n\n'))
}

function* sectionsOf(
  stack: readonly ComponentStatus[],
  config: Config | null,
  pipeline: PipelineStatus | null,
): Generator<string> {
  // Services of one's own leave nothing of the local stack to speak of.
  if (config === null || usesStack(config) || stack.some(({ state }) => state !== 'stopped')) {
    yield formatStatus(stack)
  }
  if (pipeline !== null) yield statusLines(pipeline, Date.now()).join('\n')
}

function usesStack({ kafka, registry, clickhouse }: Config): boolean {
  return kafka.brokers === null || registry === null || clickhouse.kind === 'local'
}

/** The parts as a table; folders relative to `from` (the working folder) where they lie beneath it. */
export function formatStatus(parts: readonly ComponentStatus[], from: string = process.cwd()): string {
  const header = ['COMPONENT', 'STATE', 'ADDRESS', 'PID', 'DATA', 'LOG']
  const rows = parts.map(({ component, state, address, pid, data, log }) => [
    component,
    state,
    address ?? '-',
    pid === null ? '-' : String(pid),
    shortPath(data, from),
    shortPath(log, from),
  ])
  return inColumns([header, ...rows]).join('\n')
}

function shortPath(path: string, from: string): string {
  const short = relative(from, path)
  return short.startsWith('..') ? path : short
}
