/** A role's limit pauses that role and nothing else; a run's own limit pauses that run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roleOf } from '../../models/budget-limits.ts'
import type { PipelineStatus } from '../../progress/pipeline-status.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { PRICED_QUESTIONS, type PricedBudget, pricedPipeline } from '../support/priced-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const NANO = 1e9
const EXIT_BUDGET = 4
const SAMPLERS = 3
const RUN_USD = 0.05
const VERIFY_USD = 0.03

describe('limits beside the edition’s', () => {
  let simulator: Simulator
  let workspace: Workspace
  const configured = (budget: PricedBudget | null) => pricedPipeline('limits', simulator, budget)

  beforeAll(async () => {
    simulator = await startSimulator({ questions: [PRICED_QUESTIONS], latency: 5 })
    workspace = new Workspace(configured(null))
  }, MINUTES)

  afterAll(async () => {
    workspace?.[Symbol.dispose]()
    await simulator?.close()
  })

  async function spentUsd(role: string | null = null): Promise<number> {
    const all = await workspace.all('completions')
    return all
      .filter(({ step }) => role === null || roleOf(step) === role)
      .reduce((sum, { costNanoUsd, atMostNanoUsd }) => sum + (costNanoUsd ?? atMostNanoUsd!) / NANO, 0)
  }

  async function events() {
    const all = await workspace.all('budget-events')
    return all.map(({ kind, role, limitNanoUsd }) => [kind, role, limitNanoUsd! / NANO])
  }

  it('--max-usd pauses the run that has it, which counts from its own start', async () => {
    await workspace.succeed('load', PRICED_QUESTIONS)
    for (const runs of [1, 2]) {
      const { code, stderr } = await workspace.run('run', '--until-drained', '--max-usd', String(RUN_USD))
      expect(stderr).toContain('the limit of $0.05 for this run of this worker is reached: $0.0')
      expect(code).toBe(EXIT_BUDGET)
      const usd = await spentUsd()
      expect(usd).toBeLessThanOrEqual(runs * RUN_USD)
      expect(usd).toBeGreaterThan((runs - 1) * RUN_USD)
    }
    expect(await events()).toEqual([
      ['run-reached', null, RUN_USD],
      ['run-reached', null, RUN_USD],
    ])
  })

  it('a role that has reached its limit waits, and all others do what they can', async () => {
    workspace.configure(configured({ roles: { verify: VERIFY_USD } }))
    const { code, stderr } = await workspace.run('run', '--until-drained')
    expect(stderr).toContain('the budget of $0.03 for verify is reached: $0.0')
    expect(stderr).toContain('The other steps go on. Raise `budget.roles.verify` in the configuration')
    expect(code).toBe(EXIT_BUDGET)
    expect(await spentUsd('verify')).toBeLessThanOrEqual(VERIFY_USD)
    expect(await workspace.all('raw-paths')).toHaveLength(SAMPLERS * simulator.questions)
    expect((await events()).slice(2)).toEqual([
      ['set', 'verify', VERIFY_USD],
      ['reached', 'verify', VERIFY_USD],
    ])
    const { stdout } = await workspace.succeed('status', '--json')
    const { pipeline } = JSON.parse(stdout) as { pipeline: PipelineStatus }
    expect(pipeline.roleBudgets).toMatchObject([{ role: 'verify', budgetUsd: VERIFY_USD }])
    expect(pipeline.roleBudgets[0]!.spentUsd).toBeCloseTo(await spentUsd('verify'), 9)
  })

  it('without its limit the role goes on where it stopped', async () => {
    workspace.configure(configured({ usd: 100 }))
    await workspace.succeed('run', '--until-drained')
    await workspace.succeed('audit')
    expect(simulator.stats().repeated).toBe(0)
    expect(new Set((await events()).slice(4).map(([kind, role]) => `${kind} ${role}`))).toEqual(
      new Set(['set null', 'removed verify']),
    )
  })

  it('--max-usd is refused where a price is unknown', async () => {
    const { models, ...rest } = configured(null) as { models: Record<string, { price?: object }> }
    const { price: _, ...unpriced } = models['sim-mini']!
    workspace.configure({ ...rest, models: { ...models, 'sim-mini': unpriced } })
    const { code, stderr } = await workspace.run('run', '--until-drained', '--max-usd', '1')
    expect(code).toBe(1)
    expect(stderr).toContain('[NF_CONFIG_UNKNOWN_PRICE]')
    expect(stderr).toContain('the model sim-mini is used, but its price is unknown')
  })
})
