import type { Completion } from '../schemas/types.ts'
import type { Answer } from './ask.ts'

/** What the journal knows of an answer: enough to answer from. */
export type StoredAnswer = Readonly<Answer>

/** A call as it is handed to the journal, which numbers it. */
export type CallRecord = Omit<Completion, 'paymentId' | 'journal' | 'sequence'>

/** What asking needs of the journal. */
export interface JournalPort {
  /**
   * The answer of an equal earlier request, from any journal of this machine or rebuilt from completions; null
   * when there is none, or only calls that failed.
   */
  find(requestHash: string): StoredAnswer | null
  /** The same, from journals other than this process's own: what may have come since `find` gave nothing. */
  findElsewhere(requestHash: string): StoredAnswer | null
  /** Durable before it resolves. The payment id, the journal's name and the sequence are filled in there. */
  append(call: CallRecord): Promise<Pick<Completion, 'journal' | 'sequence'>>
}
