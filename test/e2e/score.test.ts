/** `ninefold score` as its user types it: other people's datasets, scored once whatever happens. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import type { CliProcess } from '../support/cli-process.ts'
import { simulatedPipeline } from '../support/simulated-pipeline.ts'
import { ToyEngine } from '../support/toy-engine.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTE = 60_000
const ITEMS = 12
const MANY = 80

let engine: ToyEngine
let simulator: Simulator
let workspace: Workspace

function configuration(more: object = {}): object {
  const config = simulatedPipeline({ pipeline: 'scored', url: simulator.url, stack: inject('stack') })
  const { roles } = config as { roles: object }
  return {
    ...config,
    roles: { ...roles, score: 'sim-mini' },
    clickhouse: { url: engine.url, database: 'ninefold_scored' },
    ...more,
  }
}

beforeAll(async () => {
  engine = await ToyEngine.start()
  simulator = await startSimulator({ latency: 20 })
  workspace = new Workspace(configuration())
}, 2 * MINUTE)

afterAll(async () => {
  workspace?.[Symbol.dispose]()
  await simulator?.close()
  await engine?.[Symbol.asyncDispose]()
})

const alpaca = (count: number, of: string) =>
  Array.from({ length: count }, (_, at) => ({
    instruction: `What of case ${at}?`,
    input: '',
    output: `<think>Case ${at} of ${of} is weighed.</think>It is the first.`,
  }))
const messages = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    messages: [
      { role: 'system', content: 'You are a physician.' },
      { role: 'user', content: `What of case ${at}?` },
      { role: 'assistant', content: `Case ${at} is the second.` },
    ],
  }))

interface Told {
  readonly items: number
  readonly loaded: number
  readonly bad: number
  readonly unscored: number
  readonly datasets: readonly Record<string, unknown>[]
}

async function score(...args: string[]): Promise<Told> {
  const { stdout } = await workspace.succeed('score', '--json', ...args)
  return JSON.parse(stdout) as Told
}

/** Calls that were answered so far. */
async function calls(): Promise<number> {
  const completions = await workspace.all('completions')
  return completions.filter(({ status }) => status === 'answered').length
}

async function untilScored(least: number, seen: CliProcess): Promise<void> {
  for (const end = Date.now() + 2 * MINUTE; Date.now() < end; ) {
    if ((await workspace.all('scores')).length >= least) return
    await sleep(100)
  }
  throw new Error(`waited in vain for ${least} scores\n${seen.stderr}`)
}

describe('ninefold score', () => {
  it('scores every item once, and compares datasets', async () => {
    workspace.writeLines('theirs.jsonl', alpaca(ITEMS, 'theirs'))
    workspace.writeLines('others.jsonl', messages(ITEMS))
    expect(await score('theirs.jsonl')).toMatchObject({ items: ITEMS, loaded: ITEMS, bad: 0, unscored: 0 })
    const { datasets } = await score('others.jsonl', '--name', 'others of mine')
    expect(datasets).toHaveLength(2)
    expect(datasets.map(({ dataset, n }) => [dataset, n])).toEqual(
      expect.arrayContaining([
        ['theirs', ITEMS],
        ['others of mine', ITEMS],
      ]),
    )
    const items = await workspace.all('score-intake')
    expect(items.filter(({ dataset }) => dataset === 'theirs').map(({ answer }) => answer)).toContain(
      'Case 3 of theirs is weighed.\nIt is the first.',
    )
    expect(await calls()).toBe(2 * ITEMS)
  })

  it('neither loads nor pays for what it knows', async () => {
    const again = await score('theirs.jsonl')
    expect(again).toMatchObject({ items: ITEMS, loaded: 0, unscored: 0 })
    expect([await calls(), (await workspace.all('scores')).length]).toEqual([2 * ITEMS, 2 * ITEMS])
  })

  it('draws a sample that a larger one holds, and prints a table', async () => {
    workspace.writeLines('many.jsonl', alpaca(20, 'many'))
    const small = await score('many.jsonl', '--sample', '5', '--seed', '7', '--no-run')
    expect(small).toMatchObject({ items: 5, loaded: 5, unscored: 5, datasets: null })
    const { stdout } = await workspace.succeed('score', 'many.jsonl', '--sample', '8', '--seed', '7')
    expect(stdout).toMatch(/^many +sim-mini +score-item@1 +8 +\d\.\d\d /m)
    const items = await workspace.all('score-intake')
    expect(items.filter(({ dataset }) => dataset === 'many')).toHaveLength(8)
  })

  it('goes on where it was killed', async () => {
    const before = (await workspace.all('scores')).length
    const answeredBefore = await calls()
    workspace.writeLines('killed.jsonl', alpaca(MANY, 'killed'))
    const killed = workspace.start('score', 'killed.jsonl')
    await untilScored(before + 1, killed)
    killed.kill('SIGKILL')
    await killed.ended
    expect(await score('killed.jsonl')).toMatchObject({ items: MANY, unscored: 0 })
    const scores = await workspace.all('scores')
    const ids = new Set(scores.map(({ scoreId }) => scoreId))
    expect([scores.length, ids.size]).toEqual([before + MANY, before + MANY])
    // What was answered before the kill was in the journal: nothing is in it twice.
    expect((await calls()) - answeredBefore).toBe(MANY)
    const { stdout } = await workspace.succeed('audit', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ faultCount: 0, steps: { score: { out: before + MANY } } })
  })

  it('pauses at its budget, and goes on', async () => {
    workspace.writeLines('dear.jsonl', alpaca(30, 'dear'))
    const paused = await workspace.run('score', 'dear.jsonl', '--max-usd', '0.02')
    expect(paused.code, paused.stderr).toBe(4)
    expect(await score('dear.jsonl')).toMatchObject({ items: 30, loaded: 0, unscored: 0 })
  })

  it('names lines it cannot read, and scores the others', async () => {
    workspace.writeLines('mixed.jsonl', [...alpaca(2, 'mixed'), { text: 'something else' }])
    const { code, stdout, stderr } = await workspace.run('score', 'mixed.jsonl', '--json')
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ items: 2, bad: 1, unscored: 0 })
    expect(stderr).toContain('mixed.jsonl:3: error: no known form of question and answer (there are text)')
    workspace.writeLines('questions.jsonl', [{ question: 'Which?', options: ['a', 'b'], answer: 'A' }])
    const none = await workspace.run('score', 'questions.jsonl')
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('[NF_SCORE_EMPTY]')])
  })

  it('wants somebody who scores', async () => {
    const { roles } = simulatedPipeline({
      pipeline: 'scored',
      url: simulator.url,
      stack: inject('stack'),
    }) as {
      roles: object
    }
    workspace.configure(configuration({ roles }))
    const { code, stderr } = await workspace.run('score', 'theirs.jsonl')
    expect([code, stderr]).toEqual([1, expect.stringContaining('[NF_SCORE_ROLE]')])
  })
})
