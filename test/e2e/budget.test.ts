/** A run that reaches its budget pauses, keeps what it has paid for, and goes on when the budget is raised. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PipelineStatus } from '../../progress/pipeline-status.ts'
import type { RunSummary } from '../../progress/run-summary.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import type { Ended } from '../support/cli-process.ts'
import { PRICED_QUESTIONS, pricedPipeline } from '../support/priced-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const NANO = 1e9
const EXIT_BUDGET = 4
const TINY_USD = 0.2

describe('a budget that is too small', () => {
  let simulator: Simulator
  let workspace: Workspace

  beforeAll(async () => {
    simulator = await startSimulator({ questions: [PRICED_QUESTIONS], latency: 5, p500: 0.02, p429: 0.02 })
    workspace = new Workspace(pricedPipeline('budget', simulator, { usd: TINY_USD }))
  }, MINUTES)

  afterAll(async () => {
    workspace?.[Symbol.dispose]()
    await simulator?.close()
  })

  /** What the completions say: reported costs, with what counts where none was. */
  async function completions() {
    const all = await workspace.all('completions')
    const nanoUsd = all.reduce(
      (sum, { costNanoUsd, atMostNanoUsd }) => sum + (costNanoUsd ?? atMostNanoUsd!),
      0,
    )
    return { usd: nanoUsd / NANO, answered: all.filter(({ status }) => status === 'answered').length }
  }

  async function events() {
    const all = await workspace.all('budget-events')
    return all.map(({ kind, limitNanoUsd }) => [kind, limitNanoUsd! / NANO])
  }

  function expectPaused({ code, stderr }: Ended): void {
    expect(stderr).toContain('[NF_BUDGET_REACHED]')
    expect(stderr).toContain('the budget of $0.20 is reached: $0.')
    expect(stderr).toContain('$0.00 reserved for calls under way')
    expect(stderr).toContain('Raise `budget.usd`')
    expect(code).toBe(EXIT_BUDGET)
  }

  it('pauses every worker, with all that was paid for kept', async () => {
    // They join when there is work: a call whose partition goes to the other one is paid once, and its answer kept.
    await workspace.succeed('load', PRICED_QUESTIONS)
    const workers = [workspace.start('run'), workspace.start('run')]
    for (const { ended } of workers) expectPaused(await ended)
    const { usd, answered } = await completions()
    expect(usd).toBeLessThanOrEqual(TINY_USD)
    // The cheapest call that is still refused may cost about a cent.
    expect(usd).toBeGreaterThan(TINY_USD * 0.9)
    expect(answered).toBe(simulator.stats().answered)
    await workspace.succeed('audit', '--running')
    // Two workers noticed.
    expect(await events()).toEqual([
      ['set', TINY_USD],
      ['reached', TINY_USD],
    ])
  })

  it('pauses again as long as it is not raised, and spends nothing beyond it', async () => {
    const ended = await workspace.run('run', '--until-drained', '--json')
    expect(ended.code).toBe(EXIT_BUDGET)
    const { ended: how, toDo, spentUsd } = JSON.parse(ended.stdout) as RunSummary
    expect(how).toBe('budget')
    expect(toDo.length).toBeGreaterThan(0)
    const { usd } = await completions()
    expect(usd).toBeLessThanOrEqual(TINY_USD)
    expect(spentUsd).toBeCloseTo(usd, 9)
    expect(await events()).toHaveLength(2)
    const { stdout } = await workspace.succeed('status', '--json')
    const { pipeline } = JSON.parse(stdout) as { pipeline: PipelineStatus }
    expect(pipeline.lastBudgetEvent).toMatchObject({ kind: 'reached', role: null, limitUsd: TINY_USD })
    expect(pipeline.spentUsd).toBeCloseTo(usd, 9)
  })

  it('raised, is worked off from where it stopped', async () => {
    workspace.configure(pricedPipeline('budget', simulator, { usd: 100 }))
    await workspace.succeed('run', '--until-drained')
    await workspace.succeed('audit')
    expect((await events()).slice(2)).toEqual([['raised', 100]])
    const { usd, answered } = await completions()
    expect(usd).toBeGreaterThan(TINY_USD)
    expect(simulator.stats()).toMatchObject({ repeated: 0, answered })
    expect(await workspace.all('dead-letters')).toEqual([])
    const done = [...(await workspace.all('records')), ...(await workspace.all('unsolved'))]
    expect(new Set(done.map(({ question }) => question.questionId)).size).toBe(simulator.questions)
  })
})
