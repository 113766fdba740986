import { describe, expect, it } from 'vitest'
import { costNanoUsd } from '../../../models/cost.ts'
import { redact, serverMessage } from '../../../models/redact.ts'
import { isWorthWaiting, retryAfterMs, waitAskedFor, waitMs } from '../../../models/retry.ts'

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  it.each([
    ['2', 2000],
    ['1.5', 1500],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7000],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['999999999', 3_600_000],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %j', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})

describe('waitAskedFor', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const spent = (what: string, reset: string) => ({
    [`x-ratelimit-remaining-${what}`]: '0',
    [`x-ratelimit-reset-${what}`]: reset,
  })
  it.each<[string, Record<string, string>, number | null]>([
    ['nothing', {}, null],
    ['milliseconds before seconds', { 'retry-after-ms': '120', 'retry-after': '1' }, 120],
    ['no milliseconds', { 'retry-after-ms': 'soon', 'retry-after': '1' }, 1_000],
    ['more milliseconds than it may', { 'retry-after-ms': '86400000' }, 3_600_000],
    ['a negative number', { 'retry-after-ms': '-5' }, null],
    ['an HTTP date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7_000],
    ['requests that are spent', spent('requests', '6m0s'), 360_000],
    ['the longer of both', { ...spent('requests', '1s'), ...spent('tokens', '1m2.5s') }, 62_500],
    ['a few milliseconds', spent('tokens', '20ms'), 20],
    ['seconds without a unit', spent('tokens', '3'), 3_000],
    [
      'a reset of what is not spent',
      { 'x-ratelimit-remaining-tokens': '9', 'x-ratelimit-reset-tokens': '1s' },
      null,
    ],
    ['a reset that is no duration', spent('tokens', 'tomorrow'), null],
    ['Retry-After before resets', { ...spent('requests', '9s'), 'retry-after': '2' }, 2_000],
  ])('reads %s', (_, headers, ms) => {
    expect(waitAskedFor(new Headers(headers), now)).toBe(ms)
  })
})

describe('waitMs', () => {
  it('doubles its bound from half a second to a minute', () => {
    const bounds = [1, 2, 3, 7, 8, 9, 1000].map((failures) => waitMs(failures, null, 1))
    expect(bounds).toEqual([500, 1000, 2000, 32_000, 60_000, 60_000, 60_000])
    expect(waitMs(5, null, 0)).toBe(0)
  })

  it('waits as long as the server says, however often it failed, and never less', () => {
    expect(waitMs(9, 2000, 0)).toBe(2000)
    expect(waitMs(9, 2000, 0.5)).toBe(2100)
  })

  it('does not run in circles with a server that says 0', () => {
    expect(waitMs(4, 0, 0.5)).toBe(2000)
  })
})

describe('isWorthWaiting', () => {
  it('tells the server’s faults from the request’s', () => {
    expect([402, 408, 409, 425, 429, 500, 502, 503, 529].every(isWorthWaiting)).toBe(true)
    expect([400, 404, 405, 413, 415, 422, 451].some(isWorthWaiting)).toBe(false)
  })
})

describe('costNanoUsd', () => {
  it('is a whole number of billionths of a dollar', () => {
    const usage = { promptTokens: 1000, completionTokens: 333 }
    expect(costNanoUsd(usage, { input: 0.15, output: 0.6 })).toBe(349_800)
    expect(costNanoUsd({ promptTokens: 3, completionTokens: 0 }, { input: 0.0005, output: 1 })).toBe(2)
    expect(costNanoUsd(usage, { input: 0, output: 0 })).toBe(0)
  })

  it('is null, never 0, when something is unknown', () => {
    expect(costNanoUsd({ promptTokens: 1, completionTokens: 1 }, null)).toBeNull()
    expect(costNanoUsd({ promptTokens: null, completionTokens: 1 }, { input: 1, output: 1 })).toBeNull()
    expect(costNanoUsd({ promptTokens: 1, completionTokens: null }, { input: 1, output: 1 })).toBeNull()
  })
})

describe('redact', () => {
  it('takes out the key and what shows parts of it', () => {
    expect(redact('key sk-canary-1, or "sk-canary-1"', ['sk-canary-1'])).toBe('key ***, or "***"')
    expect(redact('Incorrect API key provided: sk-ab****cd.', ['other'])).toBe(
      'Incorrect API key provided: ***',
    )
    expect(redact('none of it', [])).toBe('none of it')
  })

  it('cuts what a server says, and no key in half', () => {
    expect(serverMessage(`a\n  b ${'x'.repeat(1000)}`, [])).toHaveLength(500)
    const message = serverMessage(`${'y'.repeat(490)} sk-canary-1`, ['sk-canary-1'])
    expect(message).not.toContain('sk-')
  })
})
