import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Limiter } from '../../../models/limiter.ts'
import { MachineShare, partOf } from '../../../models/machine-share.ts'
import { ManualClock } from '../../../streams/testing/manual-clock.ts'

const limits = { maxConcurrency: 10, requestsPerMinute: 600, tokensPerMinute: 90_000 }
const lab = { name: 'lab', baseURL: 'http://10.0.0.5:8000/v1' }

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function dataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-share-'))
  folders.push(folder)
  return folder
}

describe('the part of a process', () => {
  it('is everything while it is alone, and an equal part beside others', () => {
    const folder = dataDir()
    const [one, two, three] = Array.from({ length: 3 }, () => new MachineShare(folder, lab)) as [
      MachineShare,
      MachineShare,
      MachineShare,
    ]
    expect(one.use(0)).toBe(true)
    expect(one.use(0)).toBe(false)
    expect(one.of(limits, 0, false)).toEqual(limits)
    two.use(0)
    three.use(0)
    const parts = [one, two, three].map((share) => share.of(limits, 0, false))
    expect(parts.map((part) => part?.maxConcurrency)).toEqual([4, 3, 3])
    expect(parts.map((part) => part?.requestsPerMinute)).toEqual([200, 200, 200])
    expect(parts.map((part) => part?.tokensPerMinute)).toEqual([30_000, 30_000, 30_000])
    two.leave()
    expect([one, three].map((share) => share.of(limits, 0, false)?.maxConcurrency)).toEqual([5, 5])
  })

  it('goes to the others when it has asked nothing for a while, and comes back', () => {
    const folder = dataDir()
    const [one, two] = [new MachineShare(folder, lab), new MachineShare(folder, lab)]
    one.use(0)
    two.use(0)
    expect(one.of(limits, 9_999, true)?.maxConcurrency).toBe(5)
    expect(two.of(limits, 10_000, false)?.maxConcurrency).toBe(5)
    expect(one.of(limits, 10_000, true)).toBeNull()
    expect(two.of(limits, 10_001, false)).toEqual(limits)
    expect(one.use(20_000)).toBe(true)
    expect(two.of(limits, 20_000, false)?.maxConcurrency).toBe(5)
  })

  it('minds only those who ask the same endpoint', () => {
    const folder = dataDir()
    const [one, other] = [
      new MachineShare(folder, lab),
      new MachineShare(folder, { ...lab, baseURL: 'http://10.0.0.6/v1' }),
    ]
    one.use(0)
    other.use(0)
    expect(one.of(limits, 0, false)).toEqual(limits)
    expect(other.of(limits, 0, false)).toEqual(limits)
  })

  it('makes up the whole together; each may make one call at least', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 1, max: 64 }), (most, members) => {
        const parts = Array.from({ length: members }, (_, at) =>
          partOf({ ...limits, maxConcurrency: most }, members, at),
        )
        const calls = parts.reduce((sum, { maxConcurrency }) => sum + maxConcurrency, 0)
        expect(calls).toBe(Math.max(most, members))
        expect(Math.min(...parts.map(({ maxConcurrency }) => maxConcurrency))).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})

describe('a limiter whose part changes', () => {
  it('keeps to it from then on', async () => {
    const clock = new ManualClock()
    const limiter = new Limiter({ ...limits, tokensPerMinute: null }, clock)
    let [started, next] = [0, 0]
    const ask = (): void => {
      limiter.enqueue({
        priority: 0,
        order: next++,
        tokens: 1,
        state: { gone: false },
        admit: (permit) => {
          started++
          permit.release(null)
        },
      })
    }
    limiter.limitTo({ maxConcurrency: 2, requestsPerMinute: 60, tokensPerMinute: null })
    expect(limiter.limit).toBe(2)
    for (let n = 0; n < 200; n++) ask()
    // A tenth of a minute's share at once, then one a second.
    expect(started).toBe(6)
    await clock.advance(30_000)
    expect(started).toBe(36)
    limiter.limitTo({ maxConcurrency: 4, requestsPerMinute: 600, tokensPerMinute: null })
    await clock.advance(10_000)
    expect(started).toBe(136)
  })
})
