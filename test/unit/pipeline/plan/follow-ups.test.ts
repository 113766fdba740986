import { describe, expect, it } from 'vitest'
import { BaseCalls } from '../../../../pipeline/plan/base-calls.ts'
import { type FollowUpBasis, followUps } from '../../../../pipeline/plan/follow-ups.ts'
import { LATER_STEPS, type Undecided } from '../../../../pipeline/plan/open-ends.ts'
import { chancesOfErrors, possibleTiers } from '../../../../pipeline/plan/possible-tiers.ts'
import type { Tier } from '../../../../schemas/topics.ts'
import type { Completion } from '../../../../schemas/types.ts'
import { config, scoringConfig } from '../../../support/records.ts'

const NINE = { correct: 4, wrong: 4, missing: 0, toGenerate: 0, toVerify: 1 }

function undecided(changes: Partial<Undecided> = {}): Undecided {
  return { now: 'waiting', ...NINE, questions: 10, ...changes }
}

/** Calls of medium questions: so many of each step a question. */
async function callsOf(...questions: Partial<Record<string, number>>[]): Promise<BaseCalls> {
  const calls = new BaseCalls()
  const completions = questions.flatMap((steps, number) =>
    Object.entries(steps).flatMap(([step, count = 0]) =>
      Array.from({ length: count }, () => ({
        ...{ questionId: `q${number}`, step, model: 'm', status: 'answered' },
        ...{ promptTokens: 10, completionTokens: 4 },
      })),
    ),
  )
  const tiers = new Map<string, Tier>(questions.map((_, number) => [`q${number}`, 'medium']))
  await calls.read(inTurn(completions as Completion[]), tiers)
  return calls
}

async function* inTurn<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

function basis(calls: BaseCalls, changes: Partial<FollowUpBasis> = {}): FollowUpBasis {
  return { config: config(), tiers: { wrongShare: () => 0.5 }, calls, ...changes }
}

const rankedOnly = LATER_STEPS.map((step) => (step === 'rank' ? 1 : 0))

describe('what follows from a call nobody has answered', () => {
  it('is what questions of the tier took that came as far, without what is counted already', async () => {
    const calls = await callsOf(
      { rank: 1, refine: 4, summarize: 2 },
      { rank: 1, refine: 2, regenerate: 3, summarize: 1 },
      { refine: 40, summarize: 1 },
    )
    const ends = {
      later: [{ tier: 'medium', step: 'rank', calls: rankedOnly, questions: 10 }],
      undecided: [],
    } as const
    expect(Object.fromEntries(followUps(ends, basis(calls)).calls)).toEqual({
      refine: 30,
      regenerate: 15,
      summarize: 15,
    })
  })

  it('is what all takes that goes well where nothing is recorded', () => {
    const ends = {
      later: [{ tier: 'medium', step: 'rank', calls: rankedOnly, questions: 10 }],
      undecided: [],
    } as const
    expect(Object.fromEntries(followUps(ends, basis(new BaseCalls())).calls)).toEqual({
      refine: 40,
      summarize: 20,
    })
  })

  it('counts scores where somebody scores now, and nobody did before', async () => {
    const calls = await callsOf({ rank: 1, refine: 4, summarize: 2 })
    const atSummary = LATER_STEPS.map((step) => (step === 'summarize' ? 2 : 0))
    const ends = {
      later: [{ tier: 'medium', step: 'summarize', calls: atSummary, questions: 10 }],
      undecided: [],
    } as const
    const scoring = basis(calls, { config: scoringConfig({ pairs: false }) })
    expect(Object.fromEntries(followUps(ends, scoring).calls)).toEqual({ score: 20 })
  })

  it('spreads questions over the tiers that a verdict to be given may put them into', async () => {
    const calls = await callsOf({ rank: 1, refine: 4, summarize: 2 })
    const { tiers, calls: further } = followUps({ later: [], undecided: [undecided()] }, basis(calls))
    expect(Object.fromEntries(tiers)).toEqual({ easy: 5, medium: 5 })
    // Easy ones by what goes well, medium ones by what is recorded.
    expect(Object.fromEntries(further)).toEqual({ rank: 10, refine: 20, summarize: 20 })
  })

  it('has paths judged that are generated', async () => {
    const calls = await callsOf({ generate: 4, verify: 3 })
    const group = undecided({ toGenerate: 2, toVerify: 0, correct: 7, wrong: 0 })
    expect(followUps({ later: [], undecided: [group] }, basis(calls)).calls.get('verify')).toBe(15)
  })
})

describe('the tiers that are possible', () => {
  it('go by how many of the verdicts to be given are Error', () => {
    expect(possibleTiers(config(), { ...NINE, correct: 3, toVerify: 2 })).toEqual([
      'easy',
      'medium',
      'medium',
    ])
    expect(possibleTiers(config(), { ...NINE, correct: 3, missing: 1 })).toEqual(['waiting', 'waiting'])
  })

  it('have chances that sum up to one', () => {
    expect(chancesOfErrors(0, 0.3)).toEqual([1])
    expect(chancesOfErrors(2, 0.5)).toEqual([0.25, 0.5, 0.25])
    const nine = chancesOfErrors(9, 0.2)
    expect(nine).toHaveLength(10)
    expect(nine.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1)
  })
})
