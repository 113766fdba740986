/** What a table is: which topics flow into it, its columns, and the order its rows are kept in. */
import type { TopicName } from '../../schemas/topics.ts'
import type { Column } from './column.ts'
import type { Key } from './keys.ts'

/** A table as its file declares it. */
export interface TableDefinition<R> {
  readonly name: string
  /** What a row is; ends up as the table's comment. */
  readonly comment: string
  /** The topics that flow into it; their records are of type R. */
  readonly topics: readonly TopicName[]
  /** Columns by which rows are sorted: those that questions are asked by. The record's place comes after them. */
  readonly orderBy: readonly string[]
  /** Columns looked up by single values that are not what rows are sorted by. */
  readonly lookups?: readonly string[]
  readonly columns: readonly Column<R>[]
  /** Numbers that stand for its ids. */
  readonly keys?: readonly Key[]
  /** Sums kept with the rows. */
  readonly projections?: readonly Projection[]
}

/**
 * Sums that every part of a table holds beside its rows, and that ClickHouse reads instead of them where a query asks
 * for nothing else. They come and go with the part, so they are right however often an insert is repeated.
 */
export interface Projection {
  readonly name: string
  /** What the sums are by: columns and expressions. */
  readonly by: readonly string[]
  /** Aggregates; queries must write them the same way. */
  readonly sums: readonly string[]
}

/** A table, whatever flows into it. */
export interface Table extends Omit<TableDefinition<never>, 'columns'> {
  readonly columns: readonly Omit<Column<never>, 'read'>[]
  /** What a record of the table's topics adds to its row; NULL is left out. */
  rowOf(record: unknown): Record<string, unknown>
}

/** A table of records of one type. */
export function table<R>(definition: TableDefinition<R>): Table {
  const { columns } = definition
  return {
    ...definition,
    rowOf(record) {
      const row: Record<string, unknown> = {}
      for (const { name, read } of columns) {
        const value = read(record as R)
        if (value !== null) row[name] = value
      }
      return row
    },
  }
}
