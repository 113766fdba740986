/**
 * Judges that err: a tenth of the verdicts on recorded answers is wrong, either way. What every path and question must
 * come to is worked out here anew, from the recorded answers and the judge's stored words alone.
 */
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { Verdict } from '../../schemas/types.ts'
import { resetStats, statsOf } from '../support/endpoint-stats.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import {
  describeWithData,
  RECORDED_MODELS,
  type RecordedQuestion,
  readRecorded,
  testEndpoint,
} from '../support/test-data.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000

describeWithData('judges that err', ['TEST_DATA', 'TEST_ENDPOINT_FLIP'], () => {
  let questions: ReadonlyMap<string, RecordedQuestion>
  let workspace: Workspace
  let verdicts: Verdict[]

  beforeAll(async () => {
    const endpoint = testEndpoint('TEST_ENDPOINT_FLIP')
    await resetStats(endpoint)
    const subset = [...readRecorded('medbullets'), ...readRecorded('pubmedqa').slice(0, 200)]
    questions = new Map(subset.map((question) => [`some:${question.id}`, question]))
    workspace = new Workspace(recordedPipeline({ pipeline: 'flip', endpoint, stack: inject('stack') }))
    const file = workspace.writeLines('some.jsonl', subset)
    await workspace.succeed('load', '--source', 'some', file)
    await workspace.succeed('run', '--until-drained')
    verdicts = await workspace.all('verdicts')
    expect((await statsOf(endpoint)).answeredRepeated).toBe(0)
  }, 5 * MINUTES)

  afterAll(() => workspace?.[Symbol.dispose]())

  it('gives every path one verdict', () => {
    const judged = verdicts.map(({ question, path }) => `${question.questionId} ${path?.model}`)
    const wanted = [...questions.keys()].flatMap((id) => RECORDED_MODELS.map((model) => `${id} ${model}`))
    expect(judged.sort()).toEqual(wanted.sort())
  })

  it('reads every answer by code as it was recorded', () => {
    for (const verdict of verdicts) {
      const { key, said, isOption } = recordedOf(verdict)
      const wanted = !isOption ? 'unreadable' : said === key ? 'match' : 'mismatch'
      expect(verdict.codeCheck, verdict.verdictId).toBe(wanted)
      expect(verdict.extracted, verdict.verdictId).toEqual(isOption ? [said] : null)
    }
  })

  it('judges as code and judge together must', () => {
    for (const verdict of verdicts) {
      const { judgement, decidedBy, judgeVerdict, verdictId } = verdict
      expect(['Correct', 'Error'], verdictId).toContain(judgeVerdict)
      const { key, said, isOption } = recordedOf(verdict)
      const isWrong = isOption && said !== key
      expect({ judgement, decidedBy }, verdictId).toEqual(
        isWrong ? { judgement: 'Error', decidedBy: 'code' } : { judgement: judgeVerdict, decidedBy: 'judge' },
      )
    }
  })

  it('is put to the test: a tenth of the judgements is wrong, either way', () => {
    const wrong = verdicts.filter((verdict) => {
      const { key, said } = recordedOf(verdict)
      return (verdict.judgeVerdict === 'Correct') !== (said === key)
    })
    expect(wrong.length / verdicts.length).toBeGreaterThan(0.07)
    expect(wrong.length / verdicts.length).toBeLessThan(0.13)
    expect(new Set(wrong.map(({ judgeVerdict }) => judgeVerdict))).toEqual(new Set(['Correct', 'Error']))
  })

  it('tiers every question by the errors that makes', async () => {
    const errors = new Map([...questions.keys()].map((id) => [id, 0]))
    for (const verdict of verdicts) {
      const { key, said, isOption } = recordedOf(verdict)
      const isError = (isOption && said !== key) || verdict.judgeVerdict === 'Error'
      const { questionId } = verdict.question
      if (isError) errors.set(questionId, errors.get(questionId)! + 1)
    }
    const triaged = [
      ...(await workspace.all('triaged-easy')),
      ...(await workspace.all('triaged-medium')),
      ...(await workspace.all('triaged-difficult')),
    ]
    expect(triaged).toHaveLength(questions.size)
    for (const { question, tier, errors: counted } of triaged) {
      const wrong = errors.get(question.questionId)!
      expect({ tier, counted }, question.questionId).toEqual({
        tier: wrong <= 4 ? 'easy' : wrong <= 7 ? 'medium' : 'difficult',
        counted: wrong,
      })
    }
    expect(new Set(triaged.map(({ tier }) => tier)).size).toBe(3)
  })

  it('balances', async () => {
    await workspace.succeed('audit')
  })

  function recordedOf({ question, path }: Verdict): { key: string; said: string; isOption: boolean } {
    const { answer, options, recorded } = questions.get(question.questionId)!
    const said = recorded[path!.model]?.answer ?? ''
    return { key: answer, said, isOption: Object.hasOwn(options, said) }
  }
})
