/**
 * A judge that lets pass what it must not is noticed. The simulated one reads final answers and no arguments: of the
 * known-wrong paths it misses those that end at the key, about half of all.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { ToyEngine } from '../support/toy-engine.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTE = 60_000
const QUESTIONS = 6
const PATHS = QUESTIONS * 9

let engine: ToyEngine
let simulator: Simulator
let workspace: Workspace

function configuration(controls: object | undefined): object {
  return {
    ...simulatedPipeline({ pipeline: 'controlled', url: simulator.url, stack: inject('stack') }),
    clickhouse: { url: engine.url, database: 'ninefold_controlled' },
    ...(controls && { verify: { controls } }),
  }
}

beforeAll(async () => {
  engine = await ToyEngine.start()
  simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 10 })
  workspace = new Workspace(configuration({ every: 1 }))
  workspace.writeLines('questions.jsonl', demoQuestions(QUESTIONS))
}, 2 * MINUTE)

afterAll(async () => {
  workspace?.[Symbol.dispose]()
  await simulator?.close()
  await engine?.[Symbol.asyncDispose]()
})

const json = async <T>(...args: string[]) => JSON.parse((await workspace.succeed(...args)).stdout) as T

describe('controls of the judge', () => {
  it('raise an alarm in run, status and report', async () => {
    await workspace.succeed('load', 'questions.jsonl')
    const { stderr } = await workspace.succeed('run', '--until-drained')
    expect(stderr).toMatch(/ALARM: the judge sim-verifier says Error of only \d+ of the last 54 controls/)
    const { pipeline } = await json<{ pipeline: { judgeControls: object[] } }>('status', '--json')
    expect(pipeline.judgeControls).toMatchObject([{ expected: 'Error', shown: PATHS, alarm: true }])
    const report = await workspace.succeed('report', '--only', 'judge-controls')
    expect(report.stdout).toMatch(/^\d{4}-\d\d-\d\d +sim-verifier +wrong-answer +Error +\d+ +\d+ +100\.0 /m)
    expect(report.stdout).toContain('ALARM: sim-verifier says Error of only')
  })

  it('are kept apart from all that is made of paths', async () => {
    const controls = await workspace.all('controls')
    expect(new Set(controls.map(({ controlId }) => controlId)).size).toBe(PATHS)
    expect((await workspace.all('verdicts')).length).toBe(PATHS)
    const calls = (await workspace.all('completions')).filter(({ step }) => step === 'control')
    const judged = new Set(controls.map(({ requestHash }) => requestHash))
    expect(new Set(calls.map(({ requestHash }) => requestHash))).toEqual(judged)
    expect(calls).toHaveLength(judged.size)
    const query =
      "SELECT outcome, toUInt32(calls) AS calls, usd > 0 AS priced FROM spending WHERE role = 'control'"
    const { data } = await json<{ data: readonly object[] }>('sql', '--format', 'JSON', query)
    expect(data).toEqual([{ outcome: 'kept', calls: judged.size, priced: 1 }])
  })

  it('are proved by the audit', async () => {
    const { faultCount, waitingCount, steps } = await json<{
      faultCount: number
      waitingCount: number
      steps: Record<string, object>
    }>('audit', '--json')
    expect([faultCount, waitingCount]).toEqual([0, 0])
    expect(steps.control).toMatchObject({ in: PATHS, out: PATHS })
  })

  it('are run once: a second run asks nobody anything', async () => {
    const before = (await workspace.all('completions')).length
    await workspace.succeed('run', '--until-drained')
    expect((await workspace.all('completions')).length).toBe(before)
    expect((await workspace.all('controls')).length).toBe(PATHS)
  })

  it('may be switched off under the same edition, and say nothing then', async () => {
    workspace.configure(configuration(undefined))
    const { stderr } = await workspace.succeed('run', '--until-drained')
    expect(stderr).not.toContain('ALARM')
    const { pipeline } = await json<{ pipeline: { judgeControls: object[] } }>('status', '--json')
    expect(pipeline.judgeControls).toEqual([])
  })
})
