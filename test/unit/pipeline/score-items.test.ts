/** Which items of a dataset are scored. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { itemsOf, lastPlace, placeOfItem } from '../../../pipeline/score-items.ts'

const folder = mkdtempSync(join(tmpdir(), 'ninefold-items-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let written = 0
async function items(outputs: readonly string[], name = 'theirs') {
  const file = join(folder, `${++written}.jsonl`)
  writeFileSync(
    file,
    outputs.map((output) => `${JSON.stringify({ instruction: 'Which?', output })}\n`).join(''),
  )
  const dataset = { name, files: [file], sample: null, seed: 1 }
  return (await Array.fromAsync(itemsOf(dataset, () => {}))).map(({ item }) => item)
}

describe('the items of a dataset', () => {
  it('are each there once, whatever stands between their tags', async () => {
    const found = await items(['A.', '<think>Well.</think>A.', 'A.', ' A. '])
    expect(found.map(({ answer }) => answer)).toEqual(['A.', 'Well.\nA.'])
  })

  it('have ids of their content and of the dataset they are in', async () => {
    const ids = async (name: string) => (await items(['A.', 'B.'], name)).map(({ itemId }) => itemId)
    expect(await ids('theirs')).toEqual(await ids('theirs'))
    expect(new Set([...(await ids('theirs')), ...(await ids('others'))]).size).toBe(4)
  })
})

describe('a sample', () => {
  const ids = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 40 })
  const sampled = (all: readonly string[], sample: number, seed: number) => {
    const place = (itemId: string) => placeOfItem({ itemId }, seed)
    const limit = lastPlace(all.map(place), sample)
    return new Set(all.filter((id) => place(id) <= limit))
  }

  it('holds as many as were asked for, or all', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 60 }), fc.nat(), (all, sample, seed) => {
        expect(sampled(all, sample, seed).size).toBe(Math.min(sample, all.length))
      }),
    )
  })

  it('is the same in any order, and part of every larger one', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 30 }), fc.nat(), (all, sample, seed) => {
        const small = sampled(all, sample, seed)
        expect(sampled(all.toReversed(), sample, seed)).toEqual(small)
        expect(small.isSubsetOf(sampled(all, sample + 5, seed))).toBe(true)
      }),
    )
  })

  it('is another one with another seed', () => {
    const all = Array.from({ length: 100 }, (_, at) => `item ${at}`)
    expect(sampled(all, 10, 1)).not.toEqual(sampled(all, 10, 2))
  })
})
