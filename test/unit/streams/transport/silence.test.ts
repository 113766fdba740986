import { expect, it } from 'vitest'
import { Silence } from '../../../../streams/transport/silence.ts'

const CHECK_MS = 1_000

/** A silence that is looked at every second, but for a pause in which nothing runs. */
function checked(seconds: number, pauseAfter: number, pauseMs: number): number {
  let now = 0
  const silence = new Silence(CHECK_MS, () => now)
  let age = 0
  for (let second = 1; second <= seconds; second++) {
    now += CHECK_MS
    if (second === pauseAfter) now += pauseMs
    age = silence.check()
  }
  return age
}

it('a silence lasts from the last sign of life', () => {
  expect(checked(30, -1, 0)).toBe(30_000)
})

it('time in which this process did not run is no silence: it could hear nobody', () => {
  expect(checked(30, 10, 3_600_000)).toBe(30_000)
})

it('a check that comes late on a busy machine counts in full', () => {
  expect(checked(30, 10, 400)).toBe(30_400)
})

it('a sign of life ends it', () => {
  let now = 0
  const silence = new Silence(CHECK_MS, () => now)
  now += 900
  silence.excuse()
  now += 100
  expect(silence.check()).toBe(100)
})
