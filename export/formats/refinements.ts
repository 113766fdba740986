import { cotOf } from '../../processors/chain-of-thought.ts'
import type { QuestionFormat } from '../format.ts'
import { QUESTION_METADATA, questionMetadata } from '../metadata.ts'
import { TEXTS } from '../row.ts'
import { instructionOf } from '../shapes.ts'

/** A path before and after it was mended, with the errors of the other paths that it was mended in view of. */
export const refinements: QuestionFormat = {
  name: 'refinements',
  about: 'question, before, reasons, after: for training models that mend',
  unit: 'question',
  topics: ['verdicts', 'kept'],
  needsRecords: true,
  columns: {
    id: 'text',
    question: 'text',
    answer: TEXTS,
    before: 'text',
    reasons: TEXTS,
    after: 'text',
    from_path_id: 'text',
    refiner: 'text',
    record_id: 'text',
    metadata: { struct: QUESTION_METADATA },
  },
  datasetInfo: null,
  *rows(dossier, { minCharacters }) {
    const paths = new Map(dossier.verdicts.map(({ pathId, path }) => [pathId, path]))
    const reasons = (dossier.triaged?.wrong ?? [])
      .map(({ reason }) => reason)
      .filter((reason) => reason !== '')
    for (const { record } of dossier.records) {
      const attempt = dossier.kept.find(({ keptId }) => keptId === record.keptId)?.attempt
      const before = paths.get(attempt?.fromPathId ?? '')
      if (record.route !== 'refined' || !attempt || !before) continue
      yield {
        id: attempt.attemptId,
        question: instructionOf(record.question),
        answer: record.question.answer.labels,
        before: cotOf(before, minCharacters),
        reasons,
        after: record.cot,
        from_path_id: before.pathId,
        refiner: attempt.model,
        record_id: record.recordId,
        metadata: questionMetadata(dossier),
      }
    }
  },
}
