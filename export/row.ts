/** A line of a dataset, and the types of its columns, which Parquet wants to know beforehand. */

/** What a column may hold. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [name: string]: Cell }

/** A line. Its keys stand in the order of its format's columns. */
export type Row = { readonly [name: string]: Cell }

/** The type of a column; every value but a row itself may be null. */
export type ColumnType =
  | 'text'
  | 'int'
  | 'float'
  | 'bool'
  | { readonly list: ColumnType }
  | { readonly struct: Columns }

/** Columns by name, in their order. */
export type Columns = { readonly [name: string]: ColumnType }

/** A list of texts. */
export const TEXTS: ColumnType = { list: 'text' }
