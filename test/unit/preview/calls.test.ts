import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CALLING_STEPS, callsByTier, expectedCalls } from '../../../preview/calls.ts'
import { TIERS } from '../../../schemas/topics.ts'
import { config, sampler, scoringConfig } from '../../support/records.ts'

describe('the calls of a question', () => {
  it('are those of the recipe, for the paper’s setting', () => {
    const { easy, medium, difficult } = callsByTier(config())
    const nine = { generate: 9, verify: 9, control: 0 }
    expect(easy.least).toEqual({ ...nine, rank: 1, refine: 0, regenerate: 0, summarize: 2, score: 0 })
    expect(medium.least).toEqual({ ...nine, rank: 0, refine: 4, regenerate: 0, summarize: 2, score: 0 })
    expect(difficult.least).toEqual({ ...nine, rank: 0, refine: 0, regenerate: 1, summarize: 1, score: 0 })
    const judged = { generate: 9, verify: 18, control: 0 }
    expect(easy.most).toEqual({ ...judged, rank: 2, refine: 0, regenerate: 0, summarize: 2, score: 0 })
    expect(medium.most).toEqual({ ...judged, rank: 2, refine: 6, regenerate: 3, summarize: 1, score: 0 })
    expect(difficult.most).toEqual({ ...judged, rank: 0, refine: 0, regenerate: 3, summarize: 1, score: 0 })
  })

  it('are more at most where cut answers are asked for again', () => {
    const samplers = [1, 2].map((number) => ({ ...sampler(number), retryMaxTokens: 16_384 }))
    const triage = { easyMaxErrors: 0, mediumMaxErrors: 1, missing: 'wait', minVerdicts: 2 } as const
    const { easy } = callsByTier(config({ samplers, triage }))
    expect([easy.least.generate, easy.most.generate]).toEqual([2, 4])
    expect([easy.least.rank, easy.least.summarize]).toEqual([0, 2])
  })

  it('hold the scores of a sample: of records, and of medium paths before they are mended', () => {
    const { easy, medium, difficult } = callsByTier(scoringConfig({ share: 0.1, tiers: { medium: 0.5 } }))
    expect([easy.least.score, medium.least.score, difficult.least.score]).toEqual([0.2, 2, 0.1])
    // Both paths, and the record written anew where neither could be mended; each may be asked for twice.
    expect([easy.most.score, medium.most.score, difficult.most.score]).toEqual([4, 6, 2])
    expect(callsByTier(scoringConfig({ pairs: false })).medium.least.score).toBe(2)
  })

  it('hold the controls of the judge: one beside so many paths, at most one beside each', () => {
    const controls = { every: 90, alarmBelow: 0.9, file: null, given: [] }
    const { easy, difficult } = callsByTier(config({ controls }))
    expect([easy.least.control, difficult.least.control]).toEqual([0.1, 0.1])
    expect(easy.most.control).toBe(easy.most.verify)
  })

  it('are never fewer at most than at least in sum, whatever the thresholds', () => {
    const setting = fc
      .integer({ min: 2, max: 12 })
      .chain((count) =>
        fc.tuple(fc.constant(count), fc.integer({ min: 1, max: count - 1 }), fc.integer({ min: 1, max: 5 })),
      )
      .chain(([count, medium, tries]) =>
        fc.tuple(
          fc.constant(count),
          fc.integer({ min: 0, max: medium - 1 }),
          fc.constant(medium),
          fc.constant(tries),
        ),
      )
    fc.assert(
      fc.property(setting, ([count, easyMaxErrors, mediumMaxErrors, tries]) => {
        const byTier = callsByTier(
          config({
            samplers: Array.from({ length: count }, (_, at) => sampler(at + 1)),
            triage: { easyMaxErrors, mediumMaxErrors, missing: 'wait', minVerdicts: count },
            regenerate: { tries, showKey: 'never', giveCorrectPath: false },
          }),
        )
        for (const tier of TIERS) {
          const { least, most } = byTier[tier]
          const sum = (calls: typeof least) => CALLING_STEPS.reduce((all, step) => all + calls[step], 0)
          expect(sum(most)).toBeGreaterThanOrEqual(sum(least))
        }
      }),
    )
  })

  it('are weighed by the shares of the tiers', () => {
    const expected = expectedCalls(config(), { easy: 0.5, medium: 0.25, difficult: 0.25 })
    expect(expected).toEqual({
      generate: 9,
      verify: 9,
      control: 0,
      rank: 0.5,
      refine: 1,
      regenerate: 0.25,
      summarize: 1.75,
      score: 0,
    })
  })
})
