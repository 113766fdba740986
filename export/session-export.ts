/** Exports an open session: its topics, and what its configuration says about every export. */
import type { Session } from '../pipeline/session.ts'
import type { TrainingRecord } from '../schemas/types.ts'
import { topicsOf } from '../sinks/session-records.ts'
import { currentRecords } from './current-records.ts'
import { editionFilters } from './edition-filters.ts'
import { type ExportOptions, type ExportSummary, exportDatasets } from './export.ts'
import { type ProtectedQuestions, readProtected } from './leakage/protected-questions.ts'
import { EVERYTHING, filtered } from './select.ts'

/** What the session does not know. */
export type SessionExportOptions = Omit<ExportOptions, 'read' | 'minCharacters' | 'protectedQuestions'>

/**
 * Writes files, as {@link exportDatasets} does.
 * @throws {NinefoldError} NF_EXPORT_PROTECTED and others when protected questions cannot be read
 */
export async function exportSession(session: Session, options: SessionExportOptions): Promise<ExportSummary> {
  return exportDatasets({
    ...options,
    read: topicsOf(session),
    selection: filtered(options.selection ?? EVERYTHING, await editionFilters(session)),
    minCharacters: session.config.verify.minCharacters,
    protectedQuestions: await protectedOf(session),
  })
}

/** The training records that an export would hold, in its order. */
export async function* recordsOf(session: Session): AsyncGenerator<TrainingRecord> {
  const selection = filtered(EVERYTHING, await editionFilters(session))
  yield* currentRecords(topicsOf(session), await protectedOf(session), selection)
}

async function protectedOf({ config }: Session): Promise<ProtectedQuestions | null> {
  const { protected: files, similarity } = config.export
  return files.length === 0 ? null : readProtected(files, similarity)
}
