/** kept → records: one of each, which repeats its whole ancestry; and those that withdraw some of them. */
import { editionOf } from '../config/edition.ts'
import { recordIdOf } from '../processors/summarize.ts'
import { WITHDRAWN } from '../processors/withdraw.ts'
import type { TrainingRecord } from '../schemas/types.ts'
import type { Books } from './books.ts'
import type { KeptPaths } from './kept-paths.ts'
import type { Questions } from './questions.ts'
import { readRecords } from './reading.ts'
import { Withdrawals } from './withdrawals.ts'

const READING = {
  topic: 'records',
  writer: 'summarize',
  writerOf: ({ kind }: TrainingRecord) => (kind === WITHDRAWN ? 'withdraw' : 'summarize'),
  idOf: ({ recordId }: TrainingRecord) => recordId,
  keyOf: ({ question }: TrainingRecord) => question.questionId,
} as const

/** Checks every training record against what it was made of. */
export async function checkRecords(books: Books, questions: Questions, kept: KeptPaths): Promise<void> {
  const { findings, config } = books
  const edition = editionOf(config).hash
  const row = findings.row('summarize')
  row.in += kept.size
  const withdrawals = new Withdrawals()
  for await (const { record, place } of readRecords(books, READING)) {
    if (record.kind === WITHDRAWN) {
      withdrawals.enterWithdrawal(record, findings)
      continue
    }
    row.out++
    withdrawals.enterRecord(record, questions, books.deadLetters.of('withdraw', place))
    books.scorables.addRecord(record, books.deadLetters.of('score', place))
    checkOne(books, questions, kept, edition, record)
  }
  for (const { keptId, question } of kept.unrecorded()) {
    findings.absent('summarize', keptId, `no record was made of what is kept of ${question}`)
  }
  withdrawals.settle(findings)
}

function checkOne(
  books: Books,
  questions: Questions,
  kept: KeptPaths,
  edition: string,
  record: TrainingRecord,
): void {
  const { findings, payments, config } = books
  const { recordId, keptId, summarizer, requestHashes } = record
  questions.of(record.question, findings, 'summarize', recordId)
  payments.use('summarize', recordId, requestHashes)
  if (!kept.has(keptId)) {
    findings.fault('summarize', 'from nowhere', recordId, `nothing is kept under ${keptId}`)
    return
  }
  const due = recordIdOf(edition, keptId, summarizer, config.prompts.summarize.hash)
  if (record.edition !== edition || due !== recordId) {
    findings.fault('summarize', 'wrong', recordId, `it is not the id of the record of ${keptId}`)
  }
  if (!kept.agrees(record)) {
    findings.fault(
      'summarize',
      'wrong',
      recordId,
      `it tells another ancestry than what is kept under ${keptId}`,
    )
  }
  if (!kept.record(keptId)) {
    findings.fault('summarize', 'twice', recordId, `${keptId} had been made a record before`)
  }
}
