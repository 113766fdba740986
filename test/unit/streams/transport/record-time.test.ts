import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const HOUR = 3_600_000
const SLACK = 2_000
const { now } = Date

let mindingTime: typeof import('../../../../streams/transport/record-time.ts').mindingTime
let recordTime: typeof import('../../../../streams/transport/record-time.ts').recordTime

beforeEach(async () => {
  vi.resetModules()
  ;({ mindingTime, recordTime } = await import('../../../../streams/transport/record-time.ts'))
})
afterEach(() => {
  vi.restoreAllMocks()
})

function moveDate(ms: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
}

/** What the broker answers: that the time will not do, or that all is well. */
function answer(type: string | null) {
  const parse = async (data: string) => {
    if (type !== null) throw Object.assign(new Error(type), { type })
    return data
  }
  return mindingTime({ decode: async (raw) => raw.toString(), parse }).parse('ok')
}

it('is the date, as long as the broker takes it', async () => {
  expect(await answer(null)).toBe('ok')
  moveDate(-3 * HOUR)
  expect(Math.abs(recordTime() - Date.now())).toBeLessThan(SLACK)
  await expect(answer('NOT_LEADER_FOR_PARTITION')).rejects.toThrow('NOT_LEADER_FOR_PARTITION')
  expect(recordTime()).toBeLessThan(now() - HOUR)
})

it('is counted on from the start where the date was set forward and the broker refuses it', async () => {
  moveDate(3 * HOUR)
  expect(recordTime()).toBeGreaterThan(now() + HOUR)
  await expect(answer('INVALID_TIMESTAMP')).rejects.toThrow('INVALID_TIMESTAMP')
  expect(Math.abs(recordTime() - now())).toBeLessThan(SLACK)
})

it('has no other to offer where the date was wrong from the start, and says what to do', async () => {
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3 * HOUR)
  moveDate(3 * HOUR)
  await expect(answer('INVALID_TIMESTAMP')).rejects.toMatchObject({ code: 'NF_CLOCK_AHEAD' })
})
