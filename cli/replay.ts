/** `ninefold replay`: an edition from what another one has already taken in, generated or judged. */
import { type Command, Option } from 'commander'
import { checkedEditionName } from '../config/names.ts'
import { openReplay, REPLAY_TOPICS, type ReplayTopic } from '../pipeline/replay.ts'
import { type ReportOptions, RunReporter } from './run-reporter.ts'
import { type PipelineOptions, withConfigurationOptions } from './session-options.ts'
import { ENDINGS, withReportOptions, work } from './work.ts'

interface ReplayOptions extends PipelineOptions, ReportOptions {
  readonly of: string
  readonly from: ReplayTopic
}

/** Adds the command `replay`. */
export function register(program: Command): void {
  withReportOptions(withConfigurationOptions(program.command('replay')))
    .description('make another edition from the questions, paths or verdicts of one that exists')
    .requiredOption('--edition <name>', 'the edition to make, or to go on with', checkedEditionName)
    .option('--of <name>', 'the edition it is built on', checkedEditionName, 'main')
    .addOption(
      new Option('--from <topic>', 'what it takes over from that edition')
        .choices(REPLAY_TOPICS)
        .makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      `
Works until drained. Whatever was asked before, in this edition or the one it is built on, is answered from the
log: what is the same costs nothing again.
${ENDINGS}`,
    )
    .action(replay)
}

async function replay(options: ReplayOptions): Promise<void> {
  const reporter = new RunReporter(process.stderr, options)
  const session = await openReplay({ ...options, onProgress: reporter.note })
  try {
    await work(session, { ...options, only: [], untilDrained: true, pipeline: options }, reporter)
  } finally {
    await session.close()
  }
}
