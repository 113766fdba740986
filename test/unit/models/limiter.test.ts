import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Limiter, type Permit, type Turn } from '../../../models/limiter.ts'
import { PriorityQueue } from '../../../models/priority-queue.ts'
import { turnAt } from '../../../models/turns.ts'
import { ManualClock } from '../../../streams/testing/manual-clock.ts'

const open = { maxConcurrency: 1000, requestsPerMinute: null, tokensPerMinute: null }

let tickets = 0
const never = new AbortController().signal

function acquire(limiter: Limiter, turn: Turn, signal = never): Promise<Permit> {
  return turnAt([{ limiter }], turn, signal).then(({ permit }) => permit)
}

/** Starts a call that notes its name when its turn has come. */
function queue(
  limiter: Limiter,
  started: string[],
  name: string,
  more: { priority?: number; tokens?: number } = {},
) {
  return acquire(limiter, { priority: 0, tokens: 1, order: tickets++, ...more }).then((permit) => {
    started.push(name)
    return permit
  })
}

describe('PriorityQueue', () => {
  it('gives back in order what was put in in any', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        const heap = new PriorityQueue<number>((a, b) => a < b)
        for (const value of values) heap.push(value)
        const out = values.map(() => heap.pop())
        expect(out).toEqual([...values].sort((a, b) => a - b))
        expect(heap.pop()).toBeUndefined()
      }),
    )
  })
})

describe('Limiter', () => {
  it('lets so many call at once, the later step first, and among equals the earlier call', async () => {
    const limiter = new Limiter({ ...open, maxConcurrency: 1 }, new ManualClock())
    const started: string[] = []
    const held = await queue(limiter, started, 'first')
    const permits = [
      queue(limiter, started, 'generate 1'),
      queue(limiter, started, 'generate 2'),
      queue(limiter, started, 'summarize 1', { priority: 9 }),
      queue(limiter, started, 'verify 1', { priority: 3 }),
      queue(limiter, started, 'summarize 2', { priority: 9 }),
    ]
    expect(limiter.active).toBe(1)
    for (const permit of permits) void permit.then((p: Permit) => p.release(null))
    held.release(null)
    await Promise.all(permits)
    expect(started.slice(1)).toEqual(['summarize 1', 'summarize 2', 'verify 1', 'generate 1', 'generate 2'])
    expect(limiter.active).toBe(0)
  })

  it('gives a call that is tried again its old place', async () => {
    const limiter = new Limiter({ ...open, maxConcurrency: 1 }, new ManualClock())
    const started: string[] = []
    const order = tickets++
    const held = await queue(limiter, started, 'other')
    void queue(limiter, started, 'younger').then((permit) => permit.release(null))
    const again = acquire(limiter, { priority: 0, tokens: 1, order }).then((permit) => {
      started.push('again')
      permit.release(null)
    })
    held.release(null)
    await again
    await turn()
    expect(started).toEqual(['other', 'again', 'younger'])
  })

  it('keeps to the requests a minute', async () => {
    const clock = new ManualClock()
    const limiter = new Limiter({ ...open, requestsPerMinute: 60 }, clock)
    const started: string[] = []
    for (let n = 0; n < 200; n++) void queue(limiter, started, String(n))
    await turn()
    expect(started).toHaveLength(6)
    await clock.advance(1000)
    expect(started).toHaveLength(7)
    await clock.advance(59_000)
    expect(started).toHaveLength(66)
  })

  it('keeps to the tokens a minute, and settles estimates by what was used', async () => {
    const clock = new ManualClock()
    const limiter = new Limiter({ ...open, tokensPerMinute: 60_000 }, clock)
    const started: string[] = []
    const first = await queue(limiter, started, 'a', { tokens: 6000 })
    void queue(limiter, started, 'b', { tokens: 5000 })
    await clock.advance(1000)
    expect(started).toEqual(['a'])
    first.release(2000)
    await turn()
    expect(started).toEqual(['a', 'b'])
  })

  it('lets a call pass that is larger than the bucket, once the bucket is full', async () => {
    const clock = new ManualClock()
    const limiter = new Limiter({ ...open, tokensPerMinute: 600 }, clock)
    const started: string[] = []
    void queue(limiter, started, 'large', { tokens: 660 })
    void queue(limiter, started, 'next', { tokens: 1 })
    await clock.advance(59_000)
    expect(started).toEqual(['large'])
    await clock.advance(2000)
    expect(started).toEqual(['large', 'next'])
  })

  it('starts nobody while it is paused', async () => {
    const clock = new ManualClock(1_700_000_000_000)
    const limiter = new Limiter(open, clock)
    const started: string[] = []
    limiter.pauseUntil(clock.now() + 5000)
    void queue(limiter, started, 'a')
    await clock.advance(4999)
    expect(started).toEqual([])
    await clock.advance(1)
    expect(started).toEqual(['a'])
  })

  it('lets go who is aborted, and no longer waits for them', async () => {
    const limiter = new Limiter({ ...open, maxConcurrency: 1 }, new ManualClock())
    const held = await acquire(limiter, { priority: 0, order: 0, tokens: 1 })
    const controller = new AbortController()
    const given = acquire(limiter, { priority: 9, order: 1, tokens: 1 }, controller.signal)
    const other = acquire(limiter, { priority: 0, order: 2, tokens: 1 })
    const reason = new Error('partition lost')
    controller.abort(reason)
    await expect(given).rejects.toBe(reason)
    held.release(null)
    held.release(null)
    expect(await other).toBeDefined()
    expect(limiter.active).toBe(1)
    await expect(acquire(limiter, { priority: 9, order: 3, tokens: 1 }, controller.signal)).rejects.toBe(
      reason,
    )
  })

  it('never lets more than allowed call at once, whatever comes and goes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('ask', 'abort', 'end'), { maxLength: 60 }),
        async (maxConcurrency, events) => {
          const limiter = new Limiter({ ...open, maxConcurrency }, new ManualClock())
          const permits: Permit[] = []
          const waiting: AbortController[] = []
          let asked = 0
          let aborted = 0
          for (const event of events) {
            if (event === 'ask') {
              const controller = new AbortController()
              waiting.push(controller)
              asked++
              acquire(limiter, { priority: 0, order: asked, tokens: 1 }, controller.signal).then(
                (permit) => permits.push(permit),
                () => aborted++,
              )
            } else if (event === 'abort') waiting.pop()?.abort()
            else permits.shift()?.release(null)
            await turn()
            expect(limiter.active).toBeLessThanOrEqual(maxConcurrency)
          }
          for (let permit = permits.shift(); permit !== undefined; permit = permits.shift()) {
            permit.release(null)
            asked--
            await turn()
          }
          expect(limiter.active).toBe(0)
          expect(aborted).toBeLessThanOrEqual(asked)
        },
      ),
      { numRuns: 50 },
    )
  })
})
