/** `ninefold withdraw`: takes questions back, so that their records count no more. */
import type { Command } from 'commander'
import { openSession } from '../pipeline/session.ts'
import { type WithdrawSummary, withdrawQuestions } from '../pipeline/withdraw.ts'
import { counted } from '../terminal/numbers.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { reportUnreadable } from './unreadable-report.ts'

interface WithdrawOptions extends PipelineOptions {
  readonly source?: string
  readonly json?: boolean
}

/** Adds the command `withdraw`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('withdraw'))
    .description('take questions back: what was made of them counts no more')
    .argument('[ids...]', 'ids of questions, e.g. medqa:0042')
    .option('--source <name>', 'all questions there are of a source')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Nothing is deleted: a record of kind withdrawn follows each of theirs in every edition as its workers come to it, and
exports, reports and \`ninefold batches\` leave them out. A question that is loaded again with --revise counts again.

JSON: { batch, withdrawn, already }.`,
    )
    .action(withdraw)
}

async function withdraw(ids: string[], { source, json, ...pipeline }: WithdrawOptions): Promise<void> {
  const session = await openSession({ ...pipeline, onProgress })
  try {
    const summary = await withdrawQuestions(session, { ids, source })
    console.log(json ? JSON.stringify(summary, null, 2) : sentence(summary))
    reportUnreadable(session)
  } finally {
    await session.close()
  }
}

function sentence({ batch, withdrawn, already }: WithdrawSummary): string {
  const before = already > 0 ? `, ${already} had been before` : ''
  return `${counted(withdrawn, 'question')} taken back as batch ${batch}${before}`
}
