/** The training records there are now, without files. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrainingRecord } from '../schemas/types.ts'
import { NO_COUNTS, recordsInOrder, selectedQuestions } from './export.ts'
import type { ReadTopic } from './gather.ts'
import { Leaks } from './leakage/leaks.ts'
import type { ProtectedQuestions } from './leakage/protected-questions.ts'
import type { Selection } from './select.ts'

/**
 * Those that count, each once, in the order of their ids: what an export holds.
 * @throws {NinefoldError} NF_EXPORT_CONFLICT when two records of one id say different things
 */
export async function* currentRecords(
  read: ReadTopic,
  protectedQuestions: ProtectedQuestions | null,
  selection: Selection,
): AsyncGenerator<TrainingRecord> {
  const work = await mkdtemp(join(tmpdir(), 'ninefold-records-'))
  const leaks = protectedQuestions && (await Leaks.open(protectedQuestions, work))
  try {
    const progress = { counts: { ...NO_COUNTS }, leaks, work }
    const questions = selectedQuestions({ read, formats: [], selection }, progress)
    for await (const { record } of recordsInOrder(questions, { work })) yield record
  } finally {
    await leaks?.close()
    await rm(work, { recursive: true, force: true })
  }
}
