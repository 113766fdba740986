import { describe, expect, it } from 'vitest'
import { nothingSpent } from '../../../../models/spent.ts'
import { refuseAbove } from '../../../../pipeline/plan/max-cost.ts'
import { planJson, planLine, planScreen } from '../../../../pipeline/plan/plan-screen.ts'
import type { ReplayPlan } from '../../../../pipeline/plan/replay-plan.ts'
import { PLAIN } from '../../../../terminal/style.ts'

const certain = { calls: 24, promptTokens: 24_000, completionTokens: 2_400, nanoUsd: 6_800_000, unpriced: 0 }
const estimated = { calls: 2.25, promptTokens: 22.5, completionTokens: 9.1, nanoUsd: 4_999.5, unpriced: 0 }

function plan(changes: Partial<ReplayPlan> = {}): ReplayPlan {
  return {
    edition: 'strict',
    of: 'main',
    from: 'verdicts',
    questions: 1_070,
    tiers: [
      { now: 'easy', after: 'easy', questions: 1_046 },
      { now: 'easy', after: 'medium', questions: 12 },
      { now: 'medium', after: 'open', questions: 12 },
    ],
    changed: 12,
    open: 12,
    expectedTiers: { medium: 7.5, difficult: 4.5 },
    answered: [
      { step: 'rank', model: 'a', calls: 60 },
      { step: 'rank', model: 'b', calls: 2 },
    ],
    toMake: [{ step: 'refine', model: 'mini', certain, estimated }],
    certain,
    estimated,
    deadLetters: 0,
    unpriced: [],
    simulated: false,
    basis: ['Tokens are the means of 1,489 calls of edition main.'],
    ...changes,
  }
}

describe('a plan', () => {
  it('is shown with who moves, what is asked and what it rests on', () => {
    expect(planScreen(plan(), PLAIN).split('\n')).toEqual([
      'Edition strict, from the verdicts of main: 1,070 questions',
      '',
      'now \\ after     easy  medium  difficult  open',
      'easy         = 1,046      12          -     -',
      'medium             -       -          -    12',
      'difficult          -       -          -     -',
      '12 questions will be in another tier.',
      '12 hang on calls to be made; to be expected: 7.5 medium, 4.5 difficult.',
      '',
      '62 calls are answered from the log (rank 62).',
      '',
      'to be asked  model  for certain     cost  may follow     cost',
      'refine       mini            24  $0.0068         2.3  $0.0000',
      'all                          24  $0.0068         2.3  $0.0000',
      'Altogether about 26 calls ($0.0068).',
      '',
      'Tokens are the means of 1,489 calls of edition main.',
    ])
  })

  it('says that nothing is left to be asked', () => {
    const none = plan({ toMake: [], certain: nothingSpent(), estimated: nothingSpent(), basis: [] })
    expect(planScreen(none, PLAIN)).toContain('Nothing is left to be asked: it costs nothing.')
    expect(planLine(none)).toBe('plan: 12 questions in another tier, 12 open; no call for certain')
  })

  it('names what has no price, in place of a sum that leaves it out in silence', () => {
    const unknown = { ...certain, nanoUsd: 0, unpriced: 24 }
    const unpriced = plan({ certain: unknown, unpriced: ['mini'], deadLetters: 1 })
    expect(planScreen(unpriced, PLAIN)).toContain(
      'The price of mini is unknown: its calls are in no sum of money.',
    )
    expect(planScreen(unpriced, PLAIN)).toContain('1 record will be dead letters.')
    expect(planLine(unpriced)).toContain('24 calls (unknown) for certain')
  })

  it('is whole calls and USD as JSON', () => {
    const { toMake } = planJson(plan())
    expect(toMake).toEqual([
      {
        step: 'refine',
        model: 'mini',
        certain: {
          calls: 24,
          promptTokens: 24_000,
          completionTokens: 2_400,
          usd: 0.0068,
          callsOfUnknownCost: 0,
        },
        estimated: { calls: 2, promptTokens: 23, completionTokens: 9, usd: 0.000005, callsOfUnknownCost: 0 },
      },
    ])
  })

  it('keeps a replay from being begun whose certain part is too dear', () => {
    expect(() => refuseAbove(plan(), 0.0067)).toThrow(expect.objectContaining({ code: 'NF_REPLAY_COST' }))
    expect(() => refuseAbove(plan(), 0.0068)).not.toThrow()
  })
})
