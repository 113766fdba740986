import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../models/clock.ts'
import { ManualClock } from '../../../streams/testing/manual-clock.ts'

describe('systemClock', () => {
  it('sleeps, and stops sleeping for the reason of its signal', async () => {
    const started = performance.now()
    await systemClock.sleep(20)
    expect(performance.now() - started).toBeGreaterThan(15)
    const controller = new AbortController()
    const slept = systemClock.sleep(60_000, controller.signal)
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(slept).rejects.toBe(reason)
    await expect(systemClock.sleep(1, controller.signal)).rejects.toBe(reason)
  })
})

it('whatever lasts is measured by a clock that does not move with the date', () => {
  const [now, date] = [systemClock.now(), systemClock.date()]
  using _moved = vi.spyOn(Date, 'now').mockReturnValue(date - 3_600_000)
  expect(systemClock.now()).toBeGreaterThanOrEqual(now)
  expect(systemClock.date()).toBe(date - 3_600_000)
})

describe('ManualClock', () => {
  it('wakes sleepers in the order of their time, also those who lie down again on the way', async () => {
    const clock = new ManualClock(1000)
    const woken: string[] = []
    const note = (name: string) => woken.push(`${name} ${clock.now()}`)
    void clock.sleep(30).then(() => note('late'))
    void clock.sleep(10).then(async () => {
      note('early')
      await clock.sleep(15)
      note('again')
    })
    await clock.advance(29)
    expect(woken).toEqual(['early 1010', 'again 1025'])
    expect(clock.sleeping).toBe(1)
    await clock.advance(1)
    expect(woken.at(-1)).toBe('late 1030')
    expect(clock.now()).toBe(1030)
  })

  it('lets go who is aborted', async () => {
    const clock = new ManualClock()
    const controller = new AbortController()
    const slept = clock.sleep(10, controller.signal)
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(slept).rejects.toBe(reason)
    expect(clock.sleeping).toBe(0)
    await expect(clock.sleep(10, controller.signal)).rejects.toBe(reason)
  })
})
