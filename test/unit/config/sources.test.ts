import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../config/config.ts'
import { parse, problemOf, SMALL } from './example.ts'

const withSources = (list: string) => `${SMALL}sources: ${list}\n`

describe('sources', () => {
  it('are none when left out', () => {
    expect(parse(SMALL).sources).toEqual([])
  })

  it('fill in what is left out', () => {
    expect(parse(withSources('[{ path: questions.jsonl }]')).sources).toEqual([
      {
        path: 'questions.jsonl',
        format: null,
        map: {},
        indexFrom: null,
        source: null,
        split: null,
        licence: null,
        language: null,
        labels: [],
        limit: null,
        sample: 1,
        seed: '',
      },
    ])
  })

  it('take everything that can be said', () => {
    const entry =
      '{ path: "data/*.parquet", format: huggingface, map: { question: stem, options: [a, b], answer: key }, indexFrom: 1, source: own, split: train, licence: MIT, language: en, labels: [x], limit: 10, sample: 0.5, seed: s }'
    expect(parse(withSources(`[${entry}]`)).sources).toEqual([
      {
        path: 'data/*.parquet',
        format: 'huggingface',
        map: { question: 'stem', options: ['a', 'b'], answer: 'key' },
        indexFrom: 1,
        source: 'own',
        split: 'train',
        licence: 'MIT',
        language: 'en',
        labels: ['x'],
        limit: 10,
        sample: 0.5,
        seed: 's',
      },
    ])
  })

  it('are seen from the folder of the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ninefold-config-'))
    const path = join(folder, 'ninefold.yaml')
    await writeFile(path, withSources('[{ path: data }, { path: /elsewhere/q.jsonl }]'))
    const { sources } = await loadConfig(path)
    expect(sources.map((source) => source.path)).toEqual([join(folder, 'data'), '/elsewhere/q.jsonl'])
    await rm(folder, { recursive: true })
  })

  it.each([
    ['a format nobody knows', '[{ path: q, format: parquet }]', 'sources[0].format', 'huggingface'],
    ['a misspelt field of the map', '[{ path: q, map: { qestion: stem } }]', 'qestion', 'question'],
    ['a sample above all', '[{ path: q, sample: 2 }]', 'sources[0].sample', 'at most 1'],
    ['a source without a path', '[{ format: medqa }]', 'sources[0].path', 'required'],
    ['no list', '{ path: q }', 'sources', 'a list'],
  ])('name the place of %s', (_, list, key, word) => {
    const problem = problemOf(withSources(list))
    expect(problem.key).toContain(key)
    expect(`${problem.what} ${problem.remedy}`).toContain(word)
  })
})
