/** Two machines under one budget: what they overspend together, and what is known when both have lost their disks. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OTHERS_LATE_MS } from '../../models/budget.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { PRICED_QUESTIONS, pricedPipeline } from '../support/priced-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const NANO = 1e9
const EXIT_BUDGET = 4
const LIMIT_USD = 0.2
/** Committing, and a reading that begins late: the machine that runs the tests may be slow, and shared. */
const SLACK_MS = 20_000

interface Payment {
  readonly machine: string
  readonly endedAt: number
  readonly usd: number
}

describe('two machines under one budget', () => {
  let simulator: Simulator
  let machines: Workspace[]

  beforeAll(async () => {
    simulator = await startSimulator({ questions: [PRICED_QUESTIONS], latency: 20 })
    const config = pricedPipeline('machines', simulator, { usd: LIMIT_USD })
    machines = [new Workspace(config), new Workspace(config)]
  }, MINUTES)

  afterAll(async () => {
    for (const machine of machines ?? []) machine[Symbol.dispose]()
    await simulator?.close()
  })

  /** All payments in the order in which they were made; a machine is what its journals' names have in common. */
  async function payments(): Promise<Payment[]> {
    const all = await machines[0]!.all('completions')
    return all
      .map(({ journal, startedAt, durationMs, costNanoUsd, atMostNanoUsd }) => ({
        machine: journal.replace(/-\d+$/, ''),
        endedAt: startedAt + durationMs,
        usd: (costNanoUsd ?? atMostNanoUsd!) / NANO,
      }))
      .sort((a, b) => a.endedAt - b.endedAt)
  }

  const kinds = async () => (await machines[0]!.all('budget-events')).map(({ kind }) => kind)

  async function runBoth(): Promise<void> {
    const workers = machines.map((machine) => machine.start('run'))
    if ((await payments()).length === 0) {
      while (!workers.every(({ stderr }) => stderr.includes(' runs'))) await sleep(50)
      await machines[0]!.succeed('load', PRICED_QUESTIONS)
    }
    for (const { ended } of workers) {
      const { code, stderr } = await ended
      expect(stderr).toContain('the budget of $0.20 is reached')
      expect(code).toBe(EXIT_BUDGET)
    }
  }

  it('pause both, and overspend by what the other spent within one reading at most', async () => {
    await runBoth()
    const all = await payments()
    expect(new Set(all.map(({ machine }) => machine)).size).toBe(2)
    for (const machine of new Set(all.map((one) => one.machine))) {
      const last = all.findLast((one) => one.machine === machine)!
      const known = all
        .filter((one) => one.machine === machine || one.endedAt < last.endedAt - OTHERS_LATE_MS - SLACK_MS)
        .reduce((sum, { usd }) => sum + usd, 0)
      expect(known).toBeLessThanOrEqual(LIMIT_USD)
    }
    // Machines notice as well as workers do: a change is one record all the same.
    expect(await kinds()).toEqual(['set', 'reached'])
  })

  it('know at their next start what both have spent, and spend nothing more', async () => {
    const before = simulator.stats().answered
    await runBoth()
    expect(simulator.stats().answered).toBe(before)
    expect(await kinds()).toEqual(['set', 'reached'])
  })

  it('know it from the log when both have lost their disks', async () => {
    for (const { folder } of machines) rmSync(join(folder, '.ninefold'), { recursive: true })
    const before = simulator.stats().answered
    await runBoth()
    expect(simulator.stats().answered).toBe(before)
    const spent = (await payments()).reduce((sum, { usd }) => sum + usd, 0)
    for (const machine of machines) {
      const { stdout } = await machine.succeed('status', '--json')
      expect(JSON.parse(stdout).pipeline.spentUsd).toBeCloseTo(spent, 9)
    }
  })

  it('go on after it is raised, and pay for nothing that either has paid for', async () => {
    const before = await machines[0]!.all('completions')
    const answered = ({ status }: { status: string }) => status === 'answered'
    const paidFor = new Set(before.filter(answered).map(({ requestHash }) => requestHash))
    machines[0]!.configure(pricedPipeline('machines', simulator, { usd: 100 }))
    const { code, stderr } = await machines[0]!.run('run', '--until-drained')
    expect(code, stderr).toBe(0)
    const known = new Set(before.map(({ paymentId }) => paymentId))
    const since = (await machines[0]!.all('completions')).filter(({ paymentId }) => !known.has(paymentId))
    expect(since.length).toBeGreaterThan(0)
    expect(since.filter(({ requestHash }) => paidFor.has(requestHash))).toEqual([])
    const done = [...(await machines[0]!.all('records')), ...(await machines[0]!.all('unsolved'))]
    expect(new Set(done.map(({ question }) => question.questionId)).size).toBe(simulator.questions)
    expect(await kinds()).toEqual(['set', 'reached', 'raised'])
    await machines[0]!.succeed('audit')
  })
})
