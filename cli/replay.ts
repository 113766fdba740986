/** `ninefold replay`: an edition from what another one has already taken in, generated or judged. */
import { type Command, Option } from 'commander'
import { checkedEditionName } from '../config/names.ts'
import { checkRunPrices } from '../pipeline/budget-watch.ts'
import { refuseAbove } from '../pipeline/plan/max-cost.ts'
import { planReplay } from '../pipeline/plan/plan-replay.ts'
import { planJson, planLine, planScreen } from '../pipeline/plan/plan-screen.ts'
import type { ReplayPlan } from '../pipeline/plan/replay-plan.ts'
import { openReplay, REPLAY_TOPICS, type ReplayTopic } from '../pipeline/replay.ts'
import { selectSteps } from '../pipeline/run.ts'
import { styleFor } from '../terminal/style.ts'
import { usdAmount } from './option-values.ts'
import { RunReporter } from './run-reporter.ts'
import { type PipelineOptions, withConfigurationOptions } from './session-options.ts'
import { reportUnreadable } from './unreadable-report.ts'
import { ENDINGS, type WorkOptions, withWorkOptions, work } from './work.ts'

interface ReplayOptions extends PipelineOptions, WorkOptions {
  readonly of: string
  readonly from: ReplayTopic
  readonly plan?: boolean
  readonly maxCost?: number
}

/** Adds the command `replay`. */
export function register(program: Command): void {
  withWorkOptions(withConfigurationOptions(program.command('replay')))
    .description('make another edition from the questions, paths or verdicts of one that exists')
    .requiredOption('--edition <name>', 'the edition to make, or to go on with', checkedEditionName)
    .option('--of <name>', 'the edition it is built on', checkedEditionName, 'main')
    .addOption(
      new Option('--from <topic>', 'what it takes over from that edition')
        .choices(REPLAY_TOPICS)
        .makeOptionMandatory(),
    )
    .option(
      '--plan',
      'only say what would change and what would be asked; nothing is written, nobody is asked',
    )
    .option(
      '--max-cost <amount>',
      'do not begin when what is certain costs more than this, in USD, and pause when calls from now on could',
      usdAmount,
    )
    .addHelpText(
      'after',
      `
Works until drained. Whatever was asked before, in any edition of the pipeline, is answered from the log: what is the
same costs nothing again.

--plan takes the edition through its own steps in memory, as far as answers are known. Calls that nobody has answered are
counted for certain, and cost as much as such calls have cost on average; what would follow from their answers is an
estimate of its own. Where no call is left, the plan is exact. --max-cost makes the plan first, and exits with 1 where
the certain part is above the amount; it then pauses as --max-usd does (exit code 4), and goes on when it is repeated.

With --plan --json, standard output holds { edition, of, from, questions, tiers: [{ now, after, questions }], changed,
open, expectedTiers, answered: [{ step, model, calls }], toMake: [{ step, model, certain, estimated }], certain,
estimated, deadLetters, unpriced, simulated, basis }, where \`certain\` and \`estimated\` are { calls, promptTokens,
completionTokens, usd, callsOfUnknownCost }. A tier is easy, medium, difficult, waiting, or open: it hangs on calls.
${ENDINGS}`,
    )
    .action(replay)
}

async function replay(options: ReplayOptions): Promise<void> {
  const reporter = new RunReporter(process.stderr, options)
  const { maxCost } = options
  if (options.plan || maxCost !== undefined) {
    const plan = await planned(options, reporter)
    if (options.plan) printPlan(plan, options)
    else reporter.say('plan', planLine(plan))
    if (maxCost !== undefined) refuseAbove(plan, maxCost)
    if (options.plan) return
  }
  const session = await openReplay({ ...options, onProgress: reporter.note })
  try {
    const settings = { ...options, only: [], untilDrained: true, maxUsd: maxCost, pipeline: options }
    await work(session, settings, reporter)
  } finally {
    await session.close()
  }
}

async function planned(options: ReplayOptions, reporter: RunReporter): Promise<ReplayPlan> {
  const session = await openReplay({ ...options, readOnly: true, onProgress: reporter.note })
  try {
    if (options.maxCost !== undefined) checkRunPrices(session.config, selectSteps(session, []))
    const plan = await planReplay(session, reporter.note)
    reportUnreadable(session)
    return plan
  } finally {
    await session.close()
  }
}

function printPlan(plan: ReplayPlan, { json }: ReplayOptions): void {
  console.log(json ? JSON.stringify(planJson(plan), null, 2) : planScreen(plan, styleFor(process.stdout)))
}
