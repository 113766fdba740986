import { expect, it } from 'vitest'
import { activityOf, troubleOf } from '../../../models/endpoint-activity.ts'
import { CallFailure } from '../../../models/errors.ts'
import { Lane } from '../../../models/lane.ts'
import type { Permit } from '../../../models/limiter.ts'
import { ManualClock } from '../../../streams/testing/manual-clock.ts'
import { endpointAt } from './fixtures.ts'

const tooMany = new CallFailure('wait', 'endpoint lab: HTTP 429: too many', {
  status: 429,
  retryAfterMs: 2_000,
  owed: false,
})

it('an endpoint that turned calls away tells how many it takes, since when, and why', async () => {
  const clock = new ManualClock(50_000)
  const endpoint = { send: () => Promise.reject(tooMany), close: async () => {} }
  const spec = endpointAt('http://127.0.0.1:1/v1', { maxConcurrency: 64 })
  const lane = new Lane(spec, endpoint, { clock, hasSiblings: false, random: () => 0 })
  expect(troubleOf(activityOf(lane, clock.now()))).toBeNull()
  const permits: Permit[] = []
  for (let order = 0; order < 16; order++) {
    const admit = (permit: Permit) => permits.push(permit)
    lane.limiter.enqueue({ priority: 0, order, tokens: 1, state: { gone: false }, admit })
  }
  for (const permit of permits.slice(0, 4)) {
    lane.failed(tooMany, permit)
    permit.release(0)
  }
  await clock.advance(500)
  const activity = activityOf(lane, clock.now())
  expect(activity).toEqual({
    endpoint: 'lab',
    inFlight: 12,
    limit: 12,
    most: 64,
    pausedMs: 1_500,
    lastShrink: { agoMs: 500, from: 16, to: 12, reason: 'endpoint lab: HTTP 429: too many' },
  })
  expect(troubleOf(activity)).toBe('endpoint lab: HTTP 429: too many (12 of 64 calls at once)')
  for (const permit of permits.slice(4)) permit.release(0)
  await clock.advance(120_000)
  expect(troubleOf(activityOf(lane, clock.now()))).toBeNull()
  lane.limiter.close()
})
