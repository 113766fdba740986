/** Somebody sets the machine's date while a worker runs: by hours, forward and back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { CLOCK_SHIFT, CLOCK_SHIFT_PRELOAD } from '../support/clock-shift-variable.ts'
import { FaultyEndpoint } from '../support/faulty-endpoint.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const HOUR = 3_600_000
const QUESTIONS = 6
/** Calls that must be through before the date is set. */
const BEFORE = 20
/** Longer than a session, so that a worker that forgets its heartbeats is noticed. */
const AFTER_MS = 12_000

let simulator: Simulator
let endpoint: FaultyEndpoint

beforeAll(async () => {
  simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 0.05 })
  endpoint = await FaultyEndpoint.open(`${simulator.url}/v1`)
}, MINUTES)

afterAll(async () => {
  await endpoint?.close()
  await simulator?.close()
})

it.each([
  // Questions of its own for each, or the second would ask what the first has asked.
  ['forward', 3 * HOUR, 0],
  ['back', -3 * HOUR, QUESTIONS],
])(
  'a date set %s by three hours costs nothing: the run goes on, and ends',
  async (name, shiftMs, first) => {
    const url = endpoint.url.slice(0, -'/v1'.length)
    const pipeline = `date-${name}`
    using workspace = new Workspace(simulatedPipeline({ pipeline, url, stack: inject('stack') }))
    const questions = demoQuestions(first + QUESTIONS).slice(first)
    await workspace.succeed('load', workspace.writeLines('some.jsonl', questions))
    const shift = workspace.write('shift', '0')
    workspace.env = { NODE_OPTIONS: `--import ${CLOCK_SHIFT_PRELOAD}`, [CLOCK_SHIFT]: shift }
    const [calls, repeated] = [simulator.stats().calls, simulator.stats().repeated]
    const run = workspace.start('run', '--until-drained')
    await expect.poll(() => simulator.stats().calls - calls, { timeout: 3 * MINUTES }).toBeGreaterThan(BEFORE)
    endpoint.gate.shut()
    workspace.write('shift', String(shiftMs))
    await sleep(AFTER_MS)
    endpoint.storm429({ retryAfter: 2, as: 'date' })
    endpoint.gate.reopen()
    const before = endpoint.spoiled
    await expect.poll(() => endpoint.spoiled, { timeout: 3 * MINUTES }).toBeGreaterThan(before)
    await endpoint.heal()
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(0)
    workspace.env = {}
    await workspace.succeed('audit')
    expect(await workspace.all('dead-letters')).toEqual([])
    expect(simulator.stats().repeated).toBe(repeated)
    for (const { durationMs } of await workspace.all('completions')) {
      expect(durationMs).toBeGreaterThanOrEqual(0)
      expect(durationMs).toBeLessThan(HOUR)
    }
  },
  8 * MINUTES,
)
