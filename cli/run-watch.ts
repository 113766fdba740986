/** Watches the worker of a command, and sums up what it has done. */
import type { Leftovers } from '../pipeline/leftovers.ts'
import type { BesideWorker } from '../pipeline/run.ts'
import type { Session } from '../pipeline/session.ts'
import { RunMonitor } from '../progress/run-monitor.ts'
import type { RunSnapshot } from '../progress/run-snapshot.ts'
import { type Ending, madeBy, type RunSummary, summaryOf } from '../progress/run-summary.ts'
import type { Worker } from '../streams/worker.ts'
import { ninefoldCommand, settingFlags } from '../terminal/commands.ts'
import type { RunReporter } from './run-reporter.ts'
import type { PipelineOptions } from './session-options.ts'

/** What is needed to propose the next command. */
export interface ProposalSettings {
  /** The pipeline's options as they were given. */
  readonly pipeline: PipelineOptions
  readonly untilDrained: boolean
}

/** A worker, from its start to its summary. */
export class RunWatch {
  readonly #session: Session
  readonly #reporter: RunReporter
  readonly #ended = new AbortController()
  #worker: Worker | null = null
  #monitor: RunMonitor | null = null
  #following: Promise<void> = Promise.resolve()

  constructor(session: Session, reporter: RunReporter) {
    this.#session = session
    this.#reporter = reporter
  }

  /** The worker has started. */
  start = (worker: Worker, beside: BesideWorker): void => {
    this.#worker = worker
    this.#monitor = new RunMonitor(this.#session, worker, beside)
    const every = this.#reporter.lookEveryMs
    if (every !== null) this.#following = this.#monitor.follow(every, this.#ended.signal)
    this.#reporter.say('started', `worker ${worker.slot} runs`)
  }

  /** The run now; null before it has begun. */
  snapshot = (): RunSnapshot | null => this.#monitor?.snapshot() ?? null

  /** Asks once more how far the groups are, so that the last word is not an old one. */
  async look(): Promise<void> {
    await this.#monitor?.look()
  }

  /** The run has ended: nobody is asked any more how far it is. */
  async end(): Promise<void> {
    this.#ended.abort()
    await this.#following
  }

  /** What came of it; null when it has not begun. */
  summary(ended: Ending, left: Leftovers | null, settings: ProposalSettings): RunSummary | null {
    const [worker, last] = [this.#worker, this.snapshot()]
    if (worker === null || last === null) return null
    const made = madeBy((topic, step) => worker.written(topic, step))
    return summaryOf(last, { ended, made, left, next: nextCommand(ended, left, settings) })
  }
}

/** What a user most likely wants to do now. */
function nextCommand(
  ended: Ending,
  left: Leftovers | null,
  { pipeline, untilDrained }: ProposalSettings,
): string {
  const flags = [
    pipeline.config === 'ninefold.yaml' ? '' : ` -c ${pipeline.config}`,
    pipeline.edition === 'main' ? '' : ` --edition ${pipeline.edition}`,
    settingFlags(pipeline.set),
  ].join('')
  const isLeft = left !== null && left.waiting + left.deadLetters > 0
  const words =
    ended !== 'drained'
      ? `run${untilDrained ? ' --until-drained' : ''}`
      : isLeft
        ? 'dead-letters list'
        : 'export'
  return `${ninefoldCommand()} ${words}${flags}`
}
