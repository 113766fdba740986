/** The Parquet schema of a format's columns: lists and groups as the format's own rules for nested types have them. */
import type { SchemaElement } from 'hyparquet'
import type { Columns, ColumnType } from '../row.ts'

const PRIMITIVES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  int: { type: 'INT64' },
  float: { type: 'DOUBLE' },
  bool: { type: 'BOOLEAN' },
} as const satisfies Record<string, Partial<SchemaElement>>

/** The schema, the root first, depth first. */
export function parquetSchema(columns: Columns): SchemaElement[] {
  return [{ name: 'schema', num_children: Object.keys(columns).length }, ...elementsOf(columns)]
}

function elementsOf(columns: Columns): SchemaElement[] {
  return Object.entries(columns).flatMap(([name, type]) => elementOf(name, type))
}

function elementOf(name: string, type: ColumnType): SchemaElement[] {
  const repetition_type = 'OPTIONAL'
  if (typeof type === 'string') return [{ name, repetition_type, ...PRIMITIVES[type] }]
  if ('struct' in type) {
    const num_children = Object.keys(type.struct).length
    return [{ name, repetition_type, num_children }, ...elementsOf(type.struct)]
  }
  const list: SchemaElement = { name, repetition_type, num_children: 1, converted_type: 'LIST' }
  const middle: SchemaElement = { name: 'list', repetition_type: 'REPEATED', num_children: 1 }
  return [list, middle, ...elementOf('element', type.list)]
}
