/** `ninefold simulate`: an endpoint that plays models, to try the pipeline without any. */
import { once } from 'node:events'
import { type Command, InvalidArgumentError } from 'commander'
import { startSimulator } from '../simulate/simulator.ts'
import { describeProblem } from '../sources/line-problem.ts'
import { stopOnSignals } from './stop-signals.ts'

interface Flags {
  port: number
  questions: string[]
  answers: string[]
  latency?: number
  sigma?: number
  recordedPace?: number
  correct?: number
  flaw?: number
  errorRate?: number
  p429?: number
  p500?: number
  phang?: number
  pbad?: number
  seed?: string
}

/** Adds the command. */
export function register(program: Command): void {
  program
    .command('simulate')
    .summary('play an OpenAI-compatible endpoint on 127.0.0.1, without any model')
    .description(
      'Plays models on 127.0.0.1: POST /v1/chat/completions, GET /v1/models, GET /stats. Texts are made from templates and tell nothing true or false of medicine; equal requests get equal answers.',
    )
    .option('--port <n>', 'port to listen on; 0 = any free one', port, 18090)
    .option(
      '--questions <file>',
      'questions whose keys are known (JSONL, .gz); may be given again',
      collect,
      [],
    )
    .option(
      '--answers <file>',
      'questions with recorded answers to play back; may be given again',
      collect,
      [],
    )
    .option('--latency <ms>', 'median delay of an answer', amount)
    .option('--sigma <n>', 'spread of the delay (standard deviation of its logarithm)', amount)
    .option('--recorded-pace <n>', 'recorded answers take their recorded time by this factor', amount)
    .option('--correct <share>', 'share of generated paths that are correct; default 0.745', share)
    .option('--flaw <share>', 'share of right paths the judge finds a flaw in; default 0.02', share)
    .option('--error-rate <share>', 'share of calls that fail, half 429 and half 500', share)
    .option('--p429 <share>', 'share of calls answered 429', share)
    .option('--p500 <share>', 'share of calls answered 500', share)
    .option('--phang <share>', 'share of calls never answered', share)
    .option('--pbad <share>', 'share of structured answers that are no JSON', share)
    .option('--seed <text>', 'deals difficulties, answers and faults anew')
    .action(simulate)
}

async function simulate(flags: Flags): Promise<void> {
  const stop = stopOnSignals(() => {})
  const simulator = await startSimulator(flags)
  for (const problem of simulator.problems) process.stderr.write(`${describeProblem(problem)}\n`)
  process.stdout.write(
    `Simulating models at ${simulator.url}/v1 (${simulator.questions} known questions). Stop with Ctrl-C.\n`,
  )
  if (!stop.aborted) await once(stop, 'abort')
  process.stdout.write(`${JSON.stringify(simulator.stats())}\n`)
  await simulator.close()
}

function collect(file: string, before: string[]): string[] {
  return [...before, file]
}

function share(text: string): number {
  const value = amount(text)
  if (value > 1) throw new InvalidArgumentError('Give a share from 0 to 1.')
  return value
}

function amount(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw new InvalidArgumentError('Give a number from 0.')
}

function port(text: string): number {
  const value = amount(text)
  if (Number.isInteger(value) && value <= 65_535) return value
  throw new InvalidArgumentError('Give a port from 0 to 65535.')
}
