/** `ninefold score`: has datasets from outside scored by the scorer of the configuration, and compares them. */
import { type Command, InvalidArgumentError } from 'commander'
import { SINK_STEP } from '../analytics/sink/sink.ts'
import { NinefoldError } from '../errors.ts'
import { loadScoreItems, type ScoreLoadSummary, unscoredOf } from '../pipeline/score-load.ts'
import { openSession, type Session } from '../pipeline/session.ts'
import { scoreDatasets } from '../processors/score-datasets.ts'
import { askSections } from '../report/ask-sections.ts'
import type { Answer } from '../report/section.ts'
import { datasets } from '../report/sections/datasets.ts'
import { terminalReport } from '../report/terminal-report.ts'
import { isBatchName, stemOf } from '../sources/batch-name.ts'
import { filesAt } from '../sources/files.ts'
import { columnsOf } from '../terminal/fit.ts'
import { count, counted } from '../terminal/numbers.ts'
import { styleFor } from '../terminal/style.ts'
import { EXIT } from './exit-codes.ts'
import { usdAmount, wholeNumber } from './option-values.ts'
import { ProblemReport } from './problem-report.ts'
import { RunReporter } from './run-reporter.ts'
import { type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { type WorkOptions, withWorkOptions, work } from './work.ts'

interface ScoreOptions extends PipelineOptions, WorkOptions {
  readonly name?: string
  readonly sample?: number
  readonly seed: number
  readonly maxUsd?: number
  readonly problems?: string
  /** False with `--no-run`. */
  readonly run: boolean
}

/** Adds the command `score`. */
export function register(program: Command): void {
  withWorkOptions(withPipelineOptions(program.command('score')))
    .description('have the answers of any dataset scored, and compare it with others')
    .argument(
      '<files...>',
      'files, folders or patterns of one dataset: JSON lines, JSON, CSV or Parquet, zipped or not',
    )
    .option(
      '--name <dataset>',
      'what the dataset is called; default: the name of its first file',
      datasetName,
    )
    .option(
      '--sample <n>',
      'score this many of its items, drawn by their content; default: all',
      wholeNumber(1),
    )
    .option('--seed <n>', 'another seed draws others', wholeNumber(0), 1)
    .option(
      '--max-usd <amount>',
      'pause when the calls of this command could cost more than this, in USD',
      usdAmount,
    )
    .option('--problems <file>', 'write every problem to this file, a JSON object a line')
    .option('--no-run', 'load the items only: the next `ninefold run` scores them')
    .addHelpText(
      'after',
      `
Read are messages (OpenAI), conversations (ShareGPT), instruction and output (Alpaca), prompt and completion, question
with reasoning and response, and what \`ninefold export\` writes. The scorer, \`roles.score\`, sees question and answer
and neither the dataset's name nor a key; only scores of one scorer and prompt are to be compared.

An item that was loaded before is neither loaded nor paid for again, so a command that was stopped is simply repeated;
a larger sample with the same seed holds the smaller one. Another scorer scores what is loaded under another --name.

JSON: { dataset, items, loaded, bad, unscored, datasets: null or [{ dataset, scorer, prompt_version, n, mean, mean_low,
mean_high, clinical_accuracy, logic, factual_correctness, completeness }] }. datasets is null without analytics.

Exit codes: 0 done; 1 could not go on; 3 lines were left out, or items have no score; 4 paused at the budget;
130 interrupted.`,
    )
    .action(score)
}

async function score(paths: string[], options: ScoreOptions): Promise<void> {
  const reporter = new RunReporter(process.stderr, options)
  const session = await openSession({ ...options, onProgress: reporter.note })
  try {
    if (session.config.roles.score === null) throw nobodyScores()
    const files = (await Promise.all(paths.map(filesAt))).flat()
    const name = options.name ?? stemOf(files[0] ?? '')
    const loaded = await load(session, { name, files }, options)
    reporter.note(
      `${name}: ${counted(loaded.items, 'item')} to be scored, ${count(loaded.loaded)} of them new`,
    )
    if (options.run && !(await run(session, options, reporter))) return
    const unscored = await unscoredOf(session, loaded.ids)
    await tell(session, { name, loaded, unscored }, options)
    process.exitCode = loaded.bad > 0 || (options.run && unscored > 0) ? EXIT.leftover : EXIT.clean
  } finally {
    await session.close()
  }
}

async function load(
  session: Session,
  { name, files }: { name: string; files: readonly string[] },
  { sample, seed, problems }: ScoreOptions,
): Promise<ScoreLoadSummary> {
  using report = new ProblemReport(problems ?? null)
  return await loadScoreItems(session, { name, files, sample: sample ?? null, seed }, report.tell)
}

/** @returns false when it was stopped before its end */
async function run(session: Session, options: ScoreOptions, reporter: RunReporter): Promise<boolean> {
  const only = [scoreDatasets.step, SINK_STEP]
  // What counts here are the scores: nothing else of the run is told.
  await work(session, { ...options, only, untilDrained: true, pipeline: options, onEnd: () => {} }, reporter)
  return process.exitCode !== EXIT.interrupted
}

interface Outcome {
  readonly name: string
  readonly loaded: ScoreLoadSummary
  readonly unscored: number
}

async function tell(session: Session, { name, loaded, unscored }: Outcome, { run, json }: ScoreOptions) {
  const answer = run ? await compared(session) : null
  if (json) {
    const { items, loaded: fresh, bad } = loaded
    const told = { dataset: name, items, loaded: fresh, bad, unscored, datasets: answer?.rows ?? null }
    console.log(JSON.stringify(told, null, 2))
    return
  }
  if (answer !== null) {
    console.log(
      terminalReport([answer], { width: columnsOf(process.stdout), style: styleFor(process.stdout) }),
    )
  }
  if (!run) console.log(`${counted(loaded.loaded, 'item')} of ${name} loaded`)
  else if (answer === null)
    console.log(`${count(loaded.items - unscored)} of ${counted(loaded.items, 'item')} of ${name} scored`)
  if (run && unscored > 0) {
    console.error(
      `${counted(unscored, 'item')} of ${name} without a score: ninefold dead-letters list --step ${scoreDatasets.step}`,
    )
  }
}

/** All datasets scored so far; null without analytics. */
async function compared({ config, analyticsUrl }: Session): Promise<Answer | null> {
  if (config.clickhouse.kind === 'off') return null
  const parameters = { edition: config.edition, definition: 'majority' } as const
  const [answer] = await askSections([datasets], parameters, { config, url: analyticsUrl })
  return answer ?? null
}

function datasetName(text: string): string {
  if (isBatchName(text)) return text
  throw new InvalidArgumentError('Give a name that is not empty and has no control characters.')
}

function nobodyScores(): NinefoldError {
  return new NinefoldError(
    'NF_SCORE_ROLE',
    'nobody scores: the configuration has no `roles.score`',
    'Name a model there, e.g. roles: { ..., score: gpt4o }. It is no part of the edition.',
  )
}
