import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportDatasets } from '../../../export/export.ts'
import { FORMATS } from '../../../export/formats.ts'
import { parseSplit, partOf } from '../../../export/split.ts'
import { question } from '../../support/records.ts'
import { mediumQuestion, reading, together } from './edition.ts'

describe('parts of a dataset', () => {
  it.each([
    ['train=0.9', 'add up to 0.9'],
    ['train=0.9,train=0.1', 'same name'],
    ['train=1.1,test=-0.1', 'not above 0 up to 1'],
    ['Train Set=1', 'no name'],
    ['train', 'share of train'],
    ['', 'no name'],
  ])('are refused as %j', (text, why) => {
    expect(() => parseSplit(text, 0)).toThrow(expect.objectContaining({ code: 'NF_EXPORT_SPLIT' }))
    expect(() => parseSplit(text, 0)).toThrow(why)
  })

  it('have about the shares asked for, and others with another seed', () => {
    const stems = Array.from({ length: 2000 }, (_, at) => ({ context: [], stem: `Question ${at}?` }))
    const parts = (seed: number) => {
      const split = parseSplit('train=0.7, validation=0.2, test=0.1', seed)
      return stems.map((one) => partOf(split, one))
    }
    const [first, other] = [parts(1), parts(2)]
    const share = (name: string) => first.filter((part) => part === name).length / stems.length
    expect(share('train')).toBeCloseTo(0.7, 1)
    expect(share('validation')).toBeCloseTo(0.2, 1)
    expect(share('test')).toBeCloseTo(0.1, 1)
    expect(first).toEqual(parts(1))
    expect(other.filter((part, at) => part !== first[at]).length).toBeGreaterThan(400)
  })

  it('never share a question, whatever its id, options and marks', async () => {
    const stems = fc.uniqueArray(fc.string({ minLength: 3, maxLength: 12 }), { minLength: 2, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(stems, fc.integer({ min: 0, max: 9 }), async (texts, seed) => {
        const folder = await mkdtemp(join(tmpdir(), 'ninefold-split-'))
        const twice = texts.flatMap((stem, at) => [
          mediumQuestion(question({ questionId: `one:${at}`, stem })),
          mediumQuestion(question({ questionId: `two:${at}`, stem: ` ${stem.toUpperCase()} !` })),
        ])
        const split = parseSplit('train=0.5,test=0.5', seed)
        const selection = { where: null, split, paths: 'both' } as const
        const read = reading(together(...twice))
        const { files } = await exportDatasets({
          read,
          folder,
          minCharacters: 200,
          formats: FORMATS,
          selection,
        })
        const partsOf = new Map<string, Set<string | null>>()
        for (const { path, part } of files) {
          const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1)
          for (const line of lines) {
            const { metadata } = JSON.parse(line) as { metadata: { question_id: string } }
            const at = metadata.question_id.split(':')[1] ?? ''
            partsOf.set(at, (partsOf.get(at) ?? new Set()).add(part))
          }
        }
        expect(partsOf.size).toBe(texts.length)
        for (const parts of partsOf.values()) expect(parts.size).toBe(1)
        await rm(folder, { recursive: true })
      }),
      { numRuns: 6 },
    )
  })
})
