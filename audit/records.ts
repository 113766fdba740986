/** kept → records: one of each, which repeats its whole ancestry. */
import { editionOf } from '../config/edition.ts'
import { recordIdOf } from '../processors/summarize.ts'
import { promptHashes } from '../prompts/hashes.ts'
import type { TrainingRecord } from '../schemas/types.ts'
import type { Books } from './books.ts'
import { IdTable } from './id-table.ts'
import type { KeptPaths } from './kept-paths.ts'
import type { Questions } from './questions.ts'
import { readRecords } from './reading.ts'

const READING = {
  topic: 'records',
  writer: 'summarize',
  idOf: ({ recordId }: TrainingRecord) => recordId,
  keyOf: ({ question }: TrainingRecord) => question.questionId,
} as const

/** Checks every training record against what it was made of. */
export async function checkRecords(books: Books, questions: Questions, kept: KeptPaths): Promise<void> {
  const { findings, config } = books
  const edition = editionOf(config, promptHashes()).hash
  const row = findings.row('summarize')
  row.in += kept.size
  const withdrawn = new IdTable()
  for await (const { record, place } of readRecords(books, READING)) {
    if (record.kind === 'withdrawn') {
      if (withdrawn.addNew(record.recordId)) continue
      findings.fault('summarize', 'twice', record.recordId, 'it was withdrawn before')
      continue
    }
    row.out++
    books.scorables.addRecord(record, books.deadLetters.of('score', place))
    checkOne(books, questions, kept, edition, record)
  }
  for (const { keptId, question } of kept.unrecorded()) {
    findings.absent('summarize', keptId, `no record was made of what is kept of ${question}`)
  }
}

function checkOne(
  books: Books,
  questions: Questions,
  kept: KeptPaths,
  edition: string,
  record: TrainingRecord,
): void {
  const { findings, payments } = books
  const { recordId, keptId, summarizer, requestHashes } = record
  questions.of(record.question, findings, 'summarize', recordId)
  payments.use('summarize', recordId, requestHashes)
  if (!kept.has(keptId)) {
    findings.fault('summarize', 'from nowhere', recordId, `nothing is kept under ${keptId}`)
    return
  }
  if (record.edition !== edition || recordIdOf(edition, keptId, summarizer) !== recordId) {
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
