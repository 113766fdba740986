import { describe, expect, it } from 'vitest'
import { FRESH_MS, LagReader } from '../../../monitor/lag-reader.ts'
import type { GroupLag } from '../../../progress/lags.ts'

const lags: readonly GroupLag[] = [{ step: 'verify', title: 'verify', group: 'g', topics: [] }]

/** A reader on a clock and a broker held in the hand. */
function readerWith(read: () => Promise<readonly GroupLag[]>) {
  const clock = { now: 0 }
  let asked = 0
  const reader = new LagReader(
    () => {
      asked++
      return read()
    },
    () => clock.now,
  )
  return { reader, clock, asked: () => asked }
}

describe('the lag', () => {
  it('is asked for once in a few seconds, however often it is looked at', async () => {
    const { reader, clock, asked } = readerWith(async () => lags)
    for (let at = 0; at < FRESH_MS; at += 500) {
      clock.now = at
      expect((await reader.look())?.lags).toBe(lags)
    }
    expect(asked()).toBe(1)
    clock.now = FRESH_MS
    await reader.look()
    expect(asked()).toBe(2)
  })

  it('is asked for once by many at the same time', async () => {
    const { reader, asked } = readerWith(async () => lags)
    const seen = await Promise.all(Array.from({ length: 20 }, () => reader.look()))
    expect(seen.map((one) => one?.lags)).toEqual(seen.map(() => lags))
    expect(asked()).toBe(1)
  })

  it('is old news when the broker has not told it for a minute, and new again when it does', async () => {
    let isAway = false
    const { reader, clock } = readerWith(async () => {
      if (isAway) throw new Error('no broker')
      return lags
    })
    const first = await reader.look()
    expect(first?.isOld).toBe(false)
    isAway = true
    clock.now = 30_000
    expect(await reader.look()).toEqual(first)
    clock.now = 70_000
    expect(await reader.look()).toEqual({ ...first, isOld: true })
    isAway = false
    clock.now = 80_000
    expect((await reader.look())?.isOld).toBe(false)
  })

  it('holds up nobody when the broker does not answer', async () => {
    const never = new Promise<never>(() => {})
    const { reader, clock, asked } = readerWith(() => never)
    expect(await reader.look()).toBeNull()
    clock.now = 10 * FRESH_MS
    expect(await reader.look()).toBeNull()
    expect(asked()).toBe(1)
  })
})
