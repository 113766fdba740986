/** The training records there are now, without files. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrainingRecord } from '../schemas/types.ts'
import { sorted } from '../sinks/external-sort.ts'
import { NO_COUNTS, selectedQuestions } from './export.ts'
import type { ReadTopic } from './gather.ts'
import { Leaks } from './leakage/leaks.ts'
import type { ProtectedQuestions } from './leakage/protected-questions.ts'

const RUN_CHARACTERS = 32_000_000

/**
 * Those that count, each once, in the order of their ids: what an export holds.
 * @throws {NinefoldError} NF_EXPORT_CONFLICT when two records of one id say different things
 */
export async function* currentRecords(
  read: ReadTopic,
  protectedQuestions: ProtectedQuestions | null,
): AsyncGenerator<TrainingRecord> {
  const work = await mkdtemp(join(tmpdir(), 'ninefold-records-'))
  const leaks = protectedQuestions && (await Leaks.open(protectedQuestions, work))
  try {
    const questions = selectedQuestions({ read, formats: [] }, { counts: { ...NO_COUNTS }, leaks, work })
    const keyed = async function* () {
      for await (const { dossier } of questions) {
        for (const { record } of dossier.records) yield { key: record.recordId, text: JSON.stringify(record) }
      }
    }
    const folder = await mkdtemp(join(work, 'records-'))
    for await (const { text } of sorted(keyed(), { folder, runCharacters: RUN_CHARACTERS })) {
      yield JSON.parse(text) as TrainingRecord
    }
  } finally {
    await leaks?.close()
    await rm(work, { recursive: true, force: true })
  }
}
