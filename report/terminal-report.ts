/** The report on a terminal. */
import { type Cell, inColumns, right, wrapped } from '../terminal/columns.ts'
import { clipped } from '../terminal/fit.ts'
import type { Style } from '../terminal/style.ts'
import type { Answer } from './section.ts'
import { shownText } from './shown-text.ts'
import { cellTexts, isNumeric, type Table } from './table.ts'

/** Longest text of a cell, columns. */
const LONGEST_CELL = 40

/** How it is laid out. */
export interface ReportLayout {
  /** Columns there are for running text; tables take what they need. */
  readonly width: number
  readonly style: Style
}

/** A heading, why it matters, and the table, section by section. */
export function terminalReport(answers: readonly Answer[], layout: ReportLayout): string {
  return answers.map((answer) => sectionText(answer, layout)).join('\n\n')
}

function sectionText({ section, rows }: Answer, { width, style }: ReportLayout): string {
  const dimmed = (text: string) => wrapped(text, width).map(style.dim)
  const head = [style.bold(`${section.title} (${section.name})`), ...dimmed(section.why)]
  if (rows.length === 0) return [...head, section.missing].join('\n')
  const table = section.table(rows)
  return [...head, '', ...tableLines(table), ...(table.note === undefined ? [] : dimmed(table.note))].join(
    '\n',
  )
}

function tableLines(table: Table): string[] {
  const cell = (text: string, at: number): Cell => {
    const column = table.columns[at]
    const short = clipped(shownText(text), LONGEST_CELL)
    return column !== undefined && isNumeric(column) ? right(short) : short
  }
  const heads = table.columns.map(({ head }) => head)
  const [first = '', ...body] = inColumns([heads, ...cellTexts(table)].map((row) => row.map(cell)))
  return [first, '─'.repeat(first.length), ...body]
}
