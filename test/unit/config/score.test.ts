import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSampled, type ScoreSampling, shareOf } from '../../../config/score.ts'
import { contentId } from '../../../schemas/ids.ts'
import { changed, EXAMPLE, parse, problemOf } from './example.ts'

const USUAL: ScoreSampling = { share: 0.02, seed: 1, tiers: {}, sources: {}, pairs: true }
const idAt = (number: number) => contentId('path', number)
const of = (sampledBy: string, tier = 'easy', source = 'set') => ({ sampledBy, tier, source })
const COUNT = 4_000

/** How many of 4,000 ids are in the sample. */
function drawn(sampling: Partial<ScoreSampling>, tier = 'easy', source = 'set'): number {
  const ids = Array.from({ length: COUNT }, (_, number) => idAt(number))
  return ids.filter((id) => isSampled({ ...USUAL, ...sampling }, of(id, tier, source))).length
}

describe('the section `score`', () => {
  it('has defaults, and may be left out', () => {
    expect(parse(EXAMPLE).score).toEqual(USUAL)
  })

  it('takes shares of tiers and sources', () => {
    const section =
      'score: { share: 0.5, seed: 7, tiers: { medium: 1 }, sources: { medqa: 0 }, pairs: false }'
    expect(parse(changed(EXAMPLE, 'budget:', `${section}\nbudget:`)).score).toEqual({
      ...{ share: 0.5, seed: 7, tiers: { medium: 1 }, sources: { medqa: 0 }, pairs: false },
    })
  })

  it.each([
    ['a share above 1', 'share: 2'],
    ['a share below 0', 'sources: { medqa: -0.1 }'],
    ['a tier there is not', 'tiers: { hard: 0.1 }'],
  ])('refuses %s', (_what, entry) => {
    expect(problemOf(changed(EXAMPLE, 'budget:', `score: { ${entry} }\nbudget:`)).key).toMatch(/^score/)
  })
})

describe('the share that holds', () => {
  const sampling = { ...USUAL, tiers: { easy: 0.3 }, sources: { medqa: 0.1, none: 0 } }

  it.each([
    ['easy', 'medqa', 0.1],
    ['easy', 'none', 0],
    ['easy', 'other', 0.3],
    ['medium', 'other', 0.02],
    ['medium', 'medqa', 0.1],
    ['medium', 'toString', 0.02],
  ])('of what is %s from %s is %d', (tier, source, share) => {
    expect(shareOf(sampling, { tier, source })).toBe(share)
  })
})

describe('the sample', () => {
  it.each([0.02, 0.1, 0.5])('holds about a share of %d', (share) => {
    // Four standard deviations of a binomial: the ids are fixed, and so is the outcome.
    const margin = 4 * Math.sqrt(COUNT * share * (1 - share))
    expect(Math.abs(drawn({ share }) - COUNT * share)).toBeLessThan(margin)
    expect(Math.abs(drawn({ share, seed: 2 }) - COUNT * share)).toBeLessThan(margin)
  })

  it('is nothing at 0 and everything at 1', () => {
    expect([drawn({ share: 0 }), drawn({ share: 1 })]).toEqual([0, COUNT])
    expect(drawn({ share: 0, sources: { set: 1 } })).toBe(COUNT)
  })

  it('is another under another seed', () => {
    const inBoth = Array.from({ length: COUNT }, (_, number) => of(idAt(number))).filter(
      (one) => isSampled({ ...USUAL, share: 0.5 }, one) && isSampled({ ...USUAL, share: 0.5, seed: 2 }, one),
    )
    expect(Math.abs(inBoth.length - COUNT / 4)).toBeLessThan(4 * Math.sqrt((COUNT * 3) / 16))
  })

  it('depends on its subject alone, and a larger share holds what a smaller one does', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.string(), share, share, fc.nat(), (sampledBy, one, other, seed) => {
        const [small, large] = one < other ? [one, other] : [other, one]
        const inSmall = isSampled({ ...USUAL, seed, share: small }, of(sampledBy))
        const inLarge = isSampled({ ...USUAL, seed, share: large }, of(sampledBy))
        expect(isSampled({ ...USUAL, seed, share: small }, of(sampledBy))).toBe(inSmall)
        if (inSmall) expect(inLarge).toBe(true)
      }),
    )
  })
})
