import { describe, expect, it } from 'vitest'
import { promptsScreen } from '../../../preview/prompts-screen.ts'
import { renderedPrompts } from '../../../preview/rendered-prompts.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { config, question, scoringConfig } from '../../support/records.ts'

describe('the prompts of a question', () => {
  it('are those of every step, in the order of the dataflow', () => {
    const prompts = renderedPrompts(config(), question())
    expect(prompts.map(({ step, prompt, note }) => [step, prompt.split('@')[0], note])).toEqual([
      ['generate', 'generate', ''],
      ['verify', 'verify', 'once for each path'],
      ['rank', 'rank', 'easy and medium questions, here with 7 correct paths'],
      ['refine', 'refine', 'medium questions, here with 5 wrong paths'],
      ['refine', 'consistency', 'once for each mended path'],
      ['regenerate', 'regenerate', 'difficult questions, try 1 of 3'],
      ['regenerate', 'regenerate', 'difficult questions, try 3 of 3, with the key'],
      ['summarize', 'summarize', 'once for each kept path'],
    ])
    expect(prompts[0]?.askings).toHaveLength(9)
  })

  it('hold that of scoring where somebody scores', () => {
    const last = renderedPrompts(scoringConfig(), question()).at(-1)
    expect([last?.step, last?.prompt, last?.askings.length]).toEqual(['score', 'score@1', 1])
  })

  it('show the key only where the step shows it', () => {
    const withKey = (text: string) => /<<<KEY /.test(text)
    const shown = renderedPrompts(config(), question()).map(({ messages }) =>
      withKey(messages.map(({ content }) => content).join('\n')),
    )
    expect(shown).toEqual([false, true, true, true, false, false, true, false])
  })

  it('follow the configuration: the key at once, or never', () => {
    const regenerations = (showKey: 'always' | 'never') =>
      renderedPrompts(config({ regenerate: { tries: 2, showKey, giveCorrectPath: false } }), question())
        .filter(({ step }) => step === 'regenerate')
        .map(({ note }) => note)
    expect(regenerations('always')).toEqual([
      'difficult questions, try 1 of 2, with the key',
      'difficult questions, try 2 of 2, with the key',
    ])
    expect(regenerations('never')).toEqual(['difficult questions, try 1 of 2'])
  })

  it('are printed with who is asked, and how', () => {
    const one = question()
    const prompts = renderedPrompts(config(), one).filter(({ step }) => step === 'verify')
    const text = promptsScreen({ question: one, prompts }, PLAIN)
    expect(text).toContain(`Question ${one.questionId}`)
    expect(text).toContain('verify: verify-model, temperature 0, at most 900 tokens')
    expect(text).toContain('[a reasoning path]')
  })
})
