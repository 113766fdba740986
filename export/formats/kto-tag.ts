import { markedChains } from '../desirable.ts'
import type { QuestionFormat } from '../format.ts'
import { QUESTION_METADATA, questionMetadata } from '../metadata.ts'
import { instructionOf } from '../shapes.ts'

/** The same as `kto`, as LLaMA-Factory has it. */
export const ktoTag: QuestionFormat = {
  name: 'kto-tag',
  about: 'instruction, input, output, kto_tag, and why wrong (LLaMA-Factory kto)',
  unit: 'question',
  topics: ['verdicts'],
  needsRecords: true,
  columns: {
    id: 'text',
    instruction: 'text',
    input: 'text',
    output: 'text',
    kto_tag: 'bool',
    reason: 'text',
    metadata: { struct: QUESTION_METADATA },
  },
  datasetInfo: { columns: { prompt: 'instruction', query: 'input', response: 'output', kto_tag: 'kto_tag' } },
  stage: 'kto',
  *rows(dossier, context) {
    for (const { id, cot, isDesirable, reason } of markedChains(dossier, context)) {
      yield {
        id,
        instruction: instructionOf(dossier.question),
        input: '',
        output: cot,
        kto_tag: isDesirable,
        reason,
        metadata: questionMetadata(dossier),
      }
    }
  },
}
