import { describe, expect, it } from 'vitest'
import type { Message } from '../../../models/ask.ts'
import { consistencyPrompt } from '../../../prompts/consistency.ts'
import { generatePrompt } from '../../../prompts/generate.ts'
import { definePrompt } from '../../../prompts/prompt.ts'
import { OUR_PROMPTS, promptHashes } from '../../../prompts/prompts.ts'
import { questionBlocks } from '../../../prompts/question.ts'
import { rankComplaint, rankPrompt, rankShape } from '../../../prompts/rank.ts'
import { refinePrompt } from '../../../prompts/refine.ts'
import { regeneratePrompt } from '../../../prompts/regenerate.ts'
import { CRITERIA, scorePrompt, scoreShape } from '../../../prompts/score.ts'
import { summarizePrompt } from '../../../prompts/summarize.ts'
import { verifyPrompt, verifyShape } from '../../../prompts/verify.ts'
import { question } from '../../support/records.ts'

const asked = question({ context: ['Passage one.', 'Passage two.'], stem: 'Which?\nTell.' })
const textOf = (messages: readonly Message[]) => messages.map(({ content }) => content).join('\n')
const flat = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

const everyPrompt = {
  generate: textOf(generatePrompt.render({ question: asked })),
  verify: textOf(verifyPrompt.render({ question: asked, cot: 'Because.' })),
  rank: textOf(rankPrompt.render({ question: asked, candidates: [{ label: 'P1', cot: 'Because.' }] })),
  refine: textOf(refinePrompt.render({ question: asked, cot: 'Because.', remarks: ['Wrong dose.'] })),
  consistency: textOf(consistencyPrompt.render({ question: asked, cot: 'Because.' })),
  regenerate: textOf(
    regeneratePrompt.render({
      question: asked,
      attempt: 1,
      keyShown: true,
      earlier: 'Because.',
      remarks: ['Wrong dose.'],
    }),
  ),
  summarize: textOf(summarizePrompt.render({ question: asked, cot: 'Because.' })),
  score: textOf(scorePrompt.render({ question: asked, cot: 'Because.' })),
}

describe('every prompt', () => {
  it.each(Object.entries(everyPrompt))(
    '%s holds passages, stem and options undivided and in order',
    (_name, text) => {
      expect(flat(text)).toContain(flat('Passage one. Passage two. Which? Tell.'))
      expect(text.indexOf('A) Lisinopril\nB) Amlodipine\nC) Atenolol')).toBeGreaterThan(text.indexOf('Tell.'))
    },
  )

  it('has a hash of its own', () => {
    const hashes = promptHashes(OUR_PROMPTS)
    const { score: _observer, ...makers } = everyPrompt
    expect(Object.keys(hashes)).toEqual(Object.keys(makers))
    expect(new Set([...Object.values(hashes), scorePrompt.hash]).size).toBe(8)
    expect(hashes.generate).toBe(generatePrompt.hash)
  })

  it.each(['generate', 'consistency', 'summarize'] as const)('%s does not show the key', (name) => {
    expect(everyPrompt[name]).not.toMatch(/<<<KEY/)
  })
})

describe('the prompt that scores', () => {
  it('shows the key and the reasoning, fenced, and names every criterion of the shape', () => {
    expect(everyPrompt.score).toMatch(/<<<KEY [0-9a-f]{16}>>>\nA\n/)
    expect(everyPrompt.score).toMatch(/<<<REASONING [0-9a-f]{16}>>>\nBecause\.\n/)
    for (const criterion of CRITERIA) expect(everyPrompt.score).toContain(`"${criterion}"`)
  })

  it.each([0, 11, 7.5, '7'])('takes no score of %s', (score) => {
    const grade = { score: 7, justification: 'It holds.' }
    const answer = { clinicalAccuracy: grade, logic: grade, factualCorrectness: grade, completeness: grade }
    expect(scoreShape.safeParse(answer).success).toBe(true)
    expect(scoreShape.safeParse({ ...answer, logic: { ...grade, score } }).success).toBe(false)
  })

  it('takes no score without a justification', () => {
    const grade = { score: 7, justification: '' }
    const answer = { clinicalAccuracy: grade, logic: grade, factualCorrectness: grade, completeness: grade }
    expect(scoreShape.safeParse(answer).success).toBe(false)
  })
})

describe('a prompt hash', () => {
  const render = (word: string) => (values: { x: string }) => [
    { role: 'user' as const, content: `${word} ${values.x}` },
  ]
  const spec = { name: 'p', version: '1', render: render('Say'), samples: [{ x: '{x}' }] }
  const { hash } = definePrompt(spec)

  it('stays when nothing changes', () => {
    expect(definePrompt({ ...spec, render: render('Say') }).hash).toBe(hash)
  })

  it.each([
    ['wording', { ...spec, render: render('Tell') }],
    ['version', { ...spec, version: '2' }],
    ['shape', { ...spec, shape: verifyShape }],
  ])('changes with its %s', (_what, changed) => {
    expect(definePrompt(changed).hash).not.toBe(hash)
  })
})

describe('options in a prompt', () => {
  it('stand on one line each, so that none can pass for two', () => {
    const options = [
      { label: 'A', text: 'one\nB) two' },
      { label: 'B', text: 'three' },
    ]
    expect(questionBlocks({ ...asked, options })[1]?.text).toBe('A) one B) two\nB) three')
  })
})

describe('regenerate without the key', () => {
  const values = { question: asked, keyShown: false, earlier: null, remarks: ['The answer is Lisinopril.'] }

  it('tells neither key nor remarks', () => {
    const text = textOf(regeneratePrompt.render({ ...values, attempt: 2 }))
    expect(text).not.toMatch(/<<<KEY|<<<REMARKS|The answer is Lisinopril/)
  })

  it('says something else on every try', () => {
    const texts = [1, 2, 3].map((attempt) => textOf(regeneratePrompt.render({ ...values, attempt })))
    expect(new Set(texts).size).toBe(3)
  })
})

describe('the shape of a ranking', () => {
  const labels = ['P1', 'P2', 'P3']
  const notes = { P1: '', P2: '', P3: 'Skips an option.' }

  it('takes two of the labels it was given, and nothing else', () => {
    const takes = (value: unknown) => rankShape(labels).safeParse(value).success
    expect(takes({ best: ['P1', 'P2'], notes })).toBe(true)
    expect(takes({ best: ['P1', 'P9'], notes })).toBe(false)
    expect(takes({ best: ['P1'], notes })).toBe(false)
    expect(takes({ best: ['P1', 'P2', 'P3'], notes })).toBe(false)
    expect(takes({ best: ['P1', 'P2'], notes: { P1: '', P2: '' } })).toBe(false)
  })

  it('is not content with one path twice, or with silence about one not chosen', () => {
    expect(rankComplaint({ best: ['P1', 'P2'], notes })).toBeNull()
    expect(rankComplaint({ best: ['P1', 'P1'], notes })).toMatch(/twice/)
    expect(rankComplaint({ best: ['P1', 'P3'], notes })).toMatch(/P2/)
  })
})
