/** A judge that answers nothing but nonsense: its step stops, the others go on, and all comes to its end once it is mended. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { LetterEntry } from '../../letters/letter-list.ts'
import type { Leftovers } from '../../pipeline/leftovers.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { writeUnreadable } from '../support/foreign-producer.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const QUESTIONS = 12
const PATHS = 9 * QUESTIONS
const [EXIT_FAILED, EXIT_LEFTOVER] = [1, 3]
/** Before the one that is too many. */
const BORNE = 19
const BORNE_AT_A_RESTART = 2

let sound: Simulator
let nonsense: Simulator
let workspace: Workspace

/** The pipeline with another endpoint for its judge. */
function judgedBy(judge: Simulator): object {
  const config = simulatedPipeline({ pipeline: 'stopped-step', url: sound.url, stack: inject('stack') })
  const { endpoints, models } = config as { endpoints: object; models: Record<string, object> }
  return {
    ...config,
    endpoints: { ...endpoints, judge: { baseURL: `${judge.url}/v1`, maxConcurrency: 16 } },
    models: { ...models, 'sim-verifier': { ...models['sim-verifier'], endpoint: 'judge' } },
  }
}

const command = async <T>(...args: string[]): Promise<T> =>
  JSON.parse((await workspace.succeed(...args, '--json')).stdout) as T

async function letters(): Promise<LetterEntry[]> {
  return (await command<{ deadLetters: LetterEntry[] }>('dead-letters', 'list')).deadLetters
}

beforeAll(async () => {
  sound = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 0 })
  nonsense = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 0, pbad: 1 })
  workspace = new Workspace(judgedBy(nonsense))
  await workspace.succeed('load', workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
}, MINUTES)

afterAll(async () => {
  workspace?.[Symbol.dispose]()
  await Promise.all([sound?.close(), nonsense?.close()])
})

it(
  'stops, says what failed, how much of it and what to do; the steps before it finish their work',
  async () => {
    const { code, stderr } = await workspace.run('run', '--until-drained')
    expect([code, stderr]).toEqual([EXIT_FAILED, expect.stringContaining('[NF_DEAD_LETTER_SHARE]')])
    expect(stderr).toMatch(
      /step verify has stopped: 20 of the last \d+ records failed \(20 malformed-answer\)/,
    )
    const list = await letters()
    expect(new Set(list.map(({ step }) => step))).toEqual(new Set(['verify']))
    expect(list).toHaveLength(BORNE)
    expect(await workspace.all('raw-paths')).toHaveLength(PATHS)
  },
  4 * MINUTES,
)

it(
  'gives up two records more at most when it is started again and nothing is mended',
  async () => {
    expect((await workspace.run('run', '--until-drained')).code).toBe(EXIT_FAILED)
    expect((await letters()).length).toBeLessThanOrEqual(BORNE + BORNE_AT_A_RESTART)
  },
  4 * MINUTES,
)

it(
  'works off the rest when the judge is mended, although its nonsense is in the journal',
  async () => {
    workspace.configure(judgedBy(sound))
    const given = (await letters()).length
    const { code, stderr } = await workspace.run('run', '--until-drained')
    expect([code, stderr]).toEqual([EXIT_LEFTOVER, expect.not.stringContaining('[NF_')])
    expect(await letters()).toHaveLength(given)
    // One verdict a path: of those given up one that says it is missing.
    expect(await workspace.all('verdicts')).toHaveLength(PATHS)
  },
  4 * MINUTES,
)

it(
  'and a redrive brings every question to its nine verdicts, and to its end',
  async () => {
    await workspace.succeed('dead-letters', 'redrive', '--step', 'verify')
    await workspace.succeed('run', '--until-drained')
    await workspace.succeed('audit')
    const judged = (await workspace.all('verdicts')).filter(({ kind }) => kind === 'verdict')
    expect(new Set(judged.map(({ pathId }) => pathId)).size).toBe(PATHS)
    const ended = [...(await workspace.all('records')), ...(await workspace.all('unsolved'))]
    expect(new Set(ended.map(({ question }) => question.questionId)).size).toBe(QUESTIONS)
  },
  4 * MINUTES,
)

it(
  'what no one can mend is dismissed: a run ends well again, and the audit still knows of it',
  async () => {
    await writeUnreadable(inject('stack').brokers, ['stopped-step.main.intake'])
    expect((await workspace.run('run', '--until-drained')).code).toBe(EXIT_LEFTOVER)
    const poison = (await letters()).filter(({ class: kind }) => kind === 'undecodable')
    expect(poison.length).toBeGreaterThan(3)
    const which = ['--step', 'admit', '--class', 'undecodable', '--since', '1h']
    const why = ['--why', 'written by a test']
    const dismiss = (...more: string[]) =>
      command<{ dismissed: string[] }>('dead-letters', 'dismiss', ...which, ...why, ...more)
    expect((await dismiss('--dry-run')).dismissed).toHaveLength(poison.length)
    expect((await workspace.run('run', '--until-drained')).code).toBe(EXIT_LEFTOVER)
    expect((await dismiss()).dismissed).toHaveLength(poison.length)
    expect((await dismiss()).dismissed).toEqual([])
    const { left } = await command<{ left: Leftovers }>('run', '--until-drained')
    expect(left).toMatchObject({ waiting: 0, deadLetters: 0, dismissed: poison.length, abandoned: 0 })
    const report = await command<{ faultCount: number; dismissed: number }>('audit')
    expect(report).toMatchObject({ faultCount: 0, dismissed: poison.length })
    const { stdout } = await workspace.succeed('dead-letters', 'show', poison[0]!.deadLetterId)
    expect(stdout).toMatch(/dismissed by .*: written by a test/)
  },
  4 * MINUTES,
)
