/** What a replay's plan says is what the replay then does, and a plan leaves nothing behind. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { planJson } from '../../pipeline/plan/plan-screen.ts'
import { openSession } from '../../pipeline/session.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { PRICED_QUESTIONS, pricedPipeline } from '../support/priced-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const EXIT_FAILED = 1
const EXIT_BUDGET = 4
const WARMER = ['--edition', 'warmer', '--from', 'verdicts', '--set', 'roles.summarize.temperature=0.3']
const STRICTER = ['--edition', 'stricter', '--from', 'raw-paths', '--set', 'triage.easy.maxErrors=0']

type PlanJson = ReturnType<typeof planJson>

describe('the plan of a replay', () => {
  let simulator: Simulator
  let workspace: Workspace

  beforeAll(async () => {
    simulator = await startSimulator({ questions: [PRICED_QUESTIONS], latency: 5 })
    workspace = new Workspace(pricedPipeline('planned', simulator, null))
    await workspace.succeed('load', PRICED_QUESTIONS)
    await workspace.succeed('run', '--until-drained')
  }, 3 * MINUTES)

  afterAll(async () => {
    workspace?.[Symbol.dispose]()
    await simulator?.close()
  })

  async function planOf(replay: readonly string[]): Promise<PlanJson> {
    const { stdout } = await workspace.succeed('replay', ...replay, '--plan', '--json')
    return JSON.parse(stdout) as PlanJson
  }

  async function topicsOf(edition: string): Promise<string[]> {
    const session = await openSession({ config: `${workspace.folder}/ninefold.yaml`, readOnly: true })
    try {
      return (await session.client.listTopics()).filter((topic) => topic.startsWith(`planned.${edition}.`))
    } finally {
      await session.close()
    }
  }

  async function subjectsOf(edition: string): Promise<string[]> {
    const answer = await fetch(`${inject('stack').registryUrl}/subjects`)
    return ((await answer.json()) as string[]).filter((subject) => subject.startsWith(`planned.${edition}.`))
  }

  it(
    'counts to the call what another summarizer is asked, begins nothing too dear, and pauses at its limit',
    async () => {
      const records = (await workspace.all('records')).length
      const before = simulator.stats().calls
      const plan = await planOf(WARMER)
      expect(plan).toMatchObject({ changed: 0, open: 0, unpriced: [], deadLetters: 0 })
      expect(plan.toMake).toMatchObject([
        { step: 'summarize', model: 'sim-mini', certain: { calls: records } },
      ])
      expect(plan.estimated.calls).toBe(0)
      const usd = plan.certain.usd!
      const tooDear = await workspace.run('replay', ...WARMER, '--max-cost', (usd / 2).toFixed(6))
      expect(tooDear.code).toBe(EXIT_FAILED)
      expect(tooDear.stderr).toContain('[NF_REPLAY_COST]')
      expect(simulator.stats().calls).toBe(before)
      expect([...(await topicsOf('warmer')), ...(await subjectsOf('warmer'))]).toEqual([])

      // The last calls might cost more than they do, so that just enough is not enough.
      const paused = await workspace.run('replay', ...WARMER, '--max-cost', (usd * 1.01).toFixed(6))
      expect(paused.code, paused.stderr).toBe(EXIT_BUDGET)
      const made = simulator.stats().calls - before
      expect(made).toBeGreaterThan(0)
      expect(made).toBeLessThan(records)
      expect((await planOf(WARMER)).certain.calls).toBe(records - made)
      await workspace.succeed('replay', ...WARMER, '--max-cost', '100')
      expect(simulator.stats().calls - before).toBe(records)
      expect(await workspace.all('records', 'warmer')).toHaveLength(records)
    },
    6 * MINUTES,
  )

  it(
    'knows every tier beforehand, and exactly what is asked once nothing is left to be guessed',
    async () => {
      const before = simulator.stats().calls
      const plan = await planOf(STRICTER)
      expect(plan.open).toBe(0)
      expect(plan.changed).toBeGreaterThan(0)
      expect(plan.certain.calls).toBeGreaterThan(0)
      await workspace.succeed('replay', ...STRICTER)
      expect(simulator.stats().calls - before).toBeGreaterThanOrEqual(plan.certain.calls)
      for (const tier of ['easy', 'medium', 'difficult'] as const) {
        const planned = plan.tiers.filter(({ after }) => after === tier)
        const questions = planned.reduce((sum, field) => sum + field.questions, 0)
        expect(await workspace.all(`triaged-${tier}`, 'stricter'), tier).toHaveLength(questions)
      }
      expect(await planOf(STRICTER)).toMatchObject({ tiers: plan.tiers, toMake: [] })
      expect(simulator.stats().repeated).toBe(0)
    },
    6 * MINUTES,
  )
})
