/** An answer as a table of text: the same cells on a terminal and on a page. */
import { count } from '../terminal/numbers.ts'
import type { Row, Value } from './section.ts'

/**
 * What a column's values are; it says how they are written. Shares are given as parts of one and shown in percent;
 * `exact` numbers are shown with all their digits, others rounded; a score to a hundredth of a point, a p to four digits.
 */
export type Unit = 'text' | 'exact' | 'count' | 'percent' | 'usd' | 'number' | 'score' | 'p'

/** A column. */
export interface Column {
  /** With the unit, where the values have one. */
  readonly head: string
  readonly unit: Unit
}

/** Rows under heads. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Value[])[]
  /** What is to be known to read it, or what was left out of it. */
  readonly note?: string
}

/** What lies below is only said to. */
const SMALLEST_P = 0.0001
/** Stands where there is no value. */
const NONE = '–'

/** A table of some of the rows' columns. @param columns head, unit and the name in the row */
export function tableOf(
  columns: readonly (readonly [head: string, unit: Unit, name: string])[],
): (rows: readonly Row[]) => Table {
  return (rows) => ({
    columns: columns.map(([head, unit]) => ({ head, unit })),
    rows: rows.map((row) => columns.map(([, , name]) => row[name] ?? null)),
  })
}

/** The last so many rows of a table, and a note of what was left out. */
export function lastRows(table: Table, most: number): Table {
  const left = table.rows.length - most
  if (left <= 0) return table
  return {
    ...table,
    rows: table.rows.slice(-most),
    note: [table.note, `The last ${count(most)} rows; ${count(left)} before them are in --json.`]
      .filter((one) => one !== undefined)
      .join(' '),
  }
}

/** The cells as they are shown; all numbers of a column have as many decimals. */
export function cellTexts({ columns, rows }: Table): string[][] {
  const digits = columns.map(({ unit }, at) =>
    digitsOf(
      unit,
      rows.map((row) => row[at] ?? null),
    ),
  )
  return rows.map((row) =>
    row.map((value, at) => cellText(value, columns[at]?.unit ?? 'text', digits[at] ?? 0)),
  )
}

function cellText(value: Value, unit: Unit, digits: number): string {
  if (value === null || value === '') return NONE
  if (typeof value !== 'number' || unit === 'text' || unit === 'exact') return String(value)
  if (unit === 'p' && value < SMALLEST_P) return `< ${SMALLEST_P}`
  const shown = unit === 'percent' ? value * 100 : value
  return shown.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Enough of them for the smallest value. */
function digitsOf(unit: Unit, values: readonly Value[]): number {
  const isAnyBelow = (limit: number) =>
    values.some((value) => typeof value === 'number' && value !== 0 && Math.abs(value) < limit)
  if (unit === 'percent') return 1
  if (unit === 'score') return 2
  if (unit === 'p') return 4
  if (unit === 'usd') return isAnyBelow(0.1) ? 4 : 2
  if (unit === 'number') return isAnyBelow(1) ? 2 : 1
  return 0
}

/** Whether the column's values stand to the right. */
export function isNumeric({ unit }: Column): boolean {
  return unit !== 'text'
}
