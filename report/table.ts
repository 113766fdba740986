/** An answer as a table of text: the same cells on a terminal and on a page. */
import { count } from '../terminal/numbers.ts'
import type { Row, Value } from './section.ts'

/** What a column's values are; it says how they are written. Shares are given as parts of one and shown in percent. */
export type Unit = 'text' | 'count' | 'percent' | 'usd' | 'number'

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

/** Stands where there is no value. */
const NONE = '–'
/** Above it cents are enough, US dollars. */
const SMALL_USD = 10

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
    note: `The last ${count(most)} rows; ${count(left)} before them are in --json.`,
  }
}

/** A value as it is shown. */
export function cellText(value: Value, unit: Unit): string {
  if (value === null || value === '') return NONE
  if (typeof value !== 'number') return String(value)
  if (unit === 'text') return String(value)
  if (unit === 'count') return count(Math.round(value))
  if (unit === 'percent') return (value * 100).toFixed(1)
  if (unit === 'usd') return decimals(value, Math.abs(value) < SMALL_USD ? 4 : 2)
  return decimals(value, 1)
}

/** Whether the column's values stand to the right. */
export function isNumeric({ unit }: Column): boolean {
  return unit !== 'text'
}

function decimals(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
