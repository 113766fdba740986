/**
 * Tables in text (RFC 4180, also with tabs or semicolons): the first row names the columns. Memory is bounded
 * by one row.
 */
import { LineError } from '../line-problem.ts'
import { linesOf, MAX_LINE_BYTES, type RawLine } from '../lines.ts'
import { problemAt, type RowItem } from '../row.ts'
import { brokeOff } from './json-lines.ts'
import { textOf } from './text-line.ts'

/** What separates the values of a row. */
export type Delimiter = ',' | ';' | '\t'

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t']

/** What the columns' names are separated by: what stands between them most often. */
export function delimiterOf(header: string): Delimiter {
  const unquoted = header.replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** The rows; an empty value is null. Reading ends where the columns have no names or a quotation has no end. */
export async function* csvRows(input: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<RowItem> {
  let header: { names: string[]; delimiter: Delimiter } | null = null
  let reached = 0
  try {
    for await (const { line, read } of records(linesOf(input))) {
      reached = line
      const at = { file, line }
      try {
        const text = read()
        if (text.trim() === '') continue
        if (header === null) header = headerOf(text)
        else yield { kind: 'row', at, fields: fieldsOf(valuesOf(text, header.delimiter), header.names) }
      } catch (error) {
        if (!(error instanceof LineError)) throw error
        yield problemAt(at, error)
        if (header === null || error instanceof Unclosed) return
      }
    }
  } catch (error) {
    yield brokeOff({ file, line: reached }, error)
  }
}

/** A row's text with the line it begins in; reading it throws what is wrong with its bytes. */
interface CsvRecord {
  readonly line: number
  read(): string
}

/** Lines put together to rows: a row ends with a line when all quotations in it have ended. */
async function* records(lines: AsyncIterable<RawLine>): AsyncGenerator<CsvRecord> {
  let began = 0
  let texts: string[] = []
  let length = 0
  let quotes = 0
  for await (const line of lines) {
    if (texts.length === 0) began = line.number
    const text = readable(line)
    if (text instanceof LineError) {
      texts = []
      length = 0
      quotes = 0
      yield { line: line.number, read: thrower(text) }
      continue
    }
    texts.push(text)
    // An empty line takes room, too.
    length += text.length + 1
    quotes += quotesIn(text)
    if (quotes % 2 !== 0) {
      if (length <= MAX_LINE_BYTES) continue
      yield { line: began, read: thrower(new Unclosed()) }
      return
    }
    const whole = texts.join('\n')
    texts = []
    length = 0
    quotes = 0
    yield { line: began, read: () => whole }
  }
  if (texts.length > 0) yield { line: began, read: thrower(new Unclosed()) }
}

function readable(line: RawLine): string | LineError {
  try {
    return textOf(line)
  } catch (error) {
    if (error instanceof LineError) return error
    throw error
  }
}

function thrower(error: LineError): () => never {
  return () => {
    throw error
  }
}

function quotesIn(text: string): number {
  let quotes = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++
  return quotes
}

class Unclosed extends LineError {
  constructor() {
    super(
      'a quotation mark opened in this row is never closed, so that all rows after it cannot be told apart',
      'Write a quotation mark inside of a value twice, and the value between quotation marks.',
    )
  }
}

function headerOf(text: string): { names: string[]; delimiter: Delimiter } {
  const delimiter = delimiterOf(text)
  const names = valuesOf(text, delimiter).map((name) => name.trim())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice === undefined) return { names, delimiter }
  throw new LineError(
    `two columns are called ${JSON.stringify(twice)}`,
    'Give every column a name of its own in the first row.',
  )
}

function fieldsOf(values: readonly string[], names: readonly string[]): Record<string, unknown> {
  if (values.length !== names.length) {
    throw new LineError(
      `the row has ${values.length} values, but there are ${names.length} columns`,
      'Write values that hold a separator or a line end between quotation marks.',
    )
  }
  return Object.fromEntries(names.map((name, at) => [name, values[at] === '' ? null : values[at]]))
}

function valuesOf(text: string, delimiter: Delimiter): string[] {
  const values: string[] = []
  let value = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      if (quoted && text[at + 1] === '"') {
        value += '"'
        at++
      } else quoted = !quoted
    } else if (character === delimiter && !quoted) {
      values.push(value)
      value = ''
    } else value += character
  }
  values.push(value)
  return values
}
