/** `ninefold audit`: proves from the topics alone that nothing is lost and nothing is done twice. */
import type { Command } from 'commander'
import { audit } from '../audit/audit.ts'
import { refuseChangedEdition } from '../audit/edition.ts'
import { formatReport } from '../audit/report.ts'
import { openSource } from '../audit/session-source.ts'
import { openSession } from '../pipeline/session.ts'
import { EXIT } from './exit-codes.ts'
import { wholeNumber } from './option-values.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { reportUnreadable } from './unreadable-report.ts'

interface AuditCommandOptions extends PipelineOptions {
  readonly running?: boolean
  readonly limit: number
  readonly json?: boolean
}

/** Adds the command `audit`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('audit'))
    .description('prove from the topics alone that nothing is lost and nothing is done twice')
    .option('--running', 'workers run: what is not there yet waits, and is no fault')
    .option('--limit <n>', 'how many faults and waiting questions to list', wholeNumber(0), 20)
    .option('--json', 'print everything found as JSON')
    .addHelpText(
      'after',
      `
JSON: { steps: { <step>: { in, out, missing, deadLetters, waiting, faults } }, faultCount, faults: [{ step, kind, id,
detail }], waitingCount, waiting: [{ step, id, detail }], dismissed, paidElsewhere }. paidElsewhere counts calls that
two machines got an answer to: one had them under way when the other took their work over.

Exit codes: 0 it balances; 1 it could not be done; 3 faults were found.`,
    )
    .action(runAudit)
}

async function runAudit(options: AuditCommandOptions): Promise<void> {
  const session = await openSession({ ...options, onProgress })
  try {
    await refuseChangedEdition(session)
    const { config, codec } = session
    const { running = false, json = false } = options
    const limit = json ? Number.POSITIVE_INFINITY : options.limit
    const report = await audit({ config, codec, source: await openSource(session), running, limit })
    console.log(json ? JSON.stringify(report, null, 2) : formatReport(report))
    if (report.faultCount > 0) process.exitCode = EXIT.leftover
    reportUnreadable(session)
  } finally {
    await session.close()
  }
}
