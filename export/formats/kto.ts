import { markedChains } from '../desirable.ts'
import type { QuestionFormat } from '../format.ts'
import { answered, asked, MESSAGES } from '../messages.ts'
import { QUESTION_METADATA, questionMetadata } from '../metadata.ts'
import { instructionOf } from '../shapes.ts'

/** Kept chains of thought marked true, wrong paths of the same question false. */
export const kto: QuestionFormat = {
  name: 'kto',
  about: 'prompt and completion as turns, label, and why wrong (TRL KTOTrainer)',
  unit: 'question',
  topics: ['verdicts'],
  needsRecords: true,
  columns: {
    id: 'text',
    prompt: MESSAGES,
    completion: MESSAGES,
    label: 'bool',
    reason: 'text',
    metadata: { struct: QUESTION_METADATA },
  },
  datasetInfo: null,
  *rows(dossier, context) {
    for (const { id, cot, isDesirable, reason } of markedChains(dossier, context)) {
      yield {
        id,
        prompt: asked(instructionOf(dossier.question)),
        completion: answered(cot),
        label: isDesirable,
        reason,
        metadata: questionMetadata(dossier),
      }
    }
  },
}
