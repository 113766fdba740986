import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Lease } from '../../../../streams/transport/lease.ts'

const SESSION_MS = 10_000
const BEAT_MS = 500

describe('the lease of dealt partitions', () => {
  let now: number
  let lease: Lease

  beforeEach(() => {
    now = 1_000
    lease = new Lease(SESSION_MS, () => now)
  })

  function beat(times: number): void {
    for (let time = 0; time < times; time++) {
      now += BEAT_MS
      lease.heard()
    }
  }

  it('does not hold before partitions are dealt', () => {
    lease.heard()
    expect(lease.renewed()).not.toBeNull()
    lease.dealt()
    expect(lease.renewed()).toBeNull()
  })

  it('holds while the coordinator is heard of', () => {
    lease.dealt()
    beat(1_000)
    expect(lease.renewed()).toBeNull()
    expect(lease.heardAgeMs).toBe(0)
  })

  it('holds for a session from the last answer but one', () => {
    lease.dealt()
    beat(10)
    now += SESSION_MS - BEAT_MS - 1
    expect(lease.renewed()).toBeNull()
    now += 1
    expect(lease.renewed()).not.toBeNull()
    expect(lease.heardAgeMs).toBe(SESSION_MS - BEAT_MS)
  })

  it('is not renewed by an answer that lay there while the process stood still, but by the next one', async () => {
    lease.dealt()
    beat(10)
    now += SESSION_MS
    const renewed = lease.renewed()!
    lease.heard()
    expect(lease.renewed()).toBe(renewed)
    beat(1)
    expect(lease.renewed()).toBeNull()
    await renewed
  })

  it('is renewed when partitions are dealt anew', async () => {
    lease.dealt()
    now += 2 * SESSION_MS
    const renewed = lease.renewed()!
    lease.dealt()
    expect(lease.renewed()).toBeNull()
    await renewed
  })

  it('never holds when the coordinator may have dealt the partitions to somebody else', () => {
    const step = fc.record({ pause: fc.integer({ min: 1, max: 15_000 }), arrives: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        now = 0
        lease = new Lease(SESSION_MS, () => now)
        lease.dealt()
        // A request that was received, the answer to which the process takes when it goes on.
        let receivedAt = 0
        for (const { pause, arrives } of steps) {
          now += pause
          if (lease.renewed() === null) expect(now - receivedAt).toBeLessThan(SESSION_MS)
          if (!arrives) continue
          lease.heard()
          if (lease.renewed() === null) expect(now - receivedAt).toBeLessThan(SESSION_MS)
          // The next is sent at once.
          receivedAt = now
        }
      }),
    )
  })
})
