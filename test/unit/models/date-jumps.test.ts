/** Somebody sets the machine's date while calls are made: nobody waits longer for it, and nothing is given up. */
import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../../models/clock.ts'
import { reply } from './fake-server.ts'
import { question } from './fixtures.ts'
import { startAsker } from './start-server.ts'

const HOUR = 3_600_000
const { now } = Date

afterEach(() => {
  vi.restoreAllMocks()
})

function moveDate(ms: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
}

it.each([-HOUR, HOUR])(
  'a pause that a server asked for ends in its time, the date moved by %d ms',
  async (ms) => {
    const { asker, journal } = await startAsker(
      (_, response, n) => {
        if (n > 0) return reply(response, 'B')
        response.writeHead(429, { 'retry-after': '1' }).end()
        setImmediate(() => moveDate(ms))
      },
      { clock: systemClock },
    )
    const began = performance.now()
    expect((await asker.text(question('hi'))).text).toBe('B')
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_000)
    expect(journal.calls[0]!.durationMs).toBeGreaterThanOrEqual(0)
  },
)

it('how long a call took is not changed by it, and when it began is a date', async () => {
  const { asker, journal } = await startAsker(
    (_, response) => {
      moveDate(-HOUR)
      reply(response, 'B')
    },
    { clock: systemClock },
  )
  const before = now()
  await asker.text(question('hi'))
  const { startedAt, durationMs } = journal.calls[0]!
  expect(startedAt).toBeGreaterThanOrEqual(before)
  expect(durationMs).toBeGreaterThanOrEqual(0)
  expect(Number.isInteger(durationMs)).toBe(true)
})

it('a request that fails is not given up for the hours that only the date has passed', async () => {
  const { asker } = await startAsker(
    (_, response, n) => {
      if (n > 2) return reply(response, 'B')
      moveDate((n + 1) * HOUR)
      response.writeHead(500).end()
    },
    { clock: systemClock, endpoint: { giveUp: { failures: 3, minutes: 60 } } },
  )
  expect((await asker.text(question('hi'))).text).toBe('B')
})
