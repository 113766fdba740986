import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OUR_PROMPTS, PROMPT_NAMES, promptHashes, promptVersions } from '../../../prompts/prompts.ts'
import { defineRewordable } from '../../../prompts/rewordable.ts'
import { question } from '../../support/records.ts'

const { summarize, verify, regenerate } = OUR_PROMPTS
const values = { question: question({}), cot: 'Because.' }

describe('our own words', () => {
  it('have the hashes that editions which exist were made with', () => {
    expect(promptHashes(OUR_PROMPTS)).toEqual({
      generate: '57c27f74522031a00df87d2f405aca04',
      verify: '59edb3e718c93075055721c73586314b',
      rank: '5c295b0ed5cbaee761bb67bd471c4db4',
      refine: '749c624bab3aa7b2b58058585614e24a',
      consistency: '475c4e63bd0290f78a9973a713f1bb49',
      regenerate: '3f8fd3412f436b7be6b3bc7856a312fb',
      summarize: 'b347f439cb82b6b2ae294529ce2dd887',
    })
    expect(OUR_PROMPTS.score.hash).toBe('017e2a10033853145c068fb68c1b4707')
    expect(OUR_PROMPTS.scoreItem.hash).toBe('5eefd58b6d8b74cd93b7e8229589da8f')
  })

  it.each(PROMPT_NAMES)('of %s, given again, are the same prompt', (name) => {
    const prompt = OUR_PROMPTS[name]
    expect(prompt.reworded({ ...prompt.wording })).toBe(prompt)
    expect(prompt.isOwn).toBe(false)
  })
})

describe('other words', () => {
  const brief = summarize.reworded({ task: 'Be brief.' })

  it('are said in the place of ours, and nothing else changes', () => {
    const [system, user] = brief.render(values)
    const [ourSystem, ourUser] = summarize.render(values)
    expect(system).toEqual(ourSystem)
    expect(user?.content).toBe(ourUser?.content.replace(summarize.wording.task, 'Be brief.'))
    expect(summarize.reworded({ system: 'You edit.' }).render(values)).toEqual([
      { role: 'system', content: 'You edit.' },
      ourUser,
    ])
  })

  it('make another version and hash, which follow from them alone', () => {
    const again = summarize.reworded({ system: 'You edit.' }).reworded(summarize.wording)
    expect(brief.isOwn).toBe(true)
    expect(brief.promptVersion).toBe(`summarize@1+${brief.hash.slice(0, 8)}`)
    expect(summarize.reworded({ task: 'Be brief.' }).hash).toBe(brief.hash)
    expect(again).toMatchObject({ hash: summarize.hash, promptVersion: 'summarize@1', isOwn: false })
    expect(promptVersions({ ...OUR_PROMPTS, summarize: brief })[brief.hash]).toBe(brief.promptVersion)
  })

  it('leave the form of the answer where it is', () => {
    const messages = verify.reworded({ task: 'Judge it.' }).render(values)
    expect(messages[1]?.content.endsWith(`The material ends here.\nJudge it. ${verify.form}`)).toBe(true)
    const lines = verify.reworded({ task: 'Judge it:\n- strictly.' }).render(values)
    expect(lines[1]?.content.endsWith(`Judge it:\n- strictly.\n${verify.form}`)).toBe(true)
  })

  it('leave what is said of single pieces of material where it is', () => {
    const tried = {
      question: values.question,
      attempt: 2,
      keyShown: true,
      earlier: null,
      remarks: ['Wrong.'],
    }
    const [, user] = regenerate.reworded({ task: 'Answer it.' }).render(tried)
    expect(user?.content).toContain('Answer it.\nAn earlier attempt of yours')
    expect(user?.content).toContain('The key above is the official answer.')
    expect(user?.content.endsWith(regenerate.form)).toBe(true)
  })

  it('have the hash of other words only by being the same', () => {
    const words = fc.string({ minLength: 1 })
    fc.assert(
      fc.property(words, words, (one, other) => {
        const [a, b] = [summarize.reworded({ task: one }), summarize.reworded({ task: other })]
        expect(a.hash === b.hash).toBe(one === other)
      }),
    )
  })
})

describe('a prompt that can be reworded', () => {
  it('names its blocks, each once', () => {
    const prompt = defineRewordable<{ texts: readonly string[] }>({
      name: 'p',
      version: '1',
      system: 'You read.',
      task: 'Read.',
      blocks: ({ texts }) => texts.map((text, place) => ({ title: `TEXT ${place + 1}`, text })),
      samples: [{ texts: ['a'] }, { texts: ['a', 'b'] }],
    })
    expect(prompt.titles).toEqual(['TEXT 1', 'TEXT 2'])
    expect(regenerate.titles).toEqual(['QUESTION', 'OPTIONS', 'KEY', 'REMARKS', 'EARLIER REASONING'])
  })
})
