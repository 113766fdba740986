import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A field of a record schema, as an .avsc file writes it. */
export interface AvscField {
  name: string
  type: AvscType
  doc?: string
  default?: unknown
}

/** A record schema, as an .avsc file writes it. */
export interface AvscRecord {
  type: 'record'
  name: string
  namespace?: string
  doc?: string
  fields: AvscField[]
}

/** Any Avro type the project's schemas use. */
export type AvscType = string | AvscType[] | { type: 'array'; items: AvscType } | AvscRecord

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const NAMESPACE = 'ninefold.'

let read: ReadonlyMap<string, AvscRecord> | null = null

/** Every .avsc of this folder by record name, as written: shared types are names, not yet inlined. Read once. */
export function readSchemaFiles(): ReadonlyMap<string, AvscRecord> {
  read ??= parseSchemaFiles()
  return read
}

function parseSchemaFiles(): Map<string, AvscRecord> {
  const schemas = new Map<string, AvscRecord>()
  for (const file of readdirSync(FOLDER).sort()) {
    if (!file.endsWith('.avsc')) continue
    const schema = JSON.parse(readFileSync(FOLDER + file, 'utf8')) as AvscRecord
    schemas.set(schema.name, schema)
  }
  return schemas
}

/**
 * The schema with each shared type written out where it is first used, as a registry wants it: one
 * self-contained document a subject.
 */
export function inlined(name: string, schemas: ReadonlyMap<string, AvscRecord>): AvscRecord {
  const seen = new Set<string>()
  const expand = (type: AvscType): AvscType => {
    if (Array.isArray(type)) return type.map(expand)
    if (typeof type === 'object') return type.type === 'array' ? { ...type, items: expand(type.items) } : type
    if (!type.startsWith(NAMESPACE) || seen.has(type)) return type
    return record(type.slice(NAMESPACE.length))
  }
  const record = (recordName: string): AvscRecord => {
    const schema = schemas.get(recordName)
    if (schema === undefined) throw new Error(`no .avsc file defines ${NAMESPACE}${recordName}`)
    seen.add(NAMESPACE + recordName)
    return { ...schema, fields: schema.fields.map((field) => ({ ...field, type: expand(field.type) })) }
  }
  return record(name)
}
