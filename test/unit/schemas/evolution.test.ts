/**
 * Old code reads new data and the reverse, at every record type and wherever it is nested: what
 * FULL_TRANSITIVE allows must not break a decode.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AvscField, type AvscRecord, inlined, readSchemaFiles } from '../../../schemas/avsc-files.ts'
import { type Codec, createCodec } from '../../../schemas/codec.ts'
import { SCHEMA_OF_TOPIC, TOPICS, type TopicName } from '../../../schemas/topics.ts'
import { arbitraryRecord } from './arbitrary-record.ts'

const CURRENT = readSchemaFiles()
const OLD_IDS = 100
const NEW_IDS = 200
const ADDED: AvscField[] = [
  { name: 'addedText', type: ['null', 'string'], default: null },
  { name: 'addedList', type: { type: 'array', items: 'string' }, default: [] },
]

/** All files with one record's fields changed. */
function changed(
  name: string,
  fields: (before: AvscField[]) => AvscField[],
): ReadonlyMap<string, AvscRecord> {
  const schema = CURRENT.get(name)!
  return new Map(CURRENT).set(name, { ...schema, fields: fields(schema.fields) })
}

/** Two releases at one registry. */
function releases(
  older: ReadonlyMap<string, AvscRecord>,
  newer: ReadonlyMap<string, AvscRecord>,
): [Codec, Codec] {
  const port = (own: number) => ({
    idOf: (topic: TopicName) => own + TOPICS.indexOf(topic),
    schemaById: async (id: number) => {
      const [files, base] = id < NEW_IDS ? [older, OLD_IDS] : [newer, NEW_IDS]
      return inlined(SCHEMA_OF_TOPIC[TOPICS[id - base]!], files)
    },
  })
  return [createCodec(port(OLD_IDS), { schemas: older }), createCodec(port(NEW_IDS), { schemas: newer })]
}

/** The topics in whose records a record type occurs. */
function topicsWith(name: string): TopicName[] {
  return TOPICS.filter((topic) =>
    JSON.stringify(inlined(SCHEMA_OF_TOPIC[topic], CURRENT)).includes(`"record","name":"${name}"`),
  )
}

/** A copy without these fields, at any depth. */
function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, names))
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  const kept = Object.entries(value).filter(([name]) => !names.has(name))
  return Object.fromEntries(kept.map(([name, item]) => [name, without(item, names)]))
}

async function readBothWays(
  older: ReadonlyMap<string, AvscRecord>,
  newer: ReadonlyMap<string, AvscRecord>,
  name: string,
) {
  const [old, next] = releases(older, newer)
  const differing = new Set([...fieldNames(older, name)].concat([...fieldNames(newer, name)]))
  for (const field of fieldNames(older, name)) if (fieldNames(newer, name).has(field)) differing.delete(field)
  const topics = topicsWith(name)
  expect(topics).not.toHaveLength(0)
  for (const topic of topics) {
    const record = arbitraryRecord(topic)
    await fc.assert(
      fc.asyncProperty(record, async (value) => {
        const byNew = await next.decodeAsync(topic, old.encode(topic, value))
        const byOld = await old.decodeAsync(topic, next.encode(topic, value))
        expect(without(byNew, differing)).toEqual(without(value, differing))
        expect(without(byOld, differing)).toEqual(without(value, differing))
      }),
      { numRuns: 3 },
    )
  }
}

function fieldNames(files: ReadonlyMap<string, AvscRecord>, name: string): Set<string> {
  return new Set(files.get(name)!.fields.map((field) => field.name))
}

describe.each([...CURRENT.keys()])('%s', (name) => {
  test('fields added at the end are no obstacle', async () => {
    await readBothWays(
      CURRENT,
      changed(name, (fields) => [...fields, ...ADDED]),
      name,
    )
  })

  test('fields added at the beginning are no obstacle', async () => {
    await readBothWays(
      CURRENT,
      changed(name, (fields) => [...ADDED, ...fields]),
      name,
    )
  })

  test('removing the fields that have a default is no obstacle', async () => {
    const needed = (fields: AvscField[]) => fields.filter((field) => field.default === undefined)
    await readBothWays(CURRENT, changed(name, needed), name)
  })
})

test('a reader fills in what the writer did not know, a fresh value each time', async () => {
  const [old, next] = releases(
    CURRENT,
    changed('Redrive', (fields) => [...fields, ...ADDED]),
  )
  const ids = { redriveId: 'r', deadLetterId: 'd', group: 'g', topic: 't' }
  const redrive = { ...ids, key: null, value: null, kind: 'order', why: null, by: null }
  const bytes = old.encode('redrive', redrive)
  const first = (await next.decodeAsync('redrive', bytes)) as unknown as { addedList: string[] }
  first.addedList.push('mine')
  expect(await next.decodeAsync('redrive', bytes)).toEqual({ ...redrive, addedText: null, addedList: [] })
})
