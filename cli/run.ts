/** `ninefold run`: works on the pipeline, until stopped or until it is drained. */
import { type Command, InvalidArgumentError } from 'commander'
import { parseMonitorAddress, USUAL_MONITOR } from '../config/monitor.ts'
import type { MonitorAddress } from '../config/types.ts'
import { loadConfiguredSources } from '../pipeline/configured-sources.ts'
import { selectSteps } from '../pipeline/run.ts'
import { openSession, type Session } from '../pipeline/session.ts'
import { admit } from '../processors/admit.ts'
import { counted } from '../terminal/numbers.ts'
import { EXIT } from './exit-codes.ts'
import { usdAmount } from './option-values.ts'
import { ProblemReport } from './problem-report.ts'
import { RunReporter } from './run-reporter.ts'
import { type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { ENDINGS, type WorkOptions, withWorkOptions, work } from './work.ts'

interface RunOptions extends PipelineOptions, WorkOptions {
  readonly only: string[]
  readonly untilDrained?: boolean
  readonly load: boolean
  readonly maxUsd?: number
  /** true = at the usual place. */
  readonly monitor?: MonitorAddress | true
}

/** Adds the command `run`. */
export function register(program: Command): void {
  withWorkOptions(withPipelineOptions(program.command('run')))
    .description('run a worker; any number of them, on any machines, share the work')
    .option('--only <steps...>', 'run these steps only, e.g. generate.qwen-t0.7 verify', [])
    .option('--until-drained', 'end when everything loaded so far is worked off')
    .option(
      '--max-usd <amount>',
      'pause when the calls of this worker, from now on, could cost more than this, in USD',
      usdAmount,
    )
    .option('--no-load', 'leave the `sources` of the configuration alone, which else are loaded where new')
    .option(
      '--monitor [address]',
      `serve /metrics, /healthz and /readyz at this port, or host:port; 0 = any free port (usually ${USUAL_MONITOR.port} on loopback)`,
      monitorAddress,
    )
    .addHelpText('after', ENDINGS)
    .action(run)
}

async function run(options: RunOptions): Promise<void> {
  const reporter = new RunReporter(process.stderr, options)
  const session = await openSession({ ...options, onProgress: reporter.note })
  try {
    if (options.load) await loadNew(session, options.only, reporter)
    const { monitor } = options
    await work(
      session,
      {
        ...options,
        untilDrained: options.untilDrained ?? false,
        monitor: monitor === true ? (session.config.monitor ?? USUAL_MONITOR) : monitor,
        pipeline: options,
      },
      reporter,
    )
  } finally {
    await session.close()
  }
}

function monitorAddress(text: string): MonitorAddress {
  const address = parseMonitorAddress(text)
  if (address !== null) return address
  throw new InvalidArgumentError('Give a port from 0 to 65535, or host:port.')
}

/** Loads the configuration's sources, where this worker is one that lets questions in. */
async function loadNew(session: Session, only: readonly string[], { note }: RunReporter): Promise<void> {
  if (!selectSteps(session, only).some(({ step }) => step === admit.step)) return
  using report = new ProblemReport(null)
  for (const { path, loaded, bad, before } of await loadConfiguredSources(session, {
    onProblem: report.tell,
    onNote: note,
  })) {
    const left = bad === 0 ? '' : `, ${counted(bad, 'line')} left out (ninefold load names them)`
    note(`${path}: ${counted(loaded, 'question')} loaded${before ? ' before' : ''}${left}`)
    if (bad > 0) process.exitCode = EXIT.leftover
  }
}
