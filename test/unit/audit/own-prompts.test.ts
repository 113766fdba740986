/** Every step asks in the words of the configuration, and every id follows from them: a whole run, audited. */
import { describe, expect, it } from 'vitest'
import { OUR_PROMPTS, PROMPT_NAMES, type PromptName, type Prompts } from '../../../prompts/prompts.ts'
import { kindOf, promptText } from '../../support/fake-ask.ts'
import { auditOf, CONFIG, loggedRun } from './audited-log.ts'

const wordsOf = (name: PromptName) => `Do what ${name} does.`
const reworded = PROMPT_NAMES.map((name) => [name, OUR_PROMPTS[name].reworded({ task: wordsOf(name) })])
const config = { ...CONFIG, prompts: Object.fromEntries(reworded) as Prompts }

function promptOf(request: Parameters<typeof kindOf>[0]): PromptName {
  if (request.step === 'score.datasets') return 'scoreItem'
  const kind = kindOf(request)
  return kind === 'control' ? 'verify' : kind
}

describe('a run with every prompt in words of its own', () => {
  it('says these words, and ours nowhere', async () => {
    const { requests } = await loggedRun(config)
    expect(new Set(requests.map(promptOf))).toEqual(new Set(PROMPT_NAMES))
    for (const request of requests) {
      const name = promptOf(request)
      expect(promptText(request)).toContain(wordsOf(name))
      expect(promptText(request)).not.toContain(OUR_PROMPTS[name].wording.task)
    }
  })

  it('makes records whose ids follow from them', async () => {
    const { log } = await loggedRun(config)
    expect((await auditOf(log, { config })).faults).toEqual([])
    const blamed = (await auditOf(log)).faults.map(({ step }) => step)
    expect(blamed).toEqual(expect.arrayContaining(['verify', 'rank', 'summarize']))
    for (const { summaryPrompt } of log.decoded('records')) {
      expect(summaryPrompt).toBe(config.prompts.summarize.promptVersion)
    }
  })
})
