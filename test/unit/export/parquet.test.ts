import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createParquet } from '../../../export/files/parquet.ts'
import { type Columns, type Row, TEXTS } from '../../../export/row.ts'

const COLUMNS = {
  text: 'text',
  int: 'int',
  float: 'float',
  bool: 'bool',
  texts: TEXTS,
  turns: { list: { struct: { role: 'text', content: 'text' } } },
  group: { struct: { name: 'text', tags: TEXTS } },
} satisfies Columns

const text = fc.string({ unit: 'grapheme', maxLength: 8 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const row: fc.Arbitrary<Row> = fc.record({
  text: maybe(text),
  int: maybe(fc.integer()),
  float: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
  bool: maybe(fc.boolean()),
  texts: maybe(fc.array(maybe(text), { maxLength: 3 })),
  turns: maybe(fc.array(fc.record({ role: maybe(text), content: text }), { maxLength: 3 })),
  group: maybe(fc.record({ name: text, tags: fc.array(text, { maxLength: 2 }) })),
})

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ninefold-parquet-'))
})

afterEach(() => rm(folder, { recursive: true }))

async function written(rows: readonly Row[], name: string): Promise<Buffer> {
  const path = join(folder, name)
  const file = await createParquet(path, COLUMNS)
  for (const one of rows) await file.write(one)
  await file.finish()
  return readFile(path)
}

async function read(bytes: Buffer): Promise<unknown[]> {
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer })
  // The reader leaves a group or a list that is null undefined.
  const plain = (_name: string, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : (value ?? null)
  return JSON.parse(JSON.stringify(rows, plain)) as unknown[]
}

describe('a Parquet file', () => {
  it('gives back rows of any depth', async () => {
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const back = await read(await written(rows, `${++number}.parquet`))
        expect(back).toEqual(JSON.parse(JSON.stringify(rows)))
      }),
      { numRuns: 40 },
    )
  })

  it('holds many groups of rows, the same bytes each time', async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => ({
      ...{ text: `row ${at}`, int: at, float: at / 3, bool: at % 2 === 0, texts: ['a', `${at}`] },
      ...{ turns: [{ role: 'user', content: `${at}` }], group: { name: 'x', tags: [] } },
    }))
    const bytes = await written(rows, 'first')
    expect(await read(bytes)).toEqual(rows)
    expect(await written(rows, 'second')).toEqual(bytes)
  })
})
