import type { RecordFormat } from '../format.ts'
import { answered, asked, MESSAGES } from '../messages.ts'
import { RECORD_METADATA, recordMetadata } from '../metadata.ts'
import { instructionOf, outputOf } from '../shapes.ts'

/** TRL's prompt and completion, as turns, so that the model's chat template is applied; only the completion is learnt. */
export const promptCompletion: RecordFormat = {
  name: 'prompt-completion',
  about: 'prompt and completion as turns (TRL SFTTrainer)',
  unit: 'record',
  columns: { id: 'text', prompt: MESSAGES, completion: MESSAGES, metadata: { struct: RECORD_METADATA } },
  datasetInfo: null,
  row: (record, shape) => ({
    id: record.recordId,
    prompt: asked(instructionOf(record.question)),
    completion: answered(outputOf(shape, record)),
    metadata: recordMetadata(record),
  }),
}
