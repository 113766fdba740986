import type { RecordFormat } from '../format.ts'
import { RECORD_METADATA, recordMetadata } from '../metadata.ts'
import { instructionOf, outputOf } from '../shapes.ts'

/** Turns `from` human and gpt. */
export const sharegpt: RecordFormat = {
  name: 'sharegpt',
  about: 'conversations of from and value (LLaMA-Factory, FastChat)',
  unit: 'record',
  columns: {
    id: 'text',
    conversations: { list: { struct: { from: 'text', value: 'text' } } },
    metadata: { struct: RECORD_METADATA },
  },
  datasetInfo: { formatting: 'sharegpt', columns: { messages: 'conversations' } },
  stage: 'sft',
  row: (record, shape) => ({
    id: record.recordId,
    conversations: [
      { from: 'human', value: instructionOf(record.question) },
      { from: 'gpt', value: outputOf(shape, record) },
    ],
    metadata: recordMetadata(record),
  }),
}
