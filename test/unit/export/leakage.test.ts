import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exportDatasets } from '../../../export/export.ts'
import { MinHashIndex } from '../../../export/leakage/min-hash.ts'
import { ProtectedQuestions, readProtected } from '../../../export/leakage/protected-questions.ts'
import { shinglesOf, similarityOf } from '../../../export/leakage/shingles.ts'
import { question } from '../../support/records.ts'
import { reading, record } from './edition.ts'

const STEM =
  'A 47-year-old man has had headaches, sweating and growing ring and shoe sizes for years. Which test is best?'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ninefold-leakage-'))
})

afterEach(() => rm(folder, { recursive: true }))

const options = (...texts: string[]) => texts.map((text, at) => ({ label: 'ABCD'[at] ?? '', text }))

function protecting(
  stem: string,
  texts: readonly string[] = ['one', 'two'],
  threshold = 0.8,
): ProtectedQuestions {
  const questions = new ProtectedQuestions(threshold)
  questions.add(
    { stem: 'What else is there that nobody would ask for here at all?', options: [] },
    { file: 'f', line: 1 },
  )
  questions.add({ stem, options: options(...texts) }, { file: 'f', line: 2 })
  return questions
}

describe('protected questions', () => {
  it('are found in other case, marks and white space, with other options', () => {
    const stem = STEM.toUpperCase().replaceAll(' ', '  ').replaceAll(',', ';')
    const match = protecting(STEM).match({ stem, options: options('x', 'y') })
    expect(match).toEqual({ kind: 'same', similarity: 1, file: 'f', line: 2 })
  })

  it('are found with a few other words, and the similarity is told', () => {
    const stem = STEM.replace('47-year-old man', '52-year-old man')
    const match = protecting(STEM).match({ stem, options: [] })
    expect(match).toMatchObject({ kind: 'alike', line: 2 })
    expect(match!.similarity).toBeGreaterThanOrEqual(0.8)
    expect(match!.similarity).toBeLessThan(1)
    expect(protecting(STEM, [], 1).match({ stem, options: [] })).toBeNull()
  })

  it('are told apart by their options where the stem says little', () => {
    const questions = protecting('Which of these is true?', ['The sky is blue', 'Grass is red'])
    const asked = (...texts: string[]) =>
      questions.match({ stem: 'Which of these is true?', options: options(...texts) })
    expect(asked('Grass is red', 'The sky is blue')).toMatchObject({ kind: 'same' })
    expect(asked('Insulin lowers glucose', 'Glucagon lowers glucose')).toBeNull()
  })

  it('do not match other questions', () => {
    const stem =
      'A 47-year-old man has had chest pain on exertion for two weeks. Which drug relieves it at once?'
    expect(protecting(STEM).match({ stem, options: [] })).toBeNull()
  })

  it('are read from files, and a line that is none is refused', async () => {
    const file = join(folder, 'benchmark.jsonl')
    const line = JSON.stringify({ question: STEM, options: { A: 'x', B: 'y' }, answer: 'A' })
    await writeFile(file, `${line}\n`)
    expect((await readProtected([file], 0.8)).match({ stem: STEM, options: [] })).toMatchObject({
      file,
      line: 1,
    })
    await writeFile(file, `${line}\n{"question": 7}\n`)
    await expect(readProtected([file], 0.8)).rejects.toMatchObject({
      code: 'NF_EXPORT_PROTECTED',
      message: expect.stringContaining('benchmark.jsonl:2'),
    })
  })

  it('are kept out of an export and listed with the match', async () => {
    const leaked = question({ questionId: 'set:leaked', stem: STEM })
    const sound = question({ questionId: 'set:sound' })
    const records = [record('a', { question: leaked }), record('b', { question: sound })]
    const summary = await exportDatasets({
      read: reading({ questions: [leaked, sound], records }),
      folder,
      minCharacters: 200,
      protectedQuestions: protecting(STEM),
    })
    expect(summary).toMatchObject({ records: 1, leaked: 1 })
    expect(await readFile(join(folder, 'cotmed.jsonl'), 'utf8')).not.toContain('set:leaked')
    expect(JSON.parse(await readFile(join(folder, 'leaked.jsonl'), 'utf8'))).toEqual({
      ...{ question_id: 'set:leaked', revision: 1, source: 'set', records: 1 },
      ...{ match: 'same', similarity: 1, protected_file: 'f', protected_line: 2 },
    })
    await exportDatasets({ read: reading({}), folder, minCharacters: 200 })
    expect(await readdir(folder)).not.toContain('leaked.jsonl')
  })
})

describe('MinHash', () => {
  // Each word once: a text that repeats itself has few shingles, of which one word touches most.
  const words = fc
    .uniqueArray(fc.nat(1_000_000), { minLength: 30, maxLength: 60 })
    .map((numbers) => numbers.map(String))

  it('finds a text of which one word was changed', () => {
    fc.assert(
      fc.property(words, fc.nat(), (text, at) => {
        const changed = text.with(at % text.length, 'another')
        const [one, other] = [shinglesOf(text.join(' ')), shinglesOf(changed.join(' '))]
        const index = new MinHashIndex()
        index.add(7, one)
        expect(similarityOf(one, other)).toBeGreaterThanOrEqual((28 - 3) / (28 + 3))
        expect(index.candidates(other)).toEqual([7])
      }),
      { numRuns: 60 },
    )
  })

  it('does not compare what has nothing in common', () => {
    const index = new MinHashIndex()
    for (let at = 0; at < 200; at++) index.add(at, shinglesOf(`alpha${at} beta${at} gamma${at} delta${at}`))
    expect(index.candidates(shinglesOf('quite other words than all of these'))).toEqual([])
  })
})
