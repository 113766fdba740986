/**
 * One seed of `npm run chaos`, with a fault of each kind, judged by a client that is not ours; then the judge itself is
 * tested, with one safeguard taken away at a time; and a machine is lost. All of it on one stack of its own.
 *
 * CHAOS_SEED and CHAOS_QUESTIONS change when what happens, and to how much.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithData, testEndpoint } from '../support/test-data.ts'
import { ChaosRun } from './chaos-run.ts'
import { ChaosStack } from './chaos-stack.ts'
import { CONTROLS, runControl } from './controls.ts'
import { KILL_KINDS, type Kill, MIN_CALLS_IN_FLIGHT } from './kill-order.ts'
import { loseMachine } from './machine-loss.ts'
import { someQuestions } from './questions.ts'
import { makeReference, type Reference } from './reference.ts'
import type { SeedResult } from './results.ts'
import { scheduleOf } from './schedule.ts'
import { runSeed } from './seed-run.ts'

const MINUTES = 60_000
const LIMIT = { timeout: 30 * MINUTES }
const SEED = Number(process.env.CHAOS_SEED ?? 1)
const QUESTIONS = Number(process.env.CHAOS_QUESTIONS ?? 1_200)
const CONTROL_QUESTIONS = 200
const say = (line: string) => console.log(line)

describeWithData('chaos', ['TEST_DATA', 'TEST_ENDPOINT_SLOW'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-chaos-'))
  let stack: ChaosStack
  let control: Reference

  /** What a run on these many questions is made of. */
  function settings(pipeline: string, questions: number) {
    const double = testEndpoint('TEST_ENDPOINT_SLOW')
    return { pipeline, stack, double, questions: someQuestions(questions) }
  }

  function reference(pipeline: string, questions: number): Promise<Reference> {
    return makeReference(settings(pipeline, questions), join(folder, pipeline))
  }

  beforeAll(async () => {
    stack = await ChaosStack.open()
    control = await reference('small', CONTROL_QUESTIONS)
  }, 15 * MINUTES)

  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  describe('a run with a fault of each kind', () => {
    const schedule = scheduleOf(SEED, KILL_KINDS.length)
    let result: SeedResult
    let kills: Kill[]
    let said = ''

    beforeAll(async () => {
      const undisturbed = await reference('undisturbed', QUESTIONS)
      result = await runSeed({
        ...settings('disturbed', QUESTIONS),
        ...{ seed: SEED, schedule, reference: undisturbed, say },
        onFailure: (run) => {
          said = run.said
        },
      })
      kills = result.injected.flatMap(({ kill }) => kill ?? [])
      console.log(JSON.stringify({ ...result.money, endings: result.endings }))
    }, LIMIT.timeout)

    it('met every fault, recovered from each, and was drained in the end', () => {
      expect(result.error, said).toBeNull()
      expect(result.notInjected).toEqual([])
      expect(result.drained?.code, said).toBe(result.judgement?.deadLetters === 0 ? 0 : 3)
    })

    it('had workers killed in every way, each time with calls in flight and results uncommitted', () => {
      for (const kind of KILL_KINDS) expect(kills.map((kill) => kill.kind)).toContain(kind)
      for (const { callsInFlight, uncommitted } of kills) {
        expect(callsInFlight).toBeGreaterThanOrEqual(MIN_CALLS_IN_FLIGHT)
        expect(uncommitted).toBeGreaterThan(0)
      }
    })

    it('holds what the undisturbed run holds, every record once, in topics, tables and files', () => {
      expect(result.judgement?.findings, said).toEqual([])
      expect(result.judgement).toMatchObject({ lost: 0, doubled: 0, changed: 0, foreign: 0 })
      expect(result.judgement?.topics.questions?.records).toBe(someQuestions(QUESTIONS).length)
    })

    it('paid twice for nothing', () => {
      expect(result.money?.answeredRepeated).toBe(0)
    })
  })

  describe('the judge', () => {
    it.for(CONTROLS)('sees the damage without $without', LIMIT, async (safeguard) => {
      const found = await runControl(safeguard, {
        ...settings(safeguard.name, CONTROL_QUESTIONS),
        ...{ seed: SEED, reference: control, say },
      })
      const { lost, doubled, changed, foreign, paidTwice } = found.judgement
      console.log(JSON.stringify({ control: safeguard.name, lost, doubled, changed, foreign, paidTwice }))
      expect(safeguard.damageOf(found)).toBeGreaterThan(0)
    })
  })

  it('pays again, after the loss of a machine, for no more than was not published', LIMIT, async () => {
    const lost = await loseMachine({ ...settings('lost', CONTROL_QUESTIONS), reference: control })
    console.log(JSON.stringify({ ...lost, judgement: undefined }))
    expect(lost.judgement.findings).toEqual([])
    expect(lost.money.answeredRepeated).toBeLessThanOrEqual(lost.unpublished)
  })

  it('tells what a dead worker had paid for, though nobody takes its slot again', LIMIT, async () => {
    await using run = await ChaosRun.open({ ...settings('left', CONTROL_QUESTIONS), workers: 0 })
    const [first, second] = [run.crew.join(), run.crew.join()]
    // Only when both run is there work: both take part in it from its beginning.
    const doBothRun = () => ['-0 runs', '-1 runs'].every((words) => run.said.includes(words))
    await run.until(doBothRun, 'two workers did not start', 5 * MINUTES)
    await run.load()
    await run.strike(second, 'finished')
    first.kill('SIGKILL')
    await first.ended
    expect((await run.drain()).code, run.said).toBe(0)
    expect((await run.judged({ reference: control.path })).findings).toEqual([])
  })
})
