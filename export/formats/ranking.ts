import { contentId } from '../../schemas/ids.ts'
import type { QuestionFormat } from '../format.ts'
import { QUESTION_METADATA, questionMetadata } from '../metadata.ts'
import { pairsOf } from '../pairs.ts'
import { instructionOf } from '../shapes.ts'

/** The pairs of `preference` as LLaMA-Factory's ranking datasets have them. */
export const ranking: QuestionFormat = {
  name: 'ranking',
  about: 'instruction, input, chosen, rejected, and why rejected (LLaMA-Factory dpo, rm)',
  unit: 'question',
  topics: ['verdicts'],
  needsRecords: true,
  columns: {
    id: 'text',
    instruction: 'text',
    input: 'text',
    chosen: 'text',
    rejected: 'text',
    reason: 'text',
    metadata: { struct: QUESTION_METADATA },
  },
  datasetInfo: {
    ranking: true,
    columns: { prompt: 'instruction', query: 'input', chosen: 'chosen', rejected: 'rejected' },
  },
  stage: 'dpo',
  *rows(dossier, context) {
    for (const { record, wrong } of pairsOf(dossier, context)) {
      yield {
        id: contentId('preference', record.recordId, wrong.verdict.verdictId),
        instruction: instructionOf(record.question),
        input: '',
        chosen: record.cot,
        rejected: wrong.cot,
        reason: wrong.verdict.reason,
        metadata: questionMetadata(dossier),
      }
    }
  },
}
