/** The schema registry, a real one: what is registered, what is refused, and who can read whom. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AvscField, type AvscRecord, readSchemaFiles } from '../../schemas/avsc-files.ts'
import { createCodec } from '../../schemas/codec.ts'
import { UndecodableError, UnknownWriter } from '../../schemas/decode-errors.ts'
import { connectRegistry } from '../../schemas/registry.ts'
import { topicNames } from '../../schemas/topic-names.ts'
import { TOPICS, type TopicName } from '../../schemas/topics.ts'
import { type Stack, startStack } from '../../stack/stack.ts'
import { stopStack } from '../../stack/stop.ts'
import { arbitraryRecord } from '../unit/schemas/arbitrary-record.ts'

const CURRENT = readSchemaFiles()
const dataDir = mkdtempSync(join(tmpdir(), 'ninefold-registry-'))
let stack: Stack

beforeAll(async () => {
  stack = await startStack({ ephemeral: true, dataDir })
}, 180_000)

afterAll(async () => {
  await stopStack({ dataDir })
  rmSync(dataDir, { recursive: true, force: true })
}, 60_000)

/** An edition nobody else of these tests uses. */
function edition(name: string) {
  return topicNames({ topicPrefix: '', pipeline: 'registry-test', edition: name })
}

/** All schemas, with one record's fields changed. */
function changed(name: string, fields: (before: AvscField[]) => AvscField[]): Map<string, AvscRecord> {
  const schema = CURRENT.get(name)!
  return new Map(CURRENT).set(name, { ...schema, fields: fields(schema.fields) })
}

const connect = (name: string, schemas?: Map<string, AvscRecord>) =>
  connectRegistry({ url: stack.registryUrl, topicName: edition(name), schemas })

async function ask(path: string): Promise<unknown> {
  return (await fetch(stack.registryUrl + path)).json()
}

/** The ids of a subject's versions: Apicurio makes two of one schema that two register in the same moment. */
async function idsOfVersions(name: string, topic: TopicName): Promise<Set<unknown>> {
  const path = `/subjects/${edition(name)(topic)}-value/versions`
  const versions = (await ask(path)) as number[]
  const asked = versions.map((version) => ask(`${path}/${version}`) as Promise<{ id: number }>)
  return new Set((await Promise.all(asked)).map(({ id }) => id))
}

describe('registration', () => {
  test('is the same every time, also by two processes at once', async () => {
    const [first, second] = await Promise.all([connect('again'), connect('again')])
    const third = await connect('again')
    for (const topic of TOPICS) {
      expect(second.idOf(topic)).toBe(first.idOf(topic))
      expect(third.idOf(topic)).toBe(first.idOf(topic))
      expect(await idsOfVersions('again', topic)).toEqual(new Set([first.idOf(topic)]))
    }
  })

  test('asks for full transitive compatibility of every subject', async () => {
    await connect('level')
    for (const topic of TOPICS) {
      const config = await ask(`/config/${edition('level')(topic)}-value`)
      expect(config).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
    }
  })

  test.each<[string, (fields: AvscField[]) => AvscField[], string]>([
    ['added', (f) => [...f, { name: 'grade', type: 'string' }], 'path.grade was added without a default'],
    [
      'removed',
      (f) => f.filter(({ name }) => name !== 'model'),
      'path.model was removed, and had no default',
    ],
    [
      'retyped',
      (f) => f.map((field) => (field.name === 'ordinal' ? { ...field, type: 'string' } : field)),
      'path.ordinal changed its type from int to string',
    ],
  ])('refuses a field that was %s, by name', async (kind, fields, difference) => {
    await connect(kind)
    const refused = await connect(kind, changed('Path', fields)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'NF_SCHEMA_INCOMPATIBLE' })
    expect((refused as Error).message).toContain(difference)
    expect((refused as Error).message).toContain(`subject ${edition(kind)('raw-paths')}-value`)
    expect(await ask(`/subjects/${edition(kind)('raw-paths')}-value/versions`)).toEqual([1])
  })

  test('compares with every version, not the newest alone', async () => {
    const note = (type: string, initial: unknown): AvscField => ({ name: 'note', type, default: initial })
    await connect(
      'transitive',
      changed('Redrive', (f) => [...f, note('string', '')]),
    )
    await connect('transitive')
    const retyped = changed('Redrive', (f) => [...f, note('int', 0)])
    await expect(connect('transitive', retyped)).rejects.toMatchObject({
      code: 'NF_SCHEMA_INCOMPATIBLE',
      message: expect.stringContaining('note changed its type from string to int (since version 1)'),
    })
  })
})

test('old code and new code read each other, each as its own schema', async () => {
  const newer = changed('Path', (fields) => [
    { name: 'seed', type: ['null', 'long'], default: null },
    ...fields.filter((field) => field.name !== 'reasoning'),
  ])
  const old = createCodec(await connect('evolution'))
  const next = createCodec(await connect('evolution', newer), { schemas: newer })
  const verdict = fc
    .sample(arbitraryRecord('verdicts'), { numRuns: 100, seed: 1 })
    .find((record) => record.path !== null)!
  const bytes = old.encode('verdicts', verdict)
  expect(() => next.decode('verdicts', bytes)).toThrow(UnknownWriter)
  const { reasoning: _reasoning, ...path } = verdict.path!
  const byNew = await next.decodeAsync('verdicts', bytes)
  expect(byNew).toEqual({ ...verdict, path: { ...path, seed: null } })
  expect(next.decode('verdicts', bytes)).toEqual(byNew)
  const back = await old.decodeAsync('verdicts', next.encode('verdicts', byNew))
  expect(back).toEqual({ ...verdict, path: { ...path, reasoning: '' } })
})

test("a record under another topic's schema, or under none, is undecodable", async () => {
  const codec = createCodec(await connect('strangers'))
  const [edition] = fc.sample(arbitraryRecord('editions'), { numRuns: 1, seed: 1 })
  const bytes = codec.encode('editions', edition!)
  await expect(codec.decodeAsync('verdicts', bytes)).rejects.toThrow(UndecodableError)
  bytes.writeInt32BE(2_000_000_000, 1)
  await expect(codec.decodeAsync('editions', bytes)).rejects.toThrow('unknown schema id 2000000000')
})

test('the usual client reads what we write, and we what it writes', async () => {
  const registry = await connect('client')
  const codec = createCodec(registry)
  const client = new SchemaRegistry({ host: stack.registryUrl })
  for (const topic of TOPICS) {
    for (const value of fc.sample(arbitraryRecord(topic), { numRuns: 5, seed: 1 })) {
      const read: unknown = await client.decode(codec.encode(topic, value))
      expect(codec.encode(topic, read as typeof value)).toEqual(codec.encode(topic, value))
      expect(codec.decode(topic, await client.encode(registry.idOf(topic), value))).toEqual(value)
    }
  }
})
