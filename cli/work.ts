/** What `run` and `replay` have in common: a worker that ends at Ctrl-C or when drained, and what it says then. */
import type { Command } from 'commander'
import type { MonitorAddress } from '../config/types.ts'
import type { NinefoldError } from '../errors.ts'
import { BudgetReached } from '../models/budget-reached.ts'
import { countLeftovers } from '../pipeline/leftovers.ts'
import { runWorker } from '../pipeline/run.ts'
import type { Session } from '../pipeline/session.ts'
import { simulatedNotice } from '../pipeline/simulated-endpoints.ts'
import { type Ending, type RunSummary, summaryScreen } from '../progress/run-summary.ts'
import { DEFAULT_TUNING } from '../streams/worker-tuning.ts'
import { styleFor } from '../terminal/style.ts'
import { EXIT, exitFor } from './exit-codes.ts'
import { wholeNumber } from './option-values.ts'
import type { ReportOptions, RunReporter } from './run-reporter.ts'
import { RunWatch } from './run-watch.ts'
import type { PipelineOptions } from './session-options.ts'
import { stopOnSignals } from './stop-signals.ts'
import { takeUnforeseen } from './unforeseen.ts'
import { reportUnreadable } from './unreadable-report.ts'

/** The part of a command's help that says how it ends. */
export const ENDINGS = `
Progress goes to standard error: a table on a terminal, a line every 15 seconds elsewhere. Its counts and rates are this
worker's own; "waiting" is what is left for all workers of the step together, as far as offsets tell.

With --json, standard error holds an event a line: { at, event: "progress", pipeline, edition, worker, seconds, steps:
[{ step, title, done, inFlight, waiting, errors, callsPerSecond, calls, promptTokens, completionTokens, usd,
callsOfUnknownCost }], cost: { usd, of, budgetUsd, callsOfUnknownCost }, projected: { usd, atLeast, basis } or null,
troubles: [] }, and { at, event, text } for whatever else there is to say; lines that are no JSON are for people. Standard output holds, at the end, { pipeline,
edition, worker, ended, seconds, made: { questions, paths, verdicts, tiers, records, withdrawn, unsolved, deadLetters }, left: {
waiting, deadLetters, unsolved, dismissed, abandoned } or null, toDo: [{ step, records }], calls, promptTokens, completionTokens, usd, callsOfUnknownCost, spentUsd,
budgetUsd, next }. Money is in USD.

Ctrl-C stops taking new work, lets calls under way end (25 seconds, or --grace), commits, and leaves. A second one
stops at once. Nothing is lost either way: the next run goes on from there.

A Kafka, a schema registry or a ClickHouse that goes away meanwhile is said once, waited for, and said again when it is
back; with --until-drained Kafka is waited for 15 minutes at most. What no waiting mends ends the worker with the reason.

Exit codes: 0 done; 1 could not go on; 3 done, but questions wait or dead letters exist; 4 paused at the budget;
130 interrupted.`

/** How long a worker that has failed may take to end when the grace of calls under way is over, ms. */
const ENDING_MS = 35_000
/** No answer takes longer than a day. */
const MOST_GRACE_S = 86_400

/** Adds how it ends, and what is said meanwhile and in the end: `--grace`, `--quiet` and `--json`. */
export function withWorkOptions(command: Command): Command {
  return command
    .option(
      '--grace <seconds>',
      `how long calls under way may take to end after Ctrl-C, in seconds (default: ${DEFAULT_TUNING.graceMs / 1_000})`,
      wholeNumber(0, MOST_GRACE_S),
    )
    .option('--quiet', 'no progress, only what comes of it')
    .option('--json', 'progress as events on standard error, what comes of it as JSON on standard output')
}

/** What {@link withWorkOptions} adds. */
export interface WorkOptions extends ReportOptions {
  /** How long calls under way may take to end once it is stopped, in seconds. */
  readonly grace?: number
}

/** What a worker is started for. */
export interface WorkSettings extends WorkOptions {
  readonly only: readonly string[]
  readonly untilDrained: boolean
  /** What this worker may spend, in USD; left out = no limit of its own. */
  readonly maxUsd?: number
  /** Where to serve metrics and health; left out = where the configuration says. */
  readonly monitor?: MonitorAddress
  /** The pipeline's options as they were given, for the commands that are proposed. */
  readonly pipeline: PipelineOptions
  /** Told what came of it; left out = it is printed. */
  readonly onEnd?: (summary: RunSummary) => void
}

/** Runs a worker in the foreground and sets the exit code. @throws what kept the worker from going on. */
export async function work(session: Session, settings: WorkSettings, reporter: RunReporter): Promise<void> {
  const { only, untilDrained, maxUsd, monitor } = settings
  const graceMs = settings.grace === undefined ? DEFAULT_TUNING.graceMs : settings.grace * 1_000
  const stop = stopOnSignals(() =>
    reporter.say('stopping', 'stopping: what is finished is being committed (again to stop at once)'),
  )
  const failing = new AbortController()
  using _unforeseen = takeUnforeseen((fault) => fail(failing, fault, session, graceMs + ENDING_MS))
  const watch = new RunWatch(session, reporter)
  const running = runWorker(session, {
    only,
    untilDrained,
    maxUsd,
    monitor,
    tuning: { graceMs },
    stop,
    failing: failing.signal,
    onNotice: (line, event = 'notice') => reporter.say(event, line),
    onSimulated: ({ names }) => reporter.say('simulated', simulatedNotice(names)),
    onStart: watch.start,
  })
  let failure: unknown = null
  try {
    await reporter.during(
      watch.snapshot,
      running.then(() => watch.look()),
    )
  } catch (error) {
    failure = error
  }
  await watch.end()
  const isPaused = failure instanceof BudgetReached
  if (isPaused) await watch.look()
  const isWhole = (failure === null || isPaused) && !stop.aborted
  const left = isWhole ? await countLeftovers(session) : null
  if (stop.aborted) process.exitCode = EXIT.interrupted
  else if (left !== null && !isPaused && left.waiting + left.deadLetters > 0) process.exitCode = EXIT.leftover
  const summary = watch.summary(endingOf(failure, stop), left, settings)
  if (summary !== null) (settings.onEnd ?? printed(settings))(summary)
  reportUnreadable(session)
  if (failure !== null) throw failure
}

/** Ends the run as failed, and the process if that does not come to an end. */
function fail(failing: AbortController, fault: NinefoldError, { log }: Session, endingMs: number): void {
  log.error({ code: fault.code, stack: (fault.cause as Error | undefined)?.stack }, fault.message)
  // What follows from the first one says nothing more.
  if (failing.signal.aborted) return
  failing.abort(fault)
  setTimeout(() => process.exit(exitFor(fault)), endingMs).unref()
}

function printed({ json }: WorkSettings): (summary: RunSummary) => void {
  return (summary) =>
    console.log(json ? JSON.stringify(summary, null, 2) : summaryScreen(summary, styleFor(process.stdout)))
}

function endingOf(failure: unknown, stop: AbortSignal): Ending {
  if (failure instanceof BudgetReached) return 'budget'
  if (failure !== null) return 'failed'
  return stop.aborted ? 'interrupted' : 'drained'
}
