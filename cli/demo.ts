/** `ninefold demo`: the whole pipeline on this machine with simulated models, from nothing to three datasets. */
import { basename, join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type DemoResult, runDemo } from '../demo/run-demo.ts'
import { type DemoSummary, summaryScreen } from '../demo/summary-screen.ts'
import { DATASET_OF_SHAPE, type Shape } from '../export/shapes.ts'
import { ninefoldCommand, shownPath } from '../terminal/commands.ts'
import { LiveScreen } from '../terminal/live-screen.ts'
import { styleFor } from '../terminal/style.ts'
import { EXIT } from './exit-codes.ts'
import { stopOnSignals } from './stop-signals.ts'

interface DemoFlags {
  readonly dir: string
  readonly fresh?: boolean
  readonly keep?: boolean
  readonly latency: number
}

const DEFAULT_DIR = join('.ninefold', 'demo')

/** Adds the command `demo`. */
export function register(program: Command): void {
  program
    .command('demo')
    .description('run 70 questions through simulated models to three datasets, in about a minute')
    .option('--dir <folder>', 'where everything goes; another demo there is gone on with', DEFAULT_DIR)
    .option('--fresh', 'delete what an earlier demo left in that folder, and begin anew')
    .option('--keep', 'leave Kafka, the schema registry and ClickHouse running')
    .option('--latency <ms>', 'median delay of a simulated answer', milliseconds, 250)
    .addHelpText(
      'after',
      `
Needs Java 17+; Kafka and the registry are downloaded once with Maven (about 200 MB in ~/.cache/ninefold). No model is
asked and no key is needed: an endpoint on 127.0.0.1 plays all models, from templates. Ctrl-C stops; the next
demo goes on from there.`,
    )
    .action(demo)
}

async function demo(flags: DemoFlags): Promise<void> {
  const began = performance.now()
  const screen = new LiveScreen(process.stdout)
  const style = styleFor(process.stdout)
  const stop = stopOnSignals(() =>
    screen.line('stopping: what is finished is being committed (again to stop at once)'),
  )
  screen.line(style.bold('Ninefold demo'))
  screen.line(style.warn('All models are SIMULATED on this machine: no model is asked, nothing is paid.'))
  const { dir, fresh = false, keep = false, latency } = flags
  try {
    const result = await runDemo({ dir, fresh, keep, latency, screen, style, stop })
    const summary = summaryOf(result, flags, performance.now() - began)
    screen.line(`\n${summaryScreen(summary, style)}`)
    if (summary.faults + summary.waiting + result.tally.deadLetters > 0) process.exitCode = EXIT.leftover
  } catch (error) {
    if (!stop.aborted) throw error
    screen.line('Stopped. Nothing is lost: the same command goes on from here.')
    process.exitCode = EXIT.interrupted
  }
}

const CONTENT: Readonly<Record<Shape, string>> = {
  cot: 'the chain of thought',
  response: 'the concise response',
  reason: '<think>chain of thought</think>response',
}

function summaryOf(result: DemoResult, flags: DemoFlags, elapsedMs: number): DemoSummary {
  const { tally, answers, calls, report, exported, sizes, limits, exportFolder, configPath, workMs } = result
  return {
    tally,
    answers,
    calls,
    faults: report.faultCount,
    waiting: report.waitingCount,
    files: exported.files.map(({ shape, path, rows }, at) => ({
      name: basename(path),
      what: shape === null ? '' : CONTENT[shape],
      lines: rows,
      bytes: sizes[at] ?? 0,
    })),
    limits,
    exportFolder: shownPath(exportFolder),
    configPath: shownPath(configPath),
    elapsedMs,
    workMs,
    next: nextCommands(result, flags),
  }
}

function nextCommands(
  { configPath, exportFolder, dataDir }: DemoResult,
  { dir }: DemoFlags,
): DemoSummary['next'] {
  const ninefold = ninefoldCommand()
  const viaNpm = process.env.npm_lifecycle_event === 'demo'
  const again = viaNpm ? 'npm run demo' : `${ninefold} demo`
  const inDir = dir === DEFAULT_DIR ? '' : `${viaNpm ? ' --' : ''} --dir ${dir}`
  const file = join(shownPath(exportFolder), `${DATASET_OF_SHAPE.reason}.jsonl`)
  const config = shownPath(configPath)
  return [
    { command: `head -1 ${file}`, does: 'a record with its ancestry' },
    { command: `${again}${inDir}`, does: 'once more: 0 calls, the same files' },
    { command: `${ninefold} sql "SHOW TABLES" -c ${config}`, does: 'ask more, in SQL' },
    { command: `${ninefold} topics -c ${config}`, does: 'the log behind it all' },
    { command: `${ninefold} audit -c ${config}`, does: 'every id, step by step' },
    { command: `${ninefold} down --data ${shownPath(dataDir)}`, does: 'stop the services after that' },
  ]
}

function milliseconds(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 60_000) return value
  throw new InvalidArgumentError('Give milliseconds, from 0 to 60000.')
}
