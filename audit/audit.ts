/**
 * Proves from the topics alone that nothing was lost and nothing done twice: every record is looked for by the id it must
 * have, computed anew where that can be done. Each topic is read once. Of the records only ids, hashes and counts are
 * kept: about 100 bytes a path and 1 KB a question.
 */
import type { Config } from '../config/config.ts'
import type { Codec } from '../schemas/codec.ts'
import { checkAdmit } from './admit.ts'
import type { Books } from './books.ts'
import { checkControls } from './controls.ts'
import { DeadLetters } from './dead-letters.ts'
import { checkEnds } from './ends.ts'
import { type Fault, type Finding, Findings, type StepCounts } from './findings.ts'
import { checkGenerate } from './generate.ts'
import { IdTable } from './id-table.ts'
import { checkKept } from './kept.ts'
import { checkLetters, checkRedrives, readDeadLetters } from './letters.ts'
import { checkPayments, Payments, settlePayments } from './payments.ts'
import { checkRanked } from './rank.ts'
import { checkRecords } from './records.ts'
import { Scorables } from './scorables.ts'
import { checkScores, readItems } from './scores.ts'
import type { AuditSource } from './source.ts'
import { checkTriage } from './triage.ts'
import { checkVerify } from './verify.ts'

/** How to audit. */
export interface AuditOptions {
  readonly config: Config
  readonly codec: Codec
  readonly source: AuditSource
  /** The pipeline runs: what is not there yet waits, and is no fault. */
  readonly running?: boolean
  /** How many faults and waiting records are listed; all are counted. Default: all. */
  readonly limit?: number
}

/** What an audit found. */
export interface AuditReport {
  /** By step, in the order of the dataflow. */
  readonly steps: Readonly<Record<string, Readonly<StepCounts>>>
  readonly faultCount: number
  readonly faults: readonly Fault[]
  readonly waitingCount: number
  readonly waiting: readonly Finding[]
  /** Dead letters that somebody set aside for good: they account for what is not there, and nobody tries them again. */
  readonly dismissed: number
  /** Calls answered on two machines: one had them under way when another took their work over. Paid for, and no fault. */
  readonly paidElsewhere: number
}

/** Audits an edition. */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { config, codec, source, running = false, limit = Number.POSITIVE_INFINITY } = options
  const findings = new Findings({ running, limit })
  const books: Books = {
    config,
    codec,
    source,
    findings,
    deadLetters: new DeadLetters(),
    payments: new Payments(),
    scorables: new Scorables(config),
    controlsDue: new IdTable(),
  }
  await readDeadLetters(books)
  await checkRedrives(books)
  await checkPayments(books)
  await checkSteps(books)
  checkLetters(books)
  const paidElsewhere = books.payments.elsewhere
  await settlePayments(books)
  const { faultCount, faults, waitingCount, waiting } = findings
  const steps = Object.fromEntries(findings.rows)
  const dismissed = books.deadLetters.dismissedCount
  return { steps, faultCount, faults, waitingCount, waiting, dismissed, paidElsewhere }
}

async function checkSteps(books: Books): Promise<void> {
  const questions = await checkAdmit(books)
  const paths = await checkGenerate(books, questions)
  await checkVerify(books, questions, paths)
  await checkControls(books, questions, paths)
  await checkTriage(books, questions, paths)
  await checkRanked(books, questions, paths)
  const kept = await checkKept(books, questions, paths)
  checkEnds(books, questions)
  await checkRecords(books, questions, kept)
  await readItems(books)
  await checkScores(books)
}
