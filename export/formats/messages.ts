import type { RecordFormat } from '../format.ts'
import { answered, asked, MESSAGES } from '../messages.ts'
import { RECORD_METADATA, recordMetadata } from '../metadata.ts'
import { instructionOf, outputOf } from '../shapes.ts'

/** Turns of role and content, as OpenAI's fine-tuning and TRL's conversational language modelling read them. */
export const messages: RecordFormat = {
  name: 'messages',
  about: 'messages of role and content (OpenAI, TRL)',
  unit: 'record',
  columns: { id: 'text', messages: MESSAGES, metadata: { struct: RECORD_METADATA } },
  datasetInfo: {
    formatting: 'sharegpt',
    columns: { messages: 'messages' },
    tags: { role_tag: 'role', content_tag: 'content', user_tag: 'user', assistant_tag: 'assistant' },
  },
  stage: 'sft',
  row: (record, shape) => ({
    id: record.recordId,
    messages: [...asked(instructionOf(record.question)), ...answered(outputOf(shape, record))],
    metadata: recordMetadata(record),
  }),
}
