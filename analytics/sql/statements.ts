/** A text of several statements, taken apart at the semicolons that end them. */
import { isSign, tokensOf } from './tokens.ts'

/** A text as far as it has come. */
export interface Statements {
  /** Those that have ended, without their semicolons; what holds nothing (but comments) is left out. */
  readonly ended: readonly string[]
  /** What stands behind the last semicolon, white space and comments aside; empty when nothing does. */
  readonly begun: string
}

/** The statements of a text that may go on. */
export function readStatements(text: string): Statements {
  const ended: string[] = []
  let start: number | null = null
  for (const token of tokensOf(text)) {
    if (!isSign(token, ';')) {
      start ??= token.start
      continue
    }
    if (start !== null) ended.push(text.slice(start, token.start).trimEnd())
    start = null
  }
  return { ended, begun: start === null ? '' : text.slice(start).trimEnd() }
}

/** All statements of a text that is at its end. */
export function splitStatements(text: string): string[] {
  const { ended, begun } = readStatements(text)
  return begun === '' ? [...ended] : [...ended, begun]
}

/** A statement on one line, without its comments. */
export function inOneLine(statement: string): string {
  let line = ''
  let end = 0
  for (const token of tokensOf(statement)) {
    const gap = line !== '' && token.start > end ? ' ' : ''
    // Within quotes `\n` is the same.
    line += gap + statement.slice(token.start, token.end).replaceAll('\n', '\\n')
    end = token.end
  }
  return line
}
