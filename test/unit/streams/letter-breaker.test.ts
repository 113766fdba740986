/** When a step stops rather than give up nearly everything. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LetterBreaker } from '../../../streams/letter-breaker.ts'

const letter = { class: 'malformed-answer', message: 'no JSON' }

function breaker({ maxShare = 0.5, window = 100, trips = 0 } = {}) {
  let told = 0
  const tripped = () => {
    told++
  }
  const one = new LetterBreaker({ step: 'verify', limits: { maxShare, window }, trips, tripped })
  /** How many of so many failures in a row become dead letters. */
  const fail = (count: number) => {
    let letters = 0
    for (let at = 0; at < count; at++) if (one.failed(letter) === null) letters++
    return letters
  }
  const pass = (count: number) => {
    for (let at = 0; at < count; at++) one.passed()
  }
  return { one, fail, pass, told: () => told }
}

describe('a breaker', () => {
  it('stops a step of which everything fails, before the twentieth dead letter is written', () => {
    const { fail, told } = breaker()
    expect(fail(200)).toBe(19)
    expect(told()).toBe(1)
  })

  it('tells what failed, how much of it, the last one, and what to do', () => {
    const { one, fail, pass } = breaker()
    pass(10)
    fail(18)
    one.failed({ class: 'no-answer', message: 'it hangs' })
    const stop = one.failed({ class: 'no-answer', message: 'it hangs still' })
    expect(stop?.message).toBe(
      'step verify has stopped: 20 of the last 30 records failed (18 malformed-answer, 2 no-answer); the last one: it hangs still',
    )
    expect([stop?.code, stop?.othersMayGoOn]).toEqual(['NF_DEAD_LETTER_SHARE', false])
    expect(stop?.remedy).toContain('ninefold dead-letters list --step verify')
  })

  it('bears half of them, for as long as it takes', () => {
    const { fail, pass, told } = breaker()
    for (let round = 0; round < 500; round++) {
      pass(1)
      expect(fail(1)).toBe(1)
    }
    expect(told()).toBe(0)
  })

  it('looks at the last records only: what went well long ago excuses nothing', () => {
    const { fail, pass } = breaker()
    pass(10_000)
    expect(fail(1_000)).toBe(50)
  })

  it('stops nothing where everything may fail', () => {
    expect(breaker({ maxShare: 1 }).fail(1_000)).toBe(1_000)
  })

  it('watches a step that was stopped before more closely, until it has done a few records', () => {
    expect(breaker({ trips: 1 }).fail(100)).toBe(2)
    const mended = breaker({ trips: 1 })
    mended.pass(20)
    expect(mended.fail(100)).toBe(20)
  })

  it('never stops below the share, and always soon after it', () => {
    const outcomes = fc.array(fc.boolean(), { maxLength: 400 })
    const limits = fc.record({
      maxShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
      window: fc.integer({ min: 10, max: 60 }),
      trips: fc.nat(2),
    })
    fc.assert(
      fc.property(outcomes, limits, (failures, { maxShare, window, trips }) => {
        const { one } = breaker({ maxShare, window, trips })
        const least = Math.ceil(window / 5)
        const done: boolean[] = []
        for (const failure of failures) {
          const stopped = failure && one.failed(letter) !== null
          if (!failure) one.passed()
          done.push(failure)
          const last = done.slice(-window)
          const letters = last.filter(Boolean).length
          const isOver = letters > maxShare * last.length
          const isProbed = trips > 0 && done.length <= least
          const shouldStop = failure && isOver && letters >= (isProbed ? Math.min(3, least) : least)
          expect(stopped).toBe(shouldStop)
          if (stopped) break
        }
        // Whatever came before, a step of which everything fails stops within a window of records.
        let letters = 0
        while (letters <= window && one.failed(letter) === null) letters++
        if (maxShare < 0.99) expect(letters).toBeLessThanOrEqual(window)
      }),
    )
  })
})
