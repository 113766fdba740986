/**
 * Workers come and go while calls are under way that take longer than anybody would wait: the others go on soon, no
 * call is cut, and none is made twice.
 */
import { readFileSync } from 'node:fs'
import { join as pathOf } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import type { CliProcess } from '../support/cli-process.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { type SlowCall, SlowEndpoint, WORKER_HEADER } from '../support/slow-endpoint.ts'
import { Workspace } from '../support/workspace.ts'

const SECONDS = 1_000
const MINUTES = 60 * SECONDS
/**
 * How long after a join or a leave the others have the partitions at the latest, and how much longer after a kill. It
 * takes a second or two; five are promised; a machine with much else to do is given more.
 */
const SOON_MS = 10 * SECONDS
const SESSION_MS = 10 * SECONDS
const PARTITIONS = 4
const LONG_CALLS = 40
/** More calls than are held together in all tests. */
const QUESTIONS = 30
/** admit, nine samplers, verify, triage, rank, refine, regenerate, summarize, withdraw. */
const GROUPS = 17

/** A line of the log. */
interface Joined {
  readonly msg: string
  readonly pid: number
  readonly time: number
  readonly groupId: string
  readonly partitions: readonly number[]
}

describe('workers with long calls under way', () => {
  let simulator: Simulator
  let endpoint: SlowEndpoint
  let workspace: Workspace
  const workers = new Map<string, CliProcess>()

  beforeAll(async () => {
    simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 2_500 })
    endpoint = await SlowEndpoint.open(simulator.url)
    const config = simulatedPipeline({ pipeline: 'rebalance', url: endpoint.url, stack: inject('stack') })
    const baseURL = `${endpoint.url}/v1`
    const sim = { baseURL, maxConcurrency: 100, headers: { [WORKER_HEADER]: { env: 'WORKER' } } }
    workspace = new Workspace({ ...config, endpoints: { sim } })
    workspace.env = { WORKER: 'none' }
    await workspace.succeed('load', workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
  }, 2 * MINUTES)

  afterAll(async () => {
    for (const worker of workers.values()) worker.kill('SIGKILL')
    await endpoint?.close()
    await simulator?.close()
    workspace?.[Symbol.dispose]()
  })

  /** Starts a worker. @returns when it has joined */
  async function join(name: string): Promise<number> {
    workspace.env = { WORKER: name, NINEFOLD_LOG_LEVEL: 'debug' }
    const worker = workspace.start('run', '--until-drained')
    workers.set(name, worker)
    await until(() => worker.stderr.includes(' runs'))
    return performance.now()
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(20)
  }

  /** What a worker logged of its groups, from this moment on, in milliseconds since 1970. */
  function joinsOf(name: string, since: number): Joined[] {
    const log = readFileSync(pathOf(workspace.folder, '.ninefold', 'logs', 'ninefold.log'), 'utf8')
    const lines = log.trimEnd().split('\n')
    return lines
      .map((line) => JSON.parse(line) as Joined)
      .filter(({ msg, pid, time }) => msg === 'joined' && pid === workers.get(name)!.pid && time >= since)
  }

  /** How long it took until a worker had all partitions of all steps, ms after a moment. */
  async function takenOver(by: string, since: number): Promise<number> {
    let last: number | undefined
    await until(() => {
      const whole = joinsOf(by, since).filter(({ partitions }) => partitions.length === PARTITIONS)
      const first = new Map<string, number>()
      for (const { groupId, time } of whole.toReversed()) first.set(groupId, time)
      last = Math.max(...first.values())
      return first.size === GROUPS
    })
    return last! - since
  }

  it('works on soon after a worker has joined, and cuts nothing', async () => {
    // However long workers take to start, there is work left.
    endpoint.hold(Number.POSITIVE_INFINITY)
    await join('first')
    await until(() => endpoint.held >= LONG_CALLS)
    const joined = await join('second')
    // Whatever it calls for was the first one's.
    const isTaken = ({ worker }: SlowCall) => worker === 'second'
    await until(() => endpoint.calls.some(isTaken))
    const ms = endpoint.calls.find(isTaken)!.cameAt - joined
    console.log(`called ${Math.round(ms)} ms after its join`)
    expect(ms).toBeLessThan(SOON_MS)
    expect([endpoint.in('cut'), endpoint.repeated]).toEqual([[], []])
  })

  it('works on soon after a worker has left, whose calls go on', async () => {
    endpoint.release()
    endpoint.hold(LONG_CALLS)
    await until(() => endpoint.held >= LONG_CALLS)
    const leaving = Date.now()
    workers.get('first')!.kill('SIGTERM')
    const ms = await takenOver('second', leaving)
    console.log(`took over ${ms} ms after a leave`)
    expect(ms).toBeLessThan(SOON_MS)
    expect(endpoint.held).toBe(LONG_CALLS)
    endpoint.release()
    endpoint.hold(Number.POSITIVE_INFINITY)
    expect((await workers.get('first')!.ended).signal).toBeNull()
    expect([endpoint.in('cut'), endpoint.repeated]).toEqual([[], []])
  })

  it('works on soon after the session of a killed worker', async () => {
    await join('third')
    await until(() => endpoint.calls.some(({ worker }) => worker === 'third'))
    const killing = Date.now()
    workers.get('third')!.kill('SIGKILL')
    endpoint.release()
    const ms = await takenOver('second', killing)
    console.log(`took over ${ms} ms after a kill`)
    expect(ms).toBeLessThan(SESSION_MS + SOON_MS)
  })

  it('has paid for nothing twice in the end, but for what the killed one had under way', async () => {
    expect(await workers.get('second')!.ended).toMatchObject({ code: 0 })
    await workspace.succeed('audit')
    expect(endpoint.in('cut').every(({ worker }) => worker === 'third')).toBe(true)
    const cut = new Set(endpoint.in('cut').map(({ body }) => body))
    expect(endpoint.repeated.filter(({ body }) => !cut.has(body))).toEqual([])
  })
})
