import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../../../config/config.ts'
import type { ReplayPlan } from '../../../../pipeline/plan/replay-plan.ts'
import { REPLAY_TOPICS, type ReplayTopic } from '../../../../pipeline/replay.ts'
import { planOn, replayOf, tiersOf } from '../../../support/planned-edition.ts'
import { config, question, sampler } from '../../../support/records.ts'
import { TopologyRun } from '../../../support/run-topology.ts'
import { byHardness, ScriptedModels } from '../../../support/scripted-models.ts'
import { TopicLog } from '../../../support/topic-log.ts'

const QUESTIONS = 16
const PRICE = { input: 1, output: 4 }

/** A role's model at another temperature: every call of it is a new one. */
function warmer(base: Config, role: 'verify' | 'rank' | 'refine' | 'regenerate' | 'summarize'): Config {
  return { ...base, roles: { ...base.roles, [role]: { ...base.roles[role], temperature: 0.5 } } }
}

/** So many samplers in the place of nine; thresholds that fit. */
function withSamplers(count: number): Partial<Config> {
  return { samplers: Array.from({ length: count }, (_, at) => sampler(at + 1)) }
}

function thenOf({ tiers }: ReplayPlan): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { after, questions } of tiers) sums[after] = (sums[after] ?? 0) + questions
  return sums
}

describe('the plan of a replay', () => {
  let log: TopicLog
  let tiersOfMain: Record<string, number>
  /** They know what main has asked. */
  const modelsOfMain = new ScriptedModels()

  function fresh(): TopicLog {
    const questions = new TopicLog()
    for (let number = 1; number <= QUESTIONS; number++) {
      const questionId = `set:${number}`
      questions.append('questions', questionId, question({ questionId, stem: `What is case ${number}?` }))
    }
    return questions
  }

  beforeAll(async () => {
    log = fresh()
    await new TopologyRun(log, config()).run(modelsOfMain.ask)
    tiersOfMain = tiersOf(log)
    expect(Object.keys(tiersOfMain).sort()).toEqual(['difficult', 'easy', 'medium'])
  }, 60_000)

  it.each(REPLAY_TOPICS)('finds nothing to ask in the same edition, from its %s', async (from) => {
    const models = modelsOfMain.remembering()
    const plan = await planOn(log, config(), from, models)
    expect(plan).toMatchObject({ questions: QUESTIONS, changed: 0, open: 0, toMake: [], deadLetters: 0 })
    expect(thenOf(plan)).toEqual(tiersOfMain)
    const answered = plan.answered.reduce((sum, { calls }) => sum + calls, 0)
    const steps = { questions: [], 'raw-paths': ['generate'], verdicts: ['generate', 'verify'] }[
      from
    ] as string[]
    const paid = log.decoded('completions').filter(({ step }) => !steps.includes(step))
    expect(answered).toBe(paid.length)
    expect(models.calls).toBe(0)
  })

  it('counts every call of a summarizer that was changed, and its cost by the means of the edition before', async () => {
    const models = modelsOfMain.remembering()
    const changed = warmer(config(), 'summarize')
    const { summarize } = changed.roles
    const priced = {
      ...changed,
      roles: { ...changed.roles, summarize: { ...summarize, model: { ...summarize.model, price: PRICE } } },
    }
    const plan = await planOn(log, priced, 'verdicts', models)
    const records = log.decoded('records').length
    // The log's completions have one token each way.
    const certain = {
      calls: records,
      promptTokens: records,
      completionTokens: records,
      nanoUsd: records * 5_000,
      unpriced: 0,
    }
    expect(plan.toMake).toEqual([expect.objectContaining({ step: 'summarize', model: 'summarize', certain })])
    expect(plan.estimated.calls).toBe(0)
    await replayOf(log, priced, 'verdicts', models)
    expect(Object.fromEntries(models.made)).toEqual({ summarize: records })
  })

  it('never takes an unknown price for nothing', async () => {
    const plan = await planOn(log, warmer(config(), 'summarize'), 'verdicts', modelsOfMain.remembering())
    expect(plan.unpriced).toEqual(['summarize'])
    expect(plan.certain).toMatchObject({ nanoUsd: 0, unpriced: plan.certain.calls })
  })

  it('tells which questions change their tier, and asks for what these need', async () => {
    const models = modelsOfMain.remembering()
    const stricter = config({ triage: { ...config().triage, easyMaxErrors: 2, mediumMaxErrors: 6 } })
    const plan = await planOn(log, stricter, 'verdicts', models)
    const own = await replayOf(log, stricter, 'verdicts', models)
    expect(thenOf(plan)).toEqual(tiersOf(own))
    expect(plan.changed).toBeGreaterThan(0)
    expect(plan.changed).toBe(
      plan.tiers.filter(({ now, after }) => now !== after).reduce((sum, { questions }) => sum + questions, 0),
    )
    expect(plan.certain.calls).toBeGreaterThan(0)
    expect(plan.certain.calls).toBeLessThanOrEqual(models.calls)
    expect(await planOn(log, stricter, 'verdicts', models)).toMatchObject({ toMake: [] })
  })

  it('knows of a tenth sampler what it generates, and that tiers may hang on it', async () => {
    const models = modelsOfMain.remembering()
    const ten = config({ ...withSamplers(10) })
    const plan = await planOn(log, ten, 'questions', models)
    expect(plan.toMake.find(({ step }) => step === 'generate')).toMatchObject({
      model: 'm10',
      certain: { calls: QUESTIONS },
    })
    expect(plan.toMake.find(({ step }) => step === 'verify')?.estimated.calls).toBeCloseTo(QUESTIONS)
    const own = await replayOf(log, ten, 'questions', models)
    const { open = 0, ...certain } = thenOf(plan)
    expect(open).toBeGreaterThan(0)
    expect(open).toBeLessThan(QUESTIONS)
    for (const [tier, questions] of Object.entries(certain))
      expect(questions).toBeLessThanOrEqual(tiersOf(own)[tier] ?? 0)
    const expected = Object.values(plan.expectedTiers).reduce((sum, share) => sum + share, 0)
    expect(expected).toBeCloseTo(open)
  })

  it('counts a call once that several questions share', async () => {
    const twice = new TopicLog()
    for (const value of log.decoded('questions')) {
      twice.append('questions', value.questionId, value)
      const questionId = `other:${value.questionId}`
      twice.append('questions', questionId, { ...value, questionId })
    }
    const models = new ScriptedModels()
    const plan = await planOn(twice, config(), 'questions', models)
    expect(plan).toMatchObject({ questions: 2 * QUESTIONS, certain: { calls: 9 * QUESTIONS } })
  })

  it('lets answers that would not do end as dead letters, as a worker does', async () => {
    const models = new ScriptedModels((kind, ...call) =>
      kind === 'summarize' ? '' : byHardness(kind, ...call),
    )
    const own = fresh()
    await new TopologyRun(own, config()).run(models.ask)
    const plan = await planOn(own, config(), 'questions', models)
    expect(plan.toMake).toEqual([])
    expect(plan.deadLetters).toBe(own.decoded('dead-letters').length)
    expect(plan.deadLetters).toBeGreaterThan(0)
    expect(thenOf(plan)).toEqual(tiersOf(own))
  })

  it('is kept: what is certain is asked, and nothing else where nothing was estimated', async () => {
    const roles = ['verify', 'rank', 'refine', 'regenerate', 'summarize'] as const
    const change = fc.record({
      from: fc.constantFrom<ReplayTopic>(...REPLAY_TOPICS),
      easyMaxErrors: fc.integer({ min: 0, max: 5 }),
      more: fc.integer({ min: 1, max: 3 }),
      role: fc.option(fc.constantFrom(...roles), { nil: null }),
      tries: fc.integer({ min: 1, max: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ from, easyMaxErrors, more, role, tries }) => {
        const models = modelsOfMain.remembering()
        const triage = { ...config().triage, easyMaxErrors, mediumMaxErrors: easyMaxErrors + more }
        const settings = config({ triage, regenerate: { ...config().regenerate, tries } })
        const changed = role === null ? settings : warmer(settings, role)
        const plan = await planOn(log, changed, from, models)
        const own = await replayOf(log, changed, from, models)
        expect(plan.certain.calls).toBeLessThanOrEqual(models.calls)
        for (const { step, certain } of plan.toMake) {
          expect(certain.calls).toBeLessThanOrEqual(models.made.get(step) ?? 0)
        }
        if (plan.toMake.length === 0) expect(models.calls).toBe(0)
        if (plan.estimated.calls === 0) expect(models.calls).toBe(plan.certain.calls)
        if (plan.open === 0) expect(thenOf(plan)).toEqual(tiersOf(own))
        const after = await planOn(log, changed, from, models)
        expect(after).toMatchObject({ toMake: [], open: 0, questions: QUESTIONS })
        expect(thenOf(after)).toEqual(tiersOf(own))
      }),
      { numRuns: 8 },
    )
  }, 120_000)
})
