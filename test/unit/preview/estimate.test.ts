import { describe, expect, it } from 'vitest'
import type { Config } from '../../../config/types.ts'
import { ASSUMED_ANSWER_TOKENS, type Estimate, estimate, times } from '../../../preview/estimate.ts'
import { estimateScreen } from '../../../preview/estimate-screen.ts'
import type { RecordedCalls } from '../../../preview/recorded-calls.ts'
import { renderedPrompts } from '../../../preview/rendered-prompts.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { config, question } from '../../support/records.ts'

const NONE: RecordedCalls = { tokensOf: () => null, perQuestion: null, questions: 0 }
const PRICE = { input: 1, output: 10 }

/** The paper's setting with one price for everybody. */
function priced(price: typeof PRICE | null = PRICE): Config {
  const { samplers, roles, ...rest } = config()
  const withPrice = <T extends { model: Config['samplers'][number]['model'] }>(one: T): T => ({
    ...one,
    model: { ...one.model, price },
  })
  const { verify, rank, refine, regenerate, summarize } = roles
  return {
    ...rest,
    samplers: samplers.map(withPrice),
    roles: {
      verify: withPrice(verify),
      rank: withPrice(rank),
      refine: withPrice(refine),
      regenerate: withPrice(regenerate),
      summarize: withPrice(summarize),
      score: null,
    },
  }
}

function reckoned(settings: Config, recorded = NONE): Estimate {
  return estimate(settings, renderedPrompts(settings, question()), recorded)
}

describe('an estimate', () => {
  it('makes money of tokens and prices', () => {
    const { expected } = reckoned(priced())
    const { promptTokens, completionTokens } = expected
    expect(expected.nanoUsd).toBeCloseTo((promptTokens * 1 + completionTokens * 10) * 1000, -3)
    expect(expected.calls).toBeCloseTo(20.9, 0)
  })

  it('leaves unknown what one price does not say', () => {
    const { expected, least, most } = reckoned(priced(null))
    expect([expected.nanoUsd, least.nanoUsd, most.nanoUsd]).toEqual([null, null, null])
    expect(times(expected, 3).nanoUsd).toBeNull()
  })

  it('is at most every answer at its limit, and lies between the two', () => {
    const { expected, least, most } = reckoned(priced())
    for (const key of ['calls', 'promptTokens', 'completionTokens', 'nanoUsd'] as const) {
      expect(expected[key], key).toBeGreaterThanOrEqual(least[key] ?? 0)
      expect(expected[key], key).toBeLessThanOrEqual(most[key] ?? 0)
    }
    // Nine paths of 800 tokens, 18 judgements of 900, and so on.
    expect(most.completionTokens).toBeGreaterThanOrEqual(9 * 800 + 18 * 900)
  })

  it('takes what was recorded in place of what is assumed, and says so', () => {
    const recorded: RecordedCalls = {
      tokensOf: (step) => (step === 'generate' ? { calls: 7, prompt: 111, completion: 222 } : null),
      perQuestion: {
        generate: 9,
        verify: 9,
        control: 0,
        rank: 1,
        refine: 0,
        regenerate: 0,
        summarize: 2,
        score: 0,
      },
      questions: 5,
    }
    const { steps, expected, basis } = reckoned(priced(), recorded)
    const generated = steps.filter(({ step }) => step === 'generate')
    expect(generated.reduce((sum, { promptTokens }) => sum + promptTokens, 0)).toBeCloseTo(999)
    expect(generated.every((one) => one.recorded)).toBe(true)
    expect(expected.calls).toBeCloseTo(21)
    expect(basis.join(' ')).toContain('the average of 5 finished questions')
    expect(steps.find(({ step }) => step === 'verify')?.completionTokens).toBe(
      9 * ASSUMED_ANSWER_TOKENS.verify,
    )
  })

  it('is printed with the questions it is projected to, unknown where unknown', () => {
    const settings = priced(null)
    const shown = reckoned(settings)
    const text = estimateScreen(
      {
        questions: [],
        total: 1200,
        bad: 2,
        estimate: shown,
        projected: times(shown.expected, 1200),
        simulated: false,
      },
      PLAIN,
    )
    expect(text).toMatch(/all 1,200 questions +expected +2\d,\d{3} .* unknown/)
    expect(text).toContain('2 lines of the sources are no questions.')
    expect(text).not.toContain('SIMULATED')
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(110)
  })
})
