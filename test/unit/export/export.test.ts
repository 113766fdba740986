import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ExportOptions, type ExportSummary, exportDatasets } from '../../../export/export.ts'
import { FORMATS } from '../../../export/formats.ts'
import type { GatheredTopic } from '../../../export/gather.ts'
import type { Question, TrainingRecord } from '../../../schemas/types.ts'
import { question } from '../../support/records.ts'
import { mediumQuestion, reading, record, type Topics, together } from './edition.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ninefold-export-'))
})

afterEach(() => rm(folder, { recursive: true }))

function exportedOf(topics: Topics, options: Partial<ExportOptions> = {}): Promise<ExportSummary> {
  return exportDatasets({ folder, minCharacters: 200, ...options, read: reading(topics) })
}

function exported(
  records: readonly TrainingRecord[],
  options: Partial<ExportOptions> & { readonly questions?: readonly Question[] } = {},
): Promise<ExportSummary> {
  const { questions = [question()], ...rest } = options
  return exportedOf({ questions, records }, rest)
}

async function* nothing(): AsyncGenerator<never> {}

async function linesIn(file: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, file), 'utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('exportDatasets', () => {
  it('writes the three shapes, sorted by record id', async () => {
    const summary = await exported([record('b'), record('a')])
    expect(summary).toEqual({
      records: 2,
      withdrawn: 0,
      superseded: 0,
      passedOver: 0,
      leaked: 0,
      files: (['cot', 'response', 'reason'] as const).map((shape) => ({
        dataset: `${shape}med`,
        format: 'alpaca',
        shape,
        part: null,
        path: join(folder, `${shape}med.jsonl`),
        rows: 2,
      })),
    })
    const [cot] = await linesIn('cotmed.jsonl')
    expect(cot).toMatchObject({
      id: 'a',
      instruction:
        'A passage.\n\nWhich drug causes a dry cough?\n\nA. Lisinopril\nB. Amlodipine\nC. Atenolol',
      input: '',
      output: 'Step by step.',
      metadata: { question_id: 'set:1', source: 'set', tier: 'easy', route: 'ranked', answer: ['A'] },
    })
    const outputs = async (file: string) => (await linesIn(file)).map(({ id, output }) => [id, output])
    expect(await outputs('responsemed.jsonl')).toEqual([
      ['a', 'In short, A.'],
      ['b', 'In short, A.'],
    ])
    expect(await outputs('reasonmed.jsonl')).toEqual([
      ['a', '<think>Step by step.</think>In short, A.'],
      ['b', '<think>Step by step.</think>In short, A.'],
    ])
    expect(await readdir(folder)).toHaveLength(3)
  })

  it('writes the same bytes for any order, any repetition and any size of runs', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 })
    const made = fc
      .uniqueArray(fc.record({ id: text, cot: text, response: text }), {
        selector: ({ id }) => id,
        maxLength: 12,
      })
      .map((all) => all.map(({ id, cot, response }) => record(id, { cot, response })))
    const cases = made.chain((all) =>
      fc.record({
        all: fc.constant(all),
        shuffled: fc.shuffledSubarray([...all, ...all.slice(0, 3)], {
          minLength: all.length + Math.min(3, all.length),
        }),
        runCharacters: fc.integer({ min: 1, max: 5_000 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ({ all, shuffled, runCharacters }) => {
        const bytes = async () =>
          Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))))
        await exported(all)
        const first = await bytes()
        const { records } = await exported(shuffled, { runCharacters })
        expect(records).toBe(all.length)
        expect(await bytes()).toEqual(first)
      }),
      { numRuns: 40 },
    )
  })

  it('leaves out withdrawn records, wherever the withdrawal stands', async () => {
    const gone = record('a', { kind: 'withdrawn', cot: '' })
    for (const records of [
      [record('a'), gone, record('b')],
      [gone, record('b'), record('a')],
      [record('a'), record('a', { cot: 'Otherwise.' }), gone, record('b')],
    ]) {
      expect(await exported(records, { runCharacters: 1 })).toMatchObject({ records: 1, withdrawn: 1 })
      expect((await linesIn('cotmed.jsonl')).map(({ id }) => id)).toEqual(['b'])
    }
  })

  it('counts what was withdrawn for a later revision as of an earlier one', async () => {
    const [old, gone] = [question({ questionId: 'set:old' }), question({ questionId: 'set:gone' })]
    const questions = [
      ...[old, { ...old, revision: 2 }],
      ...[gone, { ...gone, revision: 2, kind: 'withdrawn' }],
    ]
    const [a, b] = [record('a', { question: old }), record('b', { question: gone })]
    const records = [a, b, { ...a, kind: 'withdrawn', cot: '' }, { ...b, kind: 'withdrawn', cot: '' }]
    expect(await exported(records, { questions })).toMatchObject({ records: 0, superseded: 1, withdrawn: 1 })
  })

  it('writes only the latest revision of a question, though nothing came of that yet, and no withdrawn question', async () => {
    const old = question({ questionId: 'set:old' })
    const revised = question({ questionId: 'set:revised', revision: 2 })
    const gone = question({ questionId: 'set:gone' })
    const withdrawal = { ...gone, revision: 2, kind: 'withdrawn' }
    const questions = [
      ...[{ ...old, revision: 2 }, old, revised, { ...revised, revision: 1 }],
      ...[gone, withdrawal],
    ]
    const records = [
      record('a', { question: old }),
      record('b', { question: revised }),
      record('c', { question: { ...revised, revision: 1 } }),
      record('d', { question: gone }),
    ]
    expect(await exported(records, { questions })).toMatchObject({ records: 1, superseded: 2, withdrawn: 1 })
    expect((await linesIn('cotmed.jsonl')).map(({ id }) => id)).toEqual(['b'])
  })

  it('refuses two records of one id that say different things, and leaves what was there', async () => {
    await exported([record('a')])
    const before = await readFile(join(folder, 'cotmed.jsonl'))
    const two = [record('a'), record('a', { response: 'Otherwise.' })]
    await expect(exported(two, { runCharacters: 1 })).rejects.toMatchObject({ code: 'NF_EXPORT_CONFLICT' })
    expect(await readFile(join(folder, 'cotmed.jsonl'))).toEqual(before)
    expect(await readdir(folder)).toHaveLength(3)
  })

  it('leaves nothing behind when it is ended or its source fails', async () => {
    const stop = new AbortController()
    async function* ending() {
      yield record('a')
      stop.abort()
      yield record('b')
    }
    const options = { folder, minCharacters: 200, runCharacters: 1 }
    const records = (stream: () => AsyncGenerator<TrainingRecord>) =>
      ((topic: GatheredTopic) => (topic === 'records' ? stream() : nothing())) as ExportOptions['read']
    const ended = exportDatasets({ ...options, read: records(ending), signal: stop.signal })
    await expect(ended).rejects.toThrow()
    async function* failing() {
      yield record('a')
      throw new Error('the broker is gone')
    }
    const failed = exportDatasets({ ...options, read: records(failing) })
    await expect(failed).rejects.toThrow('the broker is gone')
    expect(await readdir(folder)).toEqual([])
  })

  it('makes its folder, writes empty files for no records, and replaces only the files of its shapes', async () => {
    await mkdir(join(folder, 'deep'))
    await writeFile(join(folder, 'deep', 'cotmed.jsonl'), 'old')
    await exported([], { folder: join(folder, 'deep'), shapes: ['response'] })
    expect(await readFile(join(folder, 'deep', 'cotmed.jsonl'), 'utf8')).toBe('old')
    expect(await readFile(join(folder, 'deep', 'responsemed.jsonl'), 'utf8')).toBe('')
  })

  it('writes the same bytes of every format whatever partition and order everything comes from', async () => {
    const ids = ['set:1', 'set:2', 'set:3']
    const all = together(
      ...ids.map((questionId) => mediumQuestion(question({ questionId, stem: `Which is ${questionId}?` }))),
    )
    const folders = { first: join(folder, 'first'), other: join(folder, 'other') }
    const split = {
      parts: [
        { name: 'train', share: 0.5 },
        { name: 'test', share: 0.5 },
      ],
      seed: 1,
    }
    const selection = { where: null, split, paths: 'both' } as const
    const options = { formats: FORMATS, selection, shardRows: 4 }
    await exportedOf(all, { ...options, folder: folders.first })
    const wanted = await bytesIn(folders.first)
    expect(Object.values(wanted).filter((bytes) => bytes.length > 0).length).toBeGreaterThan(20)
    const shuffledTopics = fc.record(
      Object.fromEntries(
        Object.entries(all).map(([topic, records]) => [
          topic,
          fc.shuffledSubarray([...records, ...records.slice(0, 2)] as unknown[], {
            minLength: records.length + 2,
          }),
        ]),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        shuffledTopics,
        fc.integer({ min: 500, max: 60_000 }),
        async (topics, runCharacters) => {
          await exportedOf(topics as Topics, { ...options, runCharacters, folder: folders.other })
          expect(await bytesIn(folders.other)).toEqual(wanted)
        },
      ),
      { numRuns: 6 },
    )
  })

  it('cuts files at so many rows, and takes away what an earlier export cut otherwise', async () => {
    const records = ['a', 'b', 'c', 'd', 'e'].map((id) => record(id))
    await exported(records, { shapes: ['cot'], shardRows: 2 })
    await exported(records, { shapes: ['cot'], formats: FORMATS.slice(1, 2), shardRows: 2 })
    const { files } = await exported(records, { shapes: ['cot'], shardRows: 3 })
    expect(files.map(({ rows }) => rows)).toEqual([3, 2])
    expect((await readdir(folder)).sort()).toEqual([
      'cotmed-00000-of-00002.jsonl',
      'cotmed-00001-of-00002.jsonl',
      'cotmed-sharegpt-00000-of-00003.jsonl',
      'cotmed-sharegpt-00001-of-00003.jsonl',
      'cotmed-sharegpt-00002-of-00003.jsonl',
    ])
    const ids = [
      ...(await linesIn('cotmed-00000-of-00002.jsonl')),
      ...(await linesIn('cotmed-00001-of-00002.jsonl')),
    ]
    expect(ids.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('writes one record a question where one is asked for: the best that was chosen', async () => {
    const two = (id: string) => question({ questionId: id })
    const records = [
      record('a', { question: two('set:1'), rank: 2 }),
      record('b', { question: two('set:1'), rank: 1 }),
      record('c', { question: two('set:2'), rank: 2 }),
    ]
    const selection = { where: null, split: null, paths: 'one' } as const
    expect(await exported(records, { selection })).toMatchObject({ records: 2, passedOver: 1 })
    expect((await linesIn('cotmed.jsonl')).map(({ id }) => id)).toEqual(['b', 'c'])
  })
})

async function bytesIn(at: string): Promise<Record<string, string>> {
  const names = (await readdir(at)).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(at, name), 'utf8')])),
  )
}
