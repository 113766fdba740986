import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CongestionWindow } from '../../../models/congestion-window.ts'

/** Lets so many calls in and has them answered. */
function serve(window: CongestionWindow, calls: number): void {
  const rounds = Array.from({ length: calls }, () => window.enter())
  for (const round of rounds) window.answered(round)
}

/** Fills all places of an endpoint that has room for so many; the rest is refused. @returns how many were */
function fill(window: CongestionWindow, room: number, now: number): number {
  const rounds = Array.from({ length: window.size }, () => window.enter())
  const refused = rounds.slice(room)
  let inFlight = rounds.length
  for (const round of refused) window.refused(round, inFlight--, now, 'HTTP 429')
  for (const round of rounds.slice(0, room)) window.answered(round)
  return refused.length
}

describe('the window of an endpoint', () => {
  it('doubles as soon as its calls are answered, up to its ceiling', () => {
    const window = new CongestionWindow(100)
    const sizes = [window.size]
    for (let n = 0; n < 4; n++) {
      serve(window, window.size)
      window.grow(0)
      sizes.push(window.size)
    }
    expect(sizes).toEqual([16, 32, 64, 100, 100])
  })

  it('doubles every second where answers take longer, once it is full', () => {
    const window = new CongestionWindow(256)
    expect([0, 999, 1_000, 1_001, 2_001, 3_001, 4_002].map((now) => window.grow(now) && window.size)).toEqual(
      [false, false, 32, false, 64, false, 128],
    )
  })

  it('never grows while nobody makes use of it', () => {
    const window = new CongestionWindow(64)
    serve(window, 3)
    expect(window.grow(0)).toBe(false)
    expect(window.size).toBe(16)
  })

  it('loses a place with each call that is refused, and at most half of them a round', () => {
    const window = new CongestionWindow(16)
    const rounds = Array.from({ length: 16 }, () => window.enter())
    expect(window.refused(rounds[0]!, 16, 0, 'HTTP 429')).toBe(true)
    expect(window.size).toBe(15)
    for (const round of rounds.slice(1)) expect(window.refused(round, 10, 0, 'HTTP 429')).toBe(false)
    expect(window.size).toBe(8)
    expect(window.lastShrink).toEqual({ at: 0, from: 16, to: 8, reason: 'HTTP 429' })
  })

  it('counts a refusal that comes late to the round its call was sent in', () => {
    const window = new CongestionWindow(16)
    const [first, late] = [window.enter(), window.enter()]
    window.refused(first, 16, 0, '')
    window.refused(window.enter(), 8, 0, '')
    const { size } = window
    expect(window.refused(late, 8, 0, '')).toBe(false)
    expect(window.size).toBe(size)
  })

  it('never falls below one', () => {
    const window = new CongestionWindow(16)
    for (let now = 0; now < 50; now++) fill(window, 0, now)
    expect(window.size).toBe(1)
    expect(window.fruitless).toBeGreaterThan(0)
    serve(window, 1)
    expect(window.fruitless).toBe(0)
  })

  it('remembers over an outage what did before', () => {
    const window = new CongestionWindow(64)
    for (let n = 0; n < 3; n++) {
      serve(window, window.size)
      window.grow(0)
    }
    for (let now = 0; now < 20; now++) fill(window, 0, now)
    const sizes: number[] = []
    window.resume(0, 100)
    for (let n = 0; n < 4; n++) {
      sizes.push(window.size)
      serve(window, window.size)
      window.grow(100)
    }
    expect(sizes).toEqual([1, 2, 6, 22])
    expect(window.size).toBe(32)
  })

  it('comes back with one more than is under way', () => {
    const window = new CongestionWindow(64)
    window.resume(20, 0)
    expect(window.size).toBe(21)
  })

  it('tries more than was refused only now and then, the more rarely the longer everybody had to wait', () => {
    const trialAfter = (waitMs: number): number => {
      const window = new CongestionWindow(16)
      fill(window, 8, 0)
      if (waitMs > 0) window.waitsUntil(waitMs, 0)
      for (let now = 0; ; now += 100) {
        serve(window, window.size)
        if (window.grow(now)) return now
      }
    }
    expect([0, 1_000, 20_000, 3_000_000].map(trialAfter)).toEqual([5_000, 31_000, 240_000, 3_300_000])
  })

  it('follows a ceiling that falls at once, and one that rises as it grows', () => {
    const window = new CongestionWindow(16)
    window.ceiling = 5
    expect(window.size).toBe(5)
    window.ceiling = 12
    expect(window.size).toBe(5)
    serve(window, 16)
    window.grow(0)
    expect(window.size).toBe(12)
  })

  it('finds the room of an endpoint within twice the doublings there are to its ceiling', () => {
    const room = fc.integer({ min: 1, max: 512 })
    fc.assert(
      fc.property(room, room, (first, second) => {
        const ceiling = 512
        const window = new CongestionWindow(ceiling)
        const rounds = 2 * Math.ceil(Math.log2(ceiling))
        let now = 0
        for (const most of [first, second]) {
          for (let round = 0; round < rounds; round++) {
            fill(window, most, now)
            // As long as it takes until more is tried.
            now += 5_000
            window.grow(now)
            window.grow(now + 1_000)
          }
          // What was tried last is not known to be too many before it was sent.
          for (let n = 0; n < 2; n++) fill(window, most, now)
          expect(window.size).toBeLessThanOrEqual(most)
          expect(window.size).toBeGreaterThanOrEqual(0.8 * most)
        }
      }),
    )
  })
})
