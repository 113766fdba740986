import { contentId } from '../../schemas/ids.ts'
import type { QuestionFormat } from '../format.ts'
import { answered, asked, MESSAGES } from '../messages.ts'
import { QUESTION_METADATA, questionMetadata } from '../metadata.ts'
import { pairsOf } from '../pairs.ts'
import { instructionOf } from '../shapes.ts'

/** A kept chain of thought preferred to a wrong path of the same question, with the verdict's reason. */
export const preference: QuestionFormat = {
  name: 'preference',
  about: 'prompt, chosen and rejected as turns, and why rejected (TRL DPOTrainer, RewardTrainer)',
  unit: 'question',
  topics: ['verdicts'],
  needsRecords: true,
  columns: {
    id: 'text',
    prompt: MESSAGES,
    chosen: MESSAGES,
    rejected: MESSAGES,
    reason: 'text',
    chosen_record_id: 'text',
    chosen_writer: 'text',
    rejected_path_id: 'text',
    rejected_writer: 'text',
    metadata: { struct: QUESTION_METADATA },
  },
  datasetInfo: null,
  *rows(dossier, context) {
    for (const { record, wrong } of pairsOf(dossier, context)) {
      yield {
        id: contentId('preference', record.recordId, wrong.verdict.verdictId),
        prompt: asked(instructionOf(record.question)),
        chosen: answered(record.cot),
        rejected: answered(wrong.cot),
        reason: wrong.verdict.reason,
        chosen_record_id: record.recordId,
        chosen_writer: record.writer,
        rejected_path_id: wrong.verdict.pathId,
        rejected_writer: wrong.verdict.path?.model ?? null,
        metadata: questionMetadata(dossier),
      }
    }
  },
}
