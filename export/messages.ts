/** Turns of a conversation, as OpenAI's chat format and TRL have them. */
import type { ColumnType, Row } from './row.ts'

/** A list of turns. */
export const MESSAGES: ColumnType = { list: { struct: { role: 'text', content: 'text' } } }

/** The user's turn. */
export function asked(content: string): readonly Row[] {
  return [{ role: 'user', content }]
}

/** The model's turn. */
export function answered(content: string): readonly Row[] {
  return [{ role: 'assistant', content }]
}
