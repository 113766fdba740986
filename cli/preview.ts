/** `ninefold preview`: what will be asked for the first questions, what all of them will take, and a first taste. */
import type { Command } from 'commander'
import { type Config, loadConfig } from '../config/config.ts'
import { simulatedNotice } from '../pipeline/simulated-endpoints.ts'
import { amountLine } from '../preview/amounts.ts'
import { times } from '../preview/estimate.ts'
import { estimateScreen } from '../preview/estimate-screen.ts'
import { outcomesOf } from '../preview/outcomes.ts'
import { type Preview, type PreviewRun, preview, runPreview } from '../preview/preview.ts'
import { promptsScreen } from '../preview/prompts-screen.ts'
import { sourceAt } from '../preview/questions.ts'
import { runScreen } from '../preview/run-screen.ts'
import { counted } from '../terminal/numbers.ts'
import { styleFor } from '../terminal/style.ts'
import { EXIT } from './exit-codes.ts'
import { wholeNumber } from './option-values.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { stopOnSignals } from './stop-signals.ts'

interface PreviewFlags extends PipelineOptions {
  readonly number: number
  readonly step?: string
  readonly from?: string
  readonly run?: boolean
  readonly json?: boolean
}

/** Adds the command `preview`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('preview'))
    .description('show what will be asked for the first questions, and what all of them will take')
    .option('-n, --number <count>', 'how many questions', wholeNumber(1, 1_000), 2)
    .option('--step <name>', 'prompts of this step only, e.g. verify or generate.qwen-t0.7')
    .option('--from <file>', 'questions from this file, in place of the configured sources')
    .option('--run', 'take these questions through the whole recipe: models are asked, and paid')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
Nothing is asked without --run, and no topic is written with it either. What --run pays for is kept within the budget and
in the journal: the next run answers it from there.`,
    )
    .action(run)
}

async function run(flags: PreviewFlags): Promise<void> {
  const { number, step = null, from, json = false } = flags
  const config = await loadConfig(flags.config, flags)
  const sources = from === undefined ? config.sources : [sourceAt(from)]
  const shown = await preview({ config, sources, count: number, step, onProblem: onProgress })
  const style = styleFor(process.stdout)
  if (!flags.run) {
    if (json) console.log(JSON.stringify(asJson(shown), null, 2))
    else {
      for (const question of shown.questions) console.log(`${promptsScreen(question, style)}\n`)
      console.log(estimateScreen(shown, style))
    }
    return
  }
  const ran = await ask(config, shown)
  if (ran === null) return
  const ids = shown.questions.map(({ question }) => question.questionId)
  if (json) console.log(JSON.stringify({ ...asJson(shown), run: runAsJson(config, ran, ids) }, null, 2))
  else console.log(`${runScreen(config, ids, ran, style)}\n\n${estimateScreen(shown, style)}`)
  if (ran.records.failures.length > 0) process.exitCode = EXIT.leftover
}

/** Runs the questions, and says before what that may cost; null when it was interrupted. */
async function ask(config: Config, shown: Preview): Promise<PreviewRun | null> {
  const questions = shown.questions.map(({ question }) => question)
  const simulated = Object.values(config.endpoints).filter((endpoint) => endpoint.simulated !== null)
  if (simulated.length > 0) onProgress(simulatedNotice(simulated.map(({ name }) => name)))
  const { expected, most } = shown.estimate
  const what = counted(questions.length, 'question')
  onProgress(`asking for ${what}: about ${amountLine(times(expected, questions.length))}`)
  onProgress(`  at most ${amountLine(times(most, questions.length))}`)
  if (config.budgetUsd !== null) onProgress(`  within the budget of $${config.budgetUsd}`)
  const stop = stopOnSignals(() => onProgress('stopping: what was answered is in the journal'))
  try {
    return await runPreview(config, questions, {
      stop,
      onWait: ({ reason, waitMs }) => onProgress(`${reason}; again in ${Math.ceil(waitMs / 1000)} s`),
    })
  } catch (error) {
    if (!stop.aborted) throw error
    process.exitCode = EXIT.interrupted
    return null
  }
}

function asJson({ questions, total, bad, estimate, projected, simulated }: Preview) {
  return {
    questions: questions.map(({ question, prompts }) => ({
      questionId: question.questionId,
      prompts: prompts.map(({ step, prompt, askings, messages, note }) => ({
        step,
        prompt,
        askings: askings.map(({ title, model, temperature, topP, maxTokens }) => ({
          title,
          model: model.model,
          temperature,
          topP,
          maxTokens,
        })),
        messages,
        note,
      })),
    })),
    total,
    bad,
    simulated,
    estimate: {
      expected: inUsd(estimate.expected),
      least: inUsd(estimate.least),
      most: inUsd(estimate.most),
      steps: estimate.steps.map((one) => ({
        step: one.step,
        model: one.model,
        recorded: one.recorded,
        ...inUsd(one),
      })),
      basis: estimate.basis,
    },
    projected: inUsd(projected),
  }
}

function runAsJson(config: Config, { records, spent }: PreviewRun, ids: readonly string[]) {
  return { questions: outcomesOf(config, records, ids), spent: inUsd(spent) }
}

/** Money in USD, as in all JSON output; null = unknown. */
function inUsd({ calls, promptTokens, completionTokens, nanoUsd }: Preview['projected']) {
  return { calls, promptTokens, completionTokens, usd: nanoUsd === null ? null : nanoUsd / 1e9 }
}
