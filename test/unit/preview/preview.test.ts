import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../config/config.ts'
import type { Config } from '../../../config/types.ts'
import { outcomesOf } from '../../../preview/outcomes.ts'
import { type PreviewOptions, preview, runPreview } from '../../../preview/preview.ts'
import { sourceAt } from '../../../preview/questions.ts'
import { readRecordedCalls } from '../../../preview/recorded-calls.ts'
import { folderWith, initText, QUESTION } from '../validate/folder.ts'

const SECOND = QUESTION.replace('q1', 'q2').replace('dry cough', 'swollen ankle').replace('"A"', '"B"')

async function trial(files: Readonly<Record<string, string>>, change = (text: string) => text) {
  const folder = folderWith({ 'ninefold.yaml': change(await initText()), ...files })
  return { folder, config: await loadConfig(join(folder, 'ninefold.yaml')) }
}

const options = (config: Config): PreviewOptions => ({
  config,
  sources: config.sources,
  count: 1,
  step: null,
  onProblem: () => {},
})
const asking = { stop: new AbortController().signal, graceMs: 50, onWait: () => {} }

describe('what is shown without asking', () => {
  it('are the first questions, and a projection to all of them', async () => {
    const { config } = await trial({ 'questions.jsonl': `${QUESTION}${SECOND}${QUESTION}no question\n` })
    const problems: string[] = []
    const shown = await preview({ ...options(config), onProblem: (line) => problems.push(line) })
    expect(shown.questions.map(({ question }) => question.questionId)).toEqual(['set:q1'])
    expect([shown.total, shown.bad, shown.simulated]).toEqual([2, 1, true])
    expect(problems).toEqual([expect.stringContaining('questions.jsonl:4: error: not JSON')])
    expect(shown.projected.calls).toBeCloseTo(2 * shown.estimate.expected.calls)
  })

  it('may be one step, a sampler’s by its name', async () => {
    const { config } = await trial({ 'questions.jsonl': QUESTION })
    const prompts = async (step: string) =>
      (await preview({ ...options(config), step })).questions[0]!.prompts
    expect(await prompts('refine')).toHaveLength(2)
    expect((await prompts('generate.qwen-t0.7')).map(({ step }) => step)).toEqual(['generate'])
    await expect(prompts('verfy')).rejects.toMatchObject({ code: 'NF_STEP_UNKNOWN' })
  })

  it('may come from another file', async () => {
    const { config, folder } = await trial({ 'questions.jsonl': QUESTION, 'other.jsonl': SECOND })
    const shown = await preview({ ...options(config), sources: [sourceAt(join(folder, 'other.jsonl'))] })
    expect(shown.questions.map(({ question }) => question.questionId)).toEqual(['set:q2'])
  })

  it('is nothing where there are no questions', async () => {
    const { config } = await trial({ 'questions.jsonl': '' })
    await expect(preview(options(config))).rejects.toMatchObject({ code: 'NF_PREVIEW_NO_QUESTIONS' })
    await expect(preview({ ...options(config), sources: [] })).rejects.toMatchObject({
      message: 'the configuration names no `sources`',
    })
  })
})

describe('asking for real', () => {
  it('makes records, pays once, and remembers what calls were like', async () => {
    const { config } = await trial({ 'questions.jsonl': QUESTION })
    const { questions } = await preview(options(config))
    const asked = questions.map(({ question }) => question)
    const first = await runPreview(config, asked, asking)
    const ids = asked.map(({ questionId }) => questionId)
    const [outcome] = outcomesOf(config, first.records, ids)
    expect(outcome?.verdicts).toHaveLength(9)
    expect(outcome?.tier).not.toBeNull()
    expect(first.spent.calls).toBeGreaterThanOrEqual(18)
    expect(first.spent.nanoUsd).toBeGreaterThan(0)

    const again = await runPreview(config, asked, asking)
    expect(again.spent).toEqual({ calls: 0, promptTokens: 0, completionTokens: 0, nanoUsd: 0 })
    expect(outcomesOf(config, again.records, ids)).toEqual([outcome])

    const recorded = await readRecordedCalls(config)
    expect(recorded.tokensOf('verify', 'sim-verifier')?.calls).toBe(9)
    expect(recorded.tokensOf('verify', 'sim-mini')).toBeNull()
    expect((await preview(options(config))).estimate.steps.some((step) => step.recorded)).toBe(true)
  })

  it('stops at the budget', async () => {
    const { config } = await trial({ 'questions.jsonl': QUESTION }, (text) =>
      text.replace('usd: 5', 'usd: 0.005'),
    )
    const { questions } = await preview(options(config))
    const run = runPreview(
      config,
      questions.map(({ question }) => question),
      asking,
    )
    await expect(run).rejects.toMatchObject({ code: 'NF_BUDGET_REACHED' })
  })

  it('ends when it is told to', async () => {
    const { config } = await trial({ 'questions.jsonl': QUESTION }, (text) =>
      text.replace('simulated: true', 'simulated: { latencyMs: 60000 }'),
    )
    const { questions } = await preview(options(config))
    const stop = new AbortController()
    const run = runPreview(
      config,
      questions.map(({ question }) => question),
      { ...asking, stop: stop.signal },
    )
    setImmediate(() => stop.abort(new Error('enough')))
    await expect(run).rejects.toThrow('enough')
  })
})
