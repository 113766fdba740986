/** Files of any kind with any damage: what cannot be read is told with its place, and nothing is ever thrown. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvRows } from '../../../sources/containers/csv.ts'
import { parquetRows } from '../../../sources/containers/parquet.ts'
import type { LineProblem } from '../../../sources/line-problem.ts'
import { MAX_LINE_BYTES } from '../../../sources/lines.ts'
import { readQuestions, readStream } from '../../../sources/read-questions.ts'
import type { RowItem } from '../../../sources/row.ts'
import type { SourceItem } from '../../../sources/source-item.ts'
import { mutated } from '../../support/mutated.ts'
import { bytesOf } from '../../support/source-items.ts'

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url))
/** Longer than any of these files takes on the slowest machine: what takes more hangs, ms. */
const HANG_MS = 20_000

const question = (id: string) => ({
  id,
  question: `Which one is "${id}"?`,
  options: { A: 'this', B: 'that' },
  answer: 'B',
  context: ['A passage.'],
})
const JSON_WORDS = ['"', '{', '}', '[', ']', ',', '\n', '\\', 'null', '1e999', '"__proto__":', '\\ud800']
const three = ['a', 'b', 'é'].map(question)
const CSV = 'id,question,opa,opb,opc,opd,cop\n1,"Which, of ""x""?",a,b,c,d,0\n2,What?,a,b,"c\nc",d,1\n'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ninefold-damaged-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = []
  for await (const item of items) taken.push(item)
  return taken
}

function expectTold(items: readonly (SourceItem | RowItem)[]): void {
  const problems = items.flatMap((item): LineProblem[] => (item.kind === 'problem' ? [item.problem] : []))
  for (const { what, remedy, line, file } of problems) {
    expect([what, remedy, file].every((text) => text !== '' && !text.includes('[object'))).toBe(true)
    expect(Number.isInteger(line) && line >= 0).toBe(true)
  }
}

describe('text with any damage', () => {
  it.each([
    ['questions.jsonl', three.map((one) => JSON.stringify(one)).join('\n'), JSON_WORDS],
    ['list.json', JSON.stringify(three, null, 1), JSON_WORDS],
    ['by-id.json', JSON.stringify({ a: three[0], b: three[1] }), JSON_WORDS],
    ['table.csv', CSV, ['"', ',', ';', '\t', '\n', '\r', '""', '\uFEFF']],
  ])('yields questions and problems: %s', async (name, content, words) => {
    const sound = await all(readStream(bytesOf(content), name))
    expect(sound.filter(({ kind }) => kind === 'question').length).toBeGreaterThan(1)
    await fc.assert(
      fc.asyncProperty(mutated(Buffer.from(content), words), async (bytes) => {
        const items = await all(readStream(bytesOf(bytes), name))
        expectTold(items)
        expect(items.length).toBeLessThan(200)
      }),
      { numRuns: 150 },
    )
  })

  it('yields what an archive holds up to its damage, and tells of that', async () => {
    const zipped = gzipSync(three.map((one) => `${JSON.stringify(one)}\n`).join(''))
    await fc.assert(
      fc.asyncProperty(mutated(zipped, [], 0.05), async (bytes) => {
        const items = await all(readStream(bytesOf(bytes), 'questions.jsonl.gz'))
        expectTold(items)
        const read = items.filter(({ kind }) => kind === 'question').length
        expect(read === three.length || read < items.length).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('is not looked at again and again where a quotation has no end', { timeout: HANG_MS }, async () => {
    const open = 'id,question\n1,"never closed\n'
    const [lines, blanks] = [`${'x'.repeat(9)}\n`.repeat(120_000), '\n'.repeat(MAX_LINE_BYTES)]
    for (const rest of [lines, blanks]) {
      const items = await all(csvRows(bytesOf(open + rest), 'open.csv'))
      expect(items).toMatchObject([{ problem: { line: 2, what: expect.stringContaining('never closed') } }])
    }
  })

  it('reads a table on behind a line within a quotation that is not UTF-8', async () => {
    const broken = Buffer.concat([
      Buffer.from('id,question\n1,"a\n'),
      Buffer.of(0xff),
      Buffer.from('\n2,b\n'),
    ])
    const items = await all(csvRows(bytesOf(broken), 'broken.csv'))
    expect(items).toMatchObject([
      { kind: 'problem', problem: { line: 3 } },
      { kind: 'row', fields: { id: '2' } },
    ])
  })

  it.each([
    ['lists', '['.repeat(400_000)],
    ['closed lists', `${'['.repeat(400_000)}${']'.repeat(400_000)}`],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('may be nested as deep as it likes: %s', async (_, nested) => {
    for (const line of [nested, `{"question":${nested},"options":["a","b"],"answer":0}`]) {
      const items = await all(readStream(bytesOf(`${line}\n${JSON.stringify(three[0])}\n`), 'deep.jsonl'))
      expectTold(items)
      expect(items.filter(({ kind }) => kind === 'question')).toHaveLength(1)
    }
  })
})

describe('Parquet with any damage', () => {
  it.each(['any.gzip.parquet', 'medmcqa.zstd.parquet', 'mmlu-pro.snappy.parquet'])(
    'yields rows and problems: %s',
    async (name) => {
      const sound = await readFile(join(FIXTURES, name))
      const file = join(folder, name)
      const run = async (bytes: Buffer) => {
        await writeFile(file, bytes)
        const items = await all(readQuestions(file))
        expectTold(items)
        expect(items.length).toBeLessThan(2_000)
      }
      // Half of the changes hit the footer, which says where everything else stands.
      const damage = fc.oneof(mutated(sound), mutated(sound, [], 0.6))
      await fc.assert(fc.asyncProperty(damage, run), { numRuns: 60 })
    },
  )

  it('is refused where its footer names columns the schema has not, before any is read', async () => {
    const sound = await readFile(join(FIXTURES, 'any.gzip.parquet'))
    const file = join(folder, 'renamed.parquet')
    const told: string[] = []
    for (let at = sound.indexOf('stem'); at >= 0; at = sound.indexOf('stem', at + 1)) {
      await writeFile(
        file,
        Buffer.concat([sound.subarray(0, at), Buffer.from('stew'), sound.subarray(at + 4)]),
      )
      const [first] = await all(parquetRows(file, 'renamed'))
      if (first?.kind === 'problem') told.push(first.problem.what)
    }
    // Once in the schema, and once in each row group.
    const why = 'its footer cannot be read: a row group has other columns than the schema'
    expect(told.filter((what) => what === why).length).toBeGreaterThan(1)
  })
})
