import type { RecordFormat } from '../format.ts'
import { RECORD_METADATA, recordMetadata } from '../metadata.ts'
import { instructionOf, outputOf } from '../shapes.ts'

/** Instruction, input and output, as Stanford Alpaca has them; `input` is always empty. */
export const alpaca: RecordFormat = {
  name: 'alpaca',
  about: 'instruction, input, output (LLaMA-Factory, Axolotl)',
  unit: 'record',
  columns: {
    id: 'text',
    instruction: 'text',
    input: 'text',
    output: 'text',
    metadata: { struct: RECORD_METADATA },
  },
  datasetInfo: { columns: { prompt: 'instruction', query: 'input', response: 'output' } },
  stage: 'sft',
  row: (record, shape) => ({
    id: record.recordId,
    instruction: instructionOf(record.question),
    input: '',
    output: outputOf(shape, record),
    metadata: recordMetadata(record),
  }),
}
