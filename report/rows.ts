/** How rows are taken apart for tables and charts. */
import type { Row, Series } from './section.ts'

/** A column's value as text; empty where there is none. */
export function text(row: Row, name: string): string {
  return String(row[name] ?? '')
}

/** A column's value as a number; null where there is none. */
export function number(row: Row, name: string): number | null {
  const value = row[name]
  return typeof value === 'number' ? value : null
}

/** The sum of a column's values. */
export function sum(rows: readonly Row[], name: string): number {
  return rows.reduce((total, row) => total + (number(row, name) ?? 0), 0)
}

/** A row's model and temperature, as they are shown. */
export function samplerOf(row: Row): string {
  return `${text(row, 'model')} at ${text(row, 'temperature')}`
}

/** The different values, in the order they come. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}

/** A series of one column's values, row by row. */
export function seriesOf(rows: readonly Row[], name: string, column: string, scale = 1): Series {
  return { name, values: rows.map((row) => scaled(number(row, column), scale)) }
}

/**
 * A series for each value of `by`, with a value for each category; null where no row has both.
 * @param category the text of a row that is one of `categories`
 */
export function seriesBy(
  rows: readonly Row[],
  options: {
    readonly by: (row: Row) => string
    readonly category: (row: Row) => string
    readonly categories: readonly string[]
    readonly column: string
    readonly scale?: number
  },
): Series[] {
  const { by, category, categories, column, scale = 1 } = options
  return [...Map.groupBy(rows, by)].map(([name, group]) => {
    const values = new Map(group.map((row) => [category(row), scaled(number(row, column), scale)]))
    return { name, values: categories.map((one) => values.get(one) ?? null) }
  })
}

function scaled(value: number | null, scale: number): number | null {
  return value === null ? null : value * scale
}
