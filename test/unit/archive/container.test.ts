import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import avro from 'avsc'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ARCHIVE_CODECS,
  type ArchivedRecord,
  ContainerWriter,
  readContainer,
  sha256Of,
} from '../../../archive/container.ts'
import { avroType } from '../../../schemas/avro-types.ts'

const SCHEMA = {
  type: 'record',
  name: 'Judged',
  namespace: 'test',
  fields: [
    { name: 'text', type: 'string', doc: 'What was said.' },
    { name: 'marks', type: { type: 'array', items: 'long' } },
    { name: 'why', type: ['null', 'string'], default: null },
  ],
}
const TYPE = avroType(SCHEMA)

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
const value = fc
  .record({ text: fc.string(), marks: fc.array(fc.integer()), why: fc.option(fc.string()) })
  .map((one) => TYPE.toBuffer(one))
const recordOf = (values: fc.Arbitrary<Buffer | null>) =>
  fc.record({
    offset: fc.nat(),
    timestamp: fc.nat({ max: 2 ** 45 }),
    key: fc.option(bytes),
    headers: fc.array(fc.record({ name: fc.string(), value: fc.option(bytes) }), { maxLength: 3 }),
    value: values,
  })

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-container-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function write(
  records: readonly ArchivedRecord[],
  schema: object | null,
  codec: (typeof ARCHIVE_CODECS)[number] = 'deflate',
) {
  const path = join(folder, `${codec}-${Math.random()}.avro`)
  const writer = new ContainerWriter(path, schema, {
    codec,
    metadata: { 'ninefold.topic': 'p.main.verdicts' },
  })
  for (const record of records) await writer.add(record)
  return { path, summary: await writer.finish() }
}

async function read(path: string): Promise<ArchivedRecord[]> {
  return Array.fromAsync(readContainer(path))
}

describe('an archive file', () => {
  it.each(ARCHIVE_CODECS)('packed with %s gives back what was written', async (codec) => {
    await fc.assert(
      fc.asyncProperty(fc.array(recordOf(value), { maxLength: 25 }), async (records) => {
        const { path, summary } = await write(records, SCHEMA, codec)
        expect(await read(path)).toEqual(records)
        expect(summary.records).toBe(records.length)
        expect(summary.sha256).toBe(await sha256Of(path))
        expect(summary.bytes).toBe(readFileSync(path).length)
      }),
      { numRuns: 6 },
    )
  })

  it('gives back plain bytes, and none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(recordOf(fc.option(bytes)), { maxLength: 20 }), async (records) => {
        expect(await read((await write(records, null)).path)).toEqual(records)
      }),
      { numRuns: 6 },
    )
  })

  it('keeps a value as its writer encoded it: an array in blocks with their sizes', async () => {
    const block = (count: number, item: number) => [
      ...avroLong(-count),
      ...avroLong(count),
      ...Array(count).fill(item),
    ]
    const strange = Buffer.from([...avroLong(1), 0x61, ...block(2, 4), ...block(1, 6), 0, 0])
    expect(TYPE.fromBuffer(strange)).toEqual({ text: 'a', marks: [2, 2, 3], why: null })
    const record = { offset: 7, timestamp: 1, key: null, headers: [], value: strange }
    const [kept] = await read((await write([record, record], SCHEMA)).path)
    expect(kept!.value!.equals(strange)).toBe(true)
  })

  it('holds the schema with its docs, and is read by a plain reader', async () => {
    const one = TYPE.toBuffer({ text: 'fine', marks: [1], why: 'so' })
    const { path } = await write(
      [{ offset: 3, timestamp: 9, key: Buffer.from('q'), headers: [], value: one }],
      SCHEMA,
    )
    expect(readFileSync(path, 'latin1')).toContain('What was said.')
    const [plain] = await Array.fromAsync(avro.createFileDecoder(path) as AsyncIterable<{ value: unknown }>)
    expect(plain!.value).toMatchObject({ text: 'fine', marks: [1], why: 'so' })
  })

  it('is many blocks where it is large', async () => {
    const text = 'x'.repeat(5_000)
    const records = Array.from({ length: 300 }, (_, offset) => {
      const body = TYPE.toBuffer({ text: text + offset, marks: [], why: null })
      return { offset, timestamp: 0, key: null, headers: [], value: body }
    })
    const { path, summary } = await write(records, SCHEMA, 'null')
    expect(summary.bytes).toBeGreaterThan(300 * 5_000)
    expect(await read(path)).toEqual(records)
  })

  it('that is none, or not there, is told with its name', async () => {
    const path = join(folder, 'other.avro')
    writeFileSync(path, 'no Avro')
    await expect(read(path)).rejects.toMatchObject({
      code: 'NF_ARCHIVE_DAMAGED',
      message: expect.stringContaining(path),
    })
    await expect(sha256Of(join(folder, 'none.avro'))).rejects.toMatchObject({ code: 'NF_ARCHIVE_DAMAGED' })
  })
})

/** Of one byte. */
function avroLong(number: number): number[] {
  return [number < 0 ? -2 * number - 1 : 2 * number]
}
