/** A client that is none of ours sends questions: examples/python, as it stands there. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { python } from '../chaos/judge.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const run = promisify(execFile)
const EXAMPLE = fileURLToPath(new URL('../../examples/python/', import.meta.url))
const NOWHERE = 'http://127.0.0.1:9/v1'

const QUESTIONS = [
  {
    id: 'py1',
    question: 'Which vitamin prevents scurvy?',
    options: { A: 'B12', B: 'C' },
    answer: 'B',
    labels: ['x'],
  },
  {
    id: 'py2',
    question: 'Which two are bones?',
    options: { A: 'Ulna', B: 'Liver', C: 'Femur' },
    answer: ['A', 'C'],
  },
  { id: 'py3', question: 'Which is none of them?', options: { A: 'this', B: 'that' }, answer: 'C' },
]

describe('a Python client', () => {
  let workspace: Workspace

  beforeAll(() => {
    workspace = new Workspace(
      recordedPipeline({ pipeline: 'from-python', endpoint: NOWHERE, stack: inject('stack') }),
    )
  })
  afterAll(() => workspace?.[Symbol.dispose]())

  it('sends questions that are let in, and its mistakes become dead letters that say what to do', async () => {
    // Makes the topics and the schemas.
    await workspace.succeed('run', '--until-drained', '--only', 'admit')
    const { brokers, registryUrl } = inject('stack')
    const file = workspace.writeLines('questions.jsonl', QUESTIONS)
    const send = async () =>
      run(await python(), [
        `${EXAMPLE}send_questions.py`,
        ...['--pipeline', 'from-python', '--source', 'own', '--brokers', brokers.join(',')],
        ...['--registry', registryUrl, file],
      ])
    expect((await send()).stdout).toBe('3 of 3 questions sent to from-python.main.intake\n')
    expect((await send()).stdout).toContain('3 of 3')
    await workspace.run('run', '--until-drained', '--only', 'admit')

    const questions = await workspace.all('questions')
    const admitted = questions.map(({ questionId, answer, labels }) => [questionId, answer.labels, labels])
    expect(admitted.sort()).toEqual([
      ['own:py1', ['B'], ['x']],
      ['own:py2', ['A', 'C'], []],
    ])
    const letters = await workspace.all('dead-letters')
    expect(letters).toHaveLength(2)
    expect(letters[0]?.message).toContain('the answer "C" is no option')
  })

  it('has the packages that its test has', () => {
    const ofTest = readFileSync(new URL('../chaos/judge/requirements.txt', import.meta.url), 'utf8')
    const ofExample = readFileSync(`${EXAMPLE}requirements.txt`, 'utf8')
    expect(ofTest.trim().split('\n')).toEqual(expect.arrayContaining(ofExample.trim().split('\n')))
  })
})
