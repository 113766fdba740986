/** Datasets of answers, in the forms their makers publish them in; all of them invented. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answeredIn } from '../../../sources/answers.ts'
import { LineError } from '../../../sources/line-problem.ts'
import { type AnswerItem, readAnswers } from '../../../sources/read-answers.ts'

const user = (content: unknown) => ({ role: 'user', content })

describe('a row of a dataset of answers', () => {
  it.each([
    ['Alpaca', { instruction: 'Which?', input: 'A or B', output: 'A.' }, 'Which?\n\nA or B', '', 'A.'],
    [
      'an export',
      { id: '1', instruction: 'Which?', input: '', output: 'A.', metadata: { answer: ['A'] } },
      'Which?',
      '',
      'A.',
    ],
    [
      'ShareGPT',
      {
        conversations: [
          { from: 'system', value: 'Be kind.' },
          { from: 'human', value: 'Which?' },
          { from: 'gpt', value: 'A.' },
        ],
      },
      'Which?',
      '',
      'A.',
    ],
    [
      'OpenAI messages with thoughts apart',
      { messages: [user('Which?'), { role: 'assistant', reasoning_content: 'Well.', content: 'A.' }] },
      'Which?',
      'Well.',
      'A.',
    ],
    [
      'content in parts',
      {
        messages: [
          user([{ type: 'text', text: 'Which?' }, { type: 'image_url' }]),
          { role: 'assistant', content: 'A.' },
        ],
      },
      'Which?',
      '',
      'A.',
    ],
    [
      'several turns',
      {
        messages: [
          user('Which?'),
          { role: 'assistant', content: 'Of what?' },
          user('Of all.'),
          { role: 'assistant', content: 'A.' },
        ],
      },
      'user: Which?\n\nassistant: Of what?\n\nuser: Of all.',
      '',
      'A.',
    ],
    ['prompt and completion', { prompt: 'Which?', completion: 'A.' }, 'Which?', '', 'A.'],
    [
      'prompt and completion as messages',
      { prompt: [user('Which?')], completion: [{ role: 'assistant', content: 'A.' }] },
      'Which?',
      '',
      'A.',
    ],
    [
      'columns with capitals',
      { Question: 'Which?', Complex_CoT: 'Well.', Response: 'A.' },
      'Which?',
      'Well.',
      'A.',
    ],
    [
      'columns with brackets',
      { question: 'Which?', 'reasoning (reasoning_content)': 'Well.', 'response (content)': 'A.' },
      'Which?',
      'Well.',
      'A.',
    ],
    ['reasoning alone', { question: 'Which?', reasoning: 'Well, A.' }, 'Which?', 'Well, A.', ''],
  ])('is read where it is %s', (_form, row, prompt, reasoning, response) => {
    expect(answeredIn(row)).toEqual({ prompt, reasoning, response })
  })

  it.each([
    ['another thing', { text: 'Hello.' }, /^no known form of question and answer \(there are text\)$/],
    ['nothing', {}, /there are no columns/],
    [
      'a question',
      { question: 'Which?', options: { A: 'a', B: 'b' }, answer: 'A' },
      /no answer was written to it/,
    ],
    ['a question without its answer', { instruction: 'Which?' }, /no known form/],
    ['an empty answer', { prompt: 'Which?', completion: ' ' }, /the answer is empty/],
    ['an empty question', { prompt: '', completion: 'A.' }, /what was asked is empty/],
    ['nobody who answers', { messages: [user('Which?')] }, /nobody answers in "messages"/],
    ['turns of nobody', { messages: [{ content: 'Which?' }] }, /does not say whose it is/],
    ['turns that are none', { messages: ['Which?'] }, /something else than messages/],
    [
      'a number for an answer',
      { prompt: 'Which?', completion: 7 },
      /"completion" is neither a text nor a list/,
    ],
  ])('is refused where it is %s', (_form, row, what) => {
    const refused = () => answeredIn(row)
    expect(refused).toThrow(LineError)
    expect(refused).toThrow(what)
  })

  it('is read or refused, whatever it holds', () => {
    const names = [
      'messages',
      'conversations',
      'prompt',
      'instruction',
      'input',
      'output',
      'response',
      'reasoning',
    ]
    const turn = fc.dictionary(fc.constantFrom('role', 'from', 'content', 'value'), fc.jsonValue())
    const value = fc.oneof(fc.jsonValue(), fc.array(turn))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (row) => {
        try {
          const { prompt, reasoning, response } = answeredIn(row)
          expect([prompt === '', reasoning + response === '']).toEqual([false, false])
        } catch (error) {
          expect(error).toBeInstanceOf(LineError)
        }
      }),
    )
  })
})

describe('a file of answers', () => {
  async function read(lines: readonly unknown[]): Promise<AnswerItem[]> {
    const folder = mkdtempSync(join(tmpdir(), 'ninefold-answers-'))
    try {
      const file = join(folder, 'answers.jsonl')
      writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      return await Array.fromAsync(readAnswers(file))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const good = { prompt: 'Which?', completion: 'A.' }

  it('names the line of what it cannot read, and goes on', async () => {
    const items = await read([good, { text: 'no' }, good])
    expect(items.map((item) => (item.kind === 'answer' ? item.at.line : -item.problem.line))).toEqual([
      1, -2, 3,
    ])
  })

  it('is given up where none of the first rows holds an answer, and only there', async () => {
    const bad = { text: 'no' }
    const given = await read([...Array(15).fill(bad), good])
    expect(given).toHaveLength(11)
    expect(given.at(-1)).toMatchObject({
      problem: { line: 0, what: expect.stringContaining('none of the first 10') },
    })
    expect(await read([good, ...Array(15).fill(bad), good])).toHaveLength(17)
  })
})
