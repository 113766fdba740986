/** What becomes of a worker whose broker goes away, and of one that comes upon what nobody foresaw. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { ChaosStack } from '../chaos/chaos-stack.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTE = 60_000
const DEMO = new URL('../../demo/questions.jsonl', import.meta.url).pathname
/** In the worker: a promise that is rejected and forgotten, at a signal. */
const CARELESS = "process.on('SIGUSR2', () => { Promise.reject(new Error('nobody waits for this')) })"

let stack: ChaosStack
let simulator: Simulator
let workspace: Workspace

beforeAll(async () => {
  stack = await ChaosStack.open({ analytics: false })
  simulator = await startSimulator({ questions: [DEMO] })
  workspace = new Workspace({
    pipeline: 'supervised',
    endpoints: { open: { baseURL: `${simulator.url}/v1` } },
    models: {
      qwen: { endpoint: 'open', model: 'sim-qwen' },
      strong: { endpoint: 'open', model: 'sim-strong' },
    },
    samplers: [{ model: 'qwen', temperature: [0.7, 0.9, 1.0] }],
    roles: { verify: 'strong', rank: 'strong', refine: 'strong', regenerate: 'strong', summarize: 'strong' },
    triage: { easy: { maxErrors: 1 }, medium: { maxErrors: 2 } },
    kafka: { brokers: stack.brokers, partitions: 2 },
    registry: { url: stack.registryUrl },
  })
}, 5 * MINUTE)

afterAll(async () => {
  workspace?.[Symbol.dispose]()
  await simulator?.close()
  await stack?.[Symbol.asyncDispose]()
})

/** The events of `--json`, without progress. */
function eventsIn(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { event: string }).event)
    .filter((event) => event !== 'progress' && event !== 'notice')
}

it(
  'an error that nobody has caught ends the worker, with the reason and what to do',
  async () => {
    workspace.env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CARELESS)}` }
    const run = workspace.start('run')
    await expect.poll(() => run.stderr, { timeout: 2 * MINUTE }).toMatch(/worker \S+ runs/)
    run.kill('SIGUSR2')
    const { code, stderr } = await run.ended
    workspace.env = {}
    expect(code).toBe(1)
    expect(stderr).toContain('ninefold: something went wrong that nobody foresaw: nobody waits for this')
    expect(stderr).toContain('[NF_UNFORESEEN]')
    expect(stderr).toContain('run again it goes on from there')
  },
  4 * MINUTE,
)

it(
  'a broker that goes is told once, waited for, and told once when it is back',
  async () => {
    const run = workspace.start('run', '--json')
    await expect.poll(() => eventsIn(run.stderr), { timeout: 2 * MINUTE }).toContain('started')
    await stack.kill('kafka')
    await expect.poll(() => eventsIn(run.stderr), { timeout: MINUTE }).toContain('kafka-away')
    await stack.startAgain()
    await expect.poll(() => eventsIn(run.stderr), { timeout: 2 * MINUTE }).toContain('kafka-back')
    run.kill('SIGINT')
    const { code, stderr } = await run.ended
    expect(code).toBe(130)
    expect(eventsIn(stderr)).toEqual(['started', 'kafka-away', 'kafka-back', 'stopping'])
    expect(stderr).toContain(`Kafka at ${stack.brokers[0]} is away since`)
    const { stdout } = await workspace.succeed('run', '--until-drained', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ ended: 'drained' })
  },
  8 * MINUTE,
)

it(
  'Ctrl-C ends a worker whose broker is away',
  async () => {
    const run = workspace.start('run', '--json')
    await expect.poll(() => eventsIn(run.stderr), { timeout: 2 * MINUTE }).toContain('started')
    await stack.kill('kafka')
    await expect.poll(() => eventsIn(run.stderr), { timeout: MINUTE }).toContain('kafka-away')
    run.kill('SIGINT')
    const { code } = await run.ended
    expect(code).toBe(130)
  },
  5 * MINUTE,
)
