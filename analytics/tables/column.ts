/** The columns of a table: type, compression, comment, and how each is taken from a record. */
import { readSchemaFiles } from '../../schemas/avsc-files.ts'

/** A type as ClickHouse writes it, and how its values are compressed where the default (LZ4) is not best. */
export interface ColumnType {
  readonly type: string
  readonly codec?: string
}

/** One column of a table whose rows are made of records of type R. */
export interface Column<R> {
  readonly name: string
  readonly type: ColumnType
  readonly comment: string
  /** What an insert carries as JSON. Depends on the record alone: a table built anew has the same rows. */
  read(record: R): unknown
}

/** A short word of few kinds: a tier, a model, a step. */
export const WORD: ColumnType = { type: 'LowCardinality(String)' }
/** A hash or another id, of which there are as many as rows. */
export const ID: ColumnType = { type: 'String', codec: 'ZSTD(1)' }
/** An id that may be unknown or not apply. */
export const ID_OR_NULL: ColumnType = { type: 'Nullable(String)', codec: 'ZSTD(1)' }
/** Several ids. */
export const IDS: ColumnType = { type: 'Array(String)', codec: 'ZSTD(1)' }
/** Several short words, e.g. the labels of an answer. */
export const WORDS: ColumnType = { type: 'Array(LowCardinality(String))' }
/** What somebody, or a model, wrote. */
export const TEXT: ColumnType = { type: 'String', codec: 'ZSTD(3)' }
/** The same, where there may be none. */
export const TEXT_OR_NULL: ColumnType = { type: 'Nullable(String)', codec: 'ZSTD(3)' }
/** Several texts. */
export const TEXTS: ColumnType = { type: 'Array(String)', codec: 'ZSTD(3)' }
/** A number of things that stays small, e.g. of wrong paths. */
export const SMALL: ColumnType = { type: 'UInt32' }
/** Several of them. */
export const SMALLS: ColumnType = { type: 'Array(UInt32)' }
/** Keeps the bits in which the values of a block differ: as small as ZSTD, and read in a third of the time. */
const NARROW = 'T64, LZ4'
/** A place in a log, or another number that grows. */
export const NUMBER: ColumnType = { type: 'UInt64', codec: NARROW }
/** Several of them. */
export const NUMBERS: ColumnType = { type: 'Array(UInt64)', codec: 'ZSTD(1)' }
/** A number that only some know, e.g. tokens. */
export const NUMBER_OR_NULL: ColumnType = { type: 'Nullable(UInt64)', codec: NARROW }
/** A fraction that may be left to the endpoint, e.g. a temperature. */
export const FRACTION_OR_NULL: ColumnType = { type: 'Nullable(Float64)', codec: 'ZSTD(1)' }
/** Yes or no. */
export const FLAG: ColumnType = { type: 'Bool' }
/** A moment, to the millisecond, in UTC. */
export const MOMENT: ColumnType = { type: "DateTime64(3, 'UTC')", codec: NARROW }

/** How the columns of one record type are declared. */
export interface ColumnsOf<R> {
  /** A field of the record as it is, under its name in snake case, with the schema's own words as comment. */
  field(name: keyof R & string, type: ColumnType): Column<R>
  /** Something else the record holds. */
  made(name: string, type: ColumnType, comment: string, read: (record: R) => unknown): Column<R>
}

const schemas = readSchemaFiles()

/** @param schema the Avro record's name, where comments come from */
export function columnsOf<R>(schema: string): ColumnsOf<R> {
  return {
    field(name, type) {
      const doc = schemas.get(schema)?.fields.find((one) => one.name === name)?.doc
      if (doc === undefined) throw new Error(`${schema}.avsc says nothing about ${name}`)
      return { name: snakeCase(name), type, comment: doc, read: (record) => record[name] }
    },
    made: (name, type, comment, read) => ({ name, type, comment, read }),
  }
}

/** `questionId` as ClickHouse's own tables would call it: `question_id`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
