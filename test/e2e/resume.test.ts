/** Runs that are killed, interrupted or do a part only: the next one goes on, and nothing is paid for twice. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import type { CliProcess, Ended } from '../support/cli-process.ts'
import { resetStats, statsOf } from '../support/endpoint-stats.ts'
import { Gate } from '../support/gate.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import {
  describeWithData,
  RECORDED_MODELS,
  type RecordedQuestion,
  readExpected,
  readRecorded,
  testEndpoint,
} from '../support/test-data.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const CONCURRENCY = 16

describeWithData('runs that end before their work does', ['TEST_DATA', 'TEST_ENDPOINT'], () => {
  let endpoint: string
  let gate: Gate
  let questions: RecordedQuestion[]
  let workspace: Workspace | null = null

  beforeAll(async () => {
    endpoint = testEndpoint('TEST_ENDPOINT')
    questions = readRecorded('medbullets')
    gate = await Gate.open(endpoint)
  })

  afterAll(() => gate?.close())
  beforeEach(() => resetStats(endpoint))

  afterEach(() => {
    gate.reopen()
    workspace?.[Symbol.dispose]()
    workspace = null
  })

  async function pipeline(name: string, loaded: readonly RecordedQuestion[]): Promise<Workspace> {
    const settings = {
      pipeline: name,
      endpoint: gate.url,
      maxConcurrency: CONCURRENCY,
      stack: inject('stack'),
    }
    workspace = new Workspace(recordedPipeline(settings))
    await workspace.succeed('load', '--source', 'some', workspace.writeLines('some.jsonl', loaded))
    return workspace
  }

  /** Starts a run and waits until it has made so many calls. */
  async function runFor(calls: number, at: Workspace): Promise<CliProcess> {
    const wanted = gate.forwarded + calls
    const run = at.start('run', '--until-drained')
    let ended: Ended | null = null
    void run.ended.then((how) => {
      ended = how
    })
    while (gate.forwarded < wanted) {
      if (ended !== null) throw new Error(`the run ended too soon: ${JSON.stringify(ended)}`)
      await sleep(5)
    }
    return run
  }

  it(
    'a run killed with all answers in its journal, one stopped by Ctrl-C, one to the end: every call once',
    async () => {
      const at = await pipeline('resumed', questions)

      const killed = await runFor(1_000, at)
      gate.shut()
      await until(() => gate.underWay === 0 && gate.held > 0)
      // The answers are on their way into the journal; what is begun and not finished is in no topic.
      await sleep(500)
      killed.kill('SIGKILL')
      expect((await killed.ended).signal).toBe('SIGKILL')
      gate.reopen()

      const interrupted = await runFor(1_000, at)
      const asked = performance.now()
      interrupted.kill('SIGINT')
      expect((await interrupted.ended).code).toBe(130)
      expect(performance.now() - asked).toBeLessThan(10_000)

      await at.succeed('run', '--until-drained')
      expect(await statsOf(endpoint)).toMatchObject({ answeredRepeated: 0, inFlightRepeated: 0 })
      const { tiers } = readExpected().medbullets
      for (const tier of ['easy', 'medium', 'difficult'] as const) {
        expect(await at.all(`triaged-${tier}`), tier).toHaveLength(tiers[tier]!)
      }
      await at.succeed('audit')
    },
    3 * MINUTES,
  )

  it(
    'runs killed at any moment lose at most the answers that were just arriving',
    async () => {
      const at = await pipeline('killed', questions.slice(0, 150))
      for (const calls of [300, 700]) {
        const run = await runFor(calls, at)
        run.kill('SIGKILL')
        expect((await run.ended).signal).toBe('SIGKILL')
      }
      await at.succeed('run', '--until-drained')
      const { answeredRepeated } = await statsOf(endpoint)
      expect(answeredRepeated).toBeLessThanOrEqual(2 * CONCURRENCY)
      await at.succeed('audit')
    },
    3 * MINUTES,
  )

  it('a run whose calls do not end within the grace says how many it gives up', async () => {
    const at = await pipeline('graceless', questions.slice(0, 10))
    gate.shut()
    const run = at.start('run', '--grace', '1')
    await until(() => gate.held === CONCURRENCY)
    run.kill('SIGINT')
    const { code, stderr } = await run.ended
    expect(code).toBe(130)
    expect(stderr).toContain(`${CONCURRENCY} calls were still under way when the grace was over`)
  })

  it(
    'one sampler alone, and the rest later',
    async () => {
      const some = questions.slice(0, 60)
      const at = await pipeline('parts', some)
      const only = ['admit', 'generate.deepseek-r1-t0.7']
      await at.succeed('run', '--until-drained', '--only', ...only)
      expect((await statsOf(endpoint)).byModel).toEqual({ 'DeepSeek-R1': some.length })
      expect(await at.all('verdicts')).toHaveLength(0)

      await at.succeed('run', '--until-drained')
      const { byModel, answeredRepeated } = await statsOf(endpoint)
      expect(answeredRepeated).toBe(0)
      for (const model of RECORDED_MODELS) expect(byModel[model], model).toBe(some.length)
      const records = await at.all('records')
      expect(new Set(records.map(({ question }) => question.questionId)).size).toBe(some.length)
      await at.succeed('audit')
    },
    2 * MINUTES,
  )
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10)
}
