/** How what the journal holds is told to everybody. */
import type { Completion } from '../schemas/types.ts'
import { RecordError } from './processor.ts'
import type { RecordCodec } from './record-codec.ts'
import type { OutgoingRecord } from './transport/transaction.ts'

/** What is told of an answer that is too large to be told whole. */
const TOLD_CHARACTERS = 50_000

/**
 * A journal entry for `completions`. An answer no broker would take is told with its beginning and under another
 * status: it was paid for, yet must not be answered from, and it must not hold up what comes after it.
 */
export function completionRecord(codec: RecordCodec, value: Completion): OutgoingRecord {
  const emission = { topic: 'completions', key: value.questionId, value } as const
  try {
    return codec.encode(emission)
  } catch (error) {
    if (!(error instanceof RecordError) || error.class !== 'too-large') throw error
    const [text, reasoning] = [
      value.text.slice(0, TOLD_CHARACTERS),
      value.reasoning.slice(0, TOLD_CHARACTERS),
    ]
    return codec.encode({ ...emission, value: { ...value, status: 'too-large', text, reasoning } })
  }
}
