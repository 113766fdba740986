import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Asker } from '../../../models/asker.ts'
import { ManualClock } from '../../../streams/testing/manual-clock.ts'
import { askerOfCrowd, type Crowd, CrowdedEndpoint, numbersFrom, within } from './crowded-endpoint.ts'
import { question } from './fixtures.ts'

const SECOND = 1_000

/** Endpoints under a load that never ends before its calls do. */
interface Load {
  readonly clock: ManualClock
  readonly asker: Asker
  readonly labs: readonly CrowdedEndpoint[]
  /** Calls that were answered, and those that were given up. */
  readonly ended: { answered: number; lost: number }
}

type Ability = Omit<Crowd, 'clock' | 'random'>

function load(abilities: readonly Ability[], maxConcurrency: number, calls: number, seed = 1): Load {
  const clock = new ManualClock()
  const random = numbersFrom(seed)
  const labs = abilities.map((ability) => new CrowdedEndpoint({ ...ability, clock, random }))
  const named = Object.fromEntries(labs.map((lab, at) => [`lab${at}`, lab]))
  const { asker, model } = askerOfCrowd(named, { clock, random }, { maxConcurrency })
  const ended = { answered: 0, lost: 0 }
  for (let n = 0; n < calls; n++) {
    asker.text(question(`question ${n}`, { model })).then(
      () => ended.answered++,
      () => ended.lost++,
    )
  }
  return { clock, asker, labs, ended }
}

/** Lets time pass until all calls have ended. @throws when they have not after so long */
async function untilEnded({ clock, asker, ended }: Load, mostMs: number): Promise<void> {
  const end = clock.now() + mostMs
  while (asker.pending() > 0) {
    if (clock.now() > end) throw new Error(`${asker.pending()} calls wait, ${ended.answered} were answered`)
    await clock.advance(SECOND)
  }
  await asker.close()
}

/** Which share of what an endpoint can do in a span of time it did. */
function yieldOf(lab: CrowdedEndpoint, room: number, latencyMs: number, from: number, to: number): number {
  return within(lab.answered, from, to) / ((room * (to - from)) / latencyMs)
}

describe('an endpoint that refuses what is above its room', () => {
  it('does at least 80 % of what it can, refuses little, and loses no call, whatever its room', async () => {
    const room = fc.integer({ min: 1, max: 40 })
    const latencyMs = fc.constantFrom(100, 1_000, 8_000)
    const retryAfterMs = fc.constantFrom(null, 300, 1_000)
    await fc.assert(
      fc.asyncProperty(room, latencyMs, retryAfterMs, fc.integer(), async (most, latency, wait, seed) => {
        const calls = most * 40
        const run = load([{ room: () => most, latencyMs: latency, retryAfterMs: wait }], 64, calls, seed)
        await untilEnded(run, 3_600 * SECOND)
        expect(run.ended).toEqual({ answered: calls, lost: 0 })
        const [lab] = run.labs as [CrowdedEndpoint]
        // From when it is found to when it has no more to do.
        const [from, to] = [lab.answered[most * 10]!, lab.answered[most * 38]!]
        const steady = { least: to - from, most: (28 * latency) / 0.8 + trialsIn(to - from, wait) }
        expect(steady.least).toBeLessThan(steady.most)
        expect(lab.refused.length).toBeLessThan(calls / 2 + 64)
      }),
      { numRuns: 12 },
    )
  })

  /** What single trials may cost in a span too short for them to even out, ms. */
  const trialsIn = (spanMs: number, wait: number | null): number =>
    wait === null ? 1_000 : (1 + spanMs / 30_000) * (wait + 3_000)

  it('is followed when its room changes', async () => {
    const room = (now: number) => (now < 40 * SECOND ? 32 : now < 80 * SECOND ? 4 : 48)
    const run = load([{ room, latencyMs: SECOND, retryAfterMs: SECOND }], 64, 4_200)
    await untilEnded(run, 600 * SECOND)
    const [lab] = run.labs as [CrowdedEndpoint]
    expect(run.ended).toEqual({ answered: 4_200, lost: 0 })
    expect(yieldOf(lab, 32, SECOND, 15 * SECOND, 40 * SECOND)).toBeGreaterThan(0.8)
    expect(yieldOf(lab, 4, SECOND, 50 * SECOND, 80 * SECOND)).toBeGreaterThan(0.8)
    // More is tried half a minute after the last refusal, at the latest.
    expect(yieldOf(lab, 48, SECOND, 120 * SECOND, 140 * SECOND)).toBeGreaterThan(0.8)
    expect(lab.refused.length).toBeLessThan(200)
  })

  it('is relieved by another one that serves the same model', async () => {
    const lab = (most: number): Ability => ({ room: () => most, latencyMs: SECOND })
    const run = load([lab(6), lab(20)], 64, 1_400)
    await untilEnded(run, 600 * SECOND)
    expect(run.ended).toEqual({ answered: 1_400, lost: 0 })
    for (const [at, most] of [6, 20].entries()) {
      expect(yieldOf(run.labs[at]!, most, SECOND, 15 * SECOND, 45 * SECOND)).toBeGreaterThan(0.8)
    }
  })
})

describe('an endpoint that refuses everybody for a while', () => {
  const outage = (now: number) => now >= 20 * SECOND && now < 80 * SECOND
  const room = (now: number) => (outage(now) ? 0 : 32)

  it.each([
    ['and says for how long to wait', 2 * SECOND, 429],
    ['without a word', null, 429],
    ['because it is overloaded', null, 503],
  ])('%s is asked little meanwhile, and loses no call', async (_, retryAfterMs, status) => {
    const run = load([{ room, latencyMs: SECOND, retryAfterMs, status }], 64, 3_000)
    await untilEnded(run, 600 * SECOND)
    expect(run.ended).toEqual({ answered: 3_000, lost: 0 })
    const [lab] = run.labs as [CrowdedEndpoint]
    expect(within(lab.came, 25 * SECOND, 80 * SECOND)).toBeLessThan(40)
    // It is found to be back within the longest rest, and does what it can from then on.
    expect(within(lab.answered, 80 * SECOND, 98 * SECOND)).toBeGreaterThan(0)
    expect(yieldOf(lab, 32, SECOND, 100 * SECOND, 140 * SECOND)).toBeGreaterThan(0.8)
  })

  it('is asked by nobody before the time it named is over', async () => {
    const run = load([{ room, latencyMs: SECOND, retryAfterMs: 5 * SECOND }], 32, 1_200)
    await untilEnded(run, 600 * SECOND)
    const [lab] = run.labs as [CrowdedEndpoint]
    for (const refusedAt of lab.refused.filter((at) => at > 25 * SECOND)) {
      expect(within(lab.came, refusedAt + 1, refusedAt + 5 * SECOND)).toBe(0)
    }
  })

  it('is not stormed when that time is over, by many processes neither', async () => {
    const clock = new ManualClock()
    const lab = new CrowdedEndpoint({
      clock,
      random: numbersFrom(1),
      room,
      latencyMs: SECOND,
      retryAfterMs: 10_000,
    })
    const askers = Array.from({ length: 12 }, (_, at) => {
      return askerOfCrowd({ lab }, { clock, random: numbersFrom(at) }, { maxConcurrency: 32 })
    })
    const asked = askers.flatMap(({ asker, model }, at) =>
      Array.from({ length: 120 }, (_, n) => asker.text(question(`question ${at} ${n}`, { model }))),
    )
    while (askers.some(({ asker }) => asker.pending() > 0)) await clock.advance(SECOND)
    await Promise.all(asked)
    // Once all have been refused, they come back one by one, spread over a tenth of the wait.
    const returned = lab.came.filter((at) => at > 32 * SECOND && at < 80 * SECOND)
    const inTenthOfSecond = returned.map((at) => within(returned, at, at + 100))
    expect(returned.length).toBeGreaterThan(24)
    expect(Math.max(...inTenthOfSecond)).toBeLessThanOrEqual(6)
    for (const { asker } of askers) await asker.close()
  })
})

describe('an endpoint that refuses some calls, however many there are at once', () => {
  it('because it has had its requests a minute: is given what it takes', async () => {
    // Three a second.
    let [tokens, at] = [10, 0]
    const room = (now: number): number => {
      tokens = Math.min(10, tokens + ((now - at) * 3) / SECOND)
      at = now
      if (tokens < 1) return 0
      tokens--
      return Number.POSITIVE_INFINITY
    }
    const run = load([{ room, latencyMs: 2 * SECOND, retryAfterMs: 400 }], 64, 500)
    await untilEnded(run, 600 * SECOND)
    const [lab] = run.labs as [CrowdedEndpoint]
    expect(within(lab.answered, 30 * SECOND, 130 * SECOND)).toBeGreaterThan(0.8 * 3 * 100)
  })

  it.each([0.1, 0.5, 0.9])('at random, a share of %f: goes on', async (share) => {
    const random = numbersFrom(7)
    const room = () => (random() < share ? 0 : Number.POSITIVE_INFINITY)
    const run = load([{ room, latencyMs: 100, retryAfterMs: SECOND }], 64, 200)
    // One call in every second that is waited, and its share of them answered.
    await untilEnded(run, (1.5 * 200 * SECOND) / (1 - share))
    expect(run.ended).toEqual({ answered: 200, lost: 0 })
  })
})

describe('calls that were turned away', () => {
  it('keep their place, and the later step goes first', async () => {
    const clock = new ManualClock()
    const random = numbersFrom(3)
    const room = (now: number) => (now < 10 * SECOND ? 0 : 2)
    const lab = new CrowdedEndpoint({ clock, random, room, latencyMs: SECOND })
    const rank = (step: string) => (step === 'summarize' ? 1 : 0)
    const { asker, model } = askerOfCrowd({ lab }, { clock, random }, { maxConcurrency: 8 }, rank)
    const ended: string[] = []
    const ask = (step: string, n: number) =>
      asker.text(question(`${step} ${n}`, { step, model })).then(() => ended.push(step))
    const asked = Array.from({ length: 20 }, (_, n) => ask('generate', n))
    await clock.advance(2 * SECOND)
    for (let n = 0; n < 10; n++) asked.push(ask('summarize', n))
    while (asker.pending() > 0) await clock.advance(SECOND)
    await Promise.all(asked)
    // Two are under way at once: who was sent before the others came may end between them.
    expect(ended.slice(0, 12).filter((step) => step === 'summarize')).toHaveLength(10)
    await asker.close()
  })
})
