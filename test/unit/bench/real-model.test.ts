import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../../bench/real-model/outcome.ts'
import { document, table } from '../../../bench/real-model/report.ts'
import type { Pipeline } from '../../../library/pipeline.ts'
import type { Completion, DeadLetter, Verdict } from '../../../schemas/types.ts'
import { verdict } from '../../support/records.ts'
import { completion } from '../demo/records.ts'

interface Topics {
  readonly verdicts?: readonly Verdict[]
  readonly completions?: readonly Completion[]
  readonly 'dead-letters'?: readonly DeadLetter[]
}

/** The outcome of a pipeline that holds this. */
function outcomeWith(topics: Topics) {
  async function* read(topic: string) {
    yield* topics[topic as keyof Topics] ?? []
  }
  const report = {
    steps: {},
    faultCount: 0,
    faults: [],
    waitingCount: 0,
    waiting: [],
    dismissed: 0,
    paidElsewhere: 0,
  }
  const pipeline = { read, records: () => read('records'), audit: async () => report }
  return outcomeOf(pipeline as unknown as Pipeline)
}

const call = (requestHash: string, text: string, more: Partial<Completion> = {}) =>
  completion({ requestHash, text, step: 'verify', ...more })
const correct = (requestHash: string): Verdict => ({ ...verdict(1, 'Correct'), requestHash })
const letter = (changes: Partial<DeadLetter>): DeadLetter =>
  ({
    deadLetterId: 'd',
    step: 'verify',
    class: 'malformed-answer',
    message: 'no JSON',
    ...changes,
  }) as DeadLetter

const good = '{"verdict": "Correct", "reason": "it is"}'

describe('the outcome of a run with a real model', () => {
  it('counts what was malformed, and what of it was mended', async () => {
    const outcome = await outcomeWith({
      verdicts: [correct('b')],
      completions: [
        call('a', 'well'),
        call('b', good),
        call('c', 'no'),
        call('d', 'no'),
        call('e', '', { status: 'failed' }),
      ],
      'dead-letters': [letter({})],
    })
    expect(outcome).toMatchObject({ malformedVerdicts: 3, repairedVerdicts: 1, faults: [] })
    expect(outcome.deadLetters).toEqual({ 'verify: malformed-answer': 1 })
    expect(outcome.steps.verify).toMatchObject({ answered: 4, failed: 1 })
  })

  it.each([
    [
      'a verdict whose judge said nothing that can be read',
      { verdicts: [correct('a')], completions: [call('a', 'well, Correct')] },
    ],
    [
      'a verdict whose judge said another',
      { verdicts: [correct('a')], completions: [call('a', good.replace('Correct', 'Error'))] },
    ],
    [
      'a path that is Correct though code found another answer',
      { verdicts: [{ ...correct('a'), codeCheck: 'mismatch' }], completions: [call('a', good)] },
    ],
    ['a dead letter without a reason', { 'dead-letters': [letter({ message: '' })] }],
    ['a dead letter of ours', { 'dead-letters': [letter({ class: 'internal' })] }],
    ['tokens that are not there', { completions: [call('a', good, { completionTokens: 0 })] }],
  ] satisfies [string, Topics][])('has a fault: %s', async (_, topics) => {
    expect((await outcomeWith(topics)).faults).toHaveLength(1)
  })

  it('is told in a page with its tables', async () => {
    const outcome = await outcomeWith({ verdicts: [correct('b')], completions: [call('b', good)] })
    const machine = { cpu: 'a CPU', cores: 2, memoryGiB: 24, node: 'v24.0.0' }
    const run = {
      ...machine,
      model: 'small',
      build: 'b1',
      command: 'npm run',
      concurrency: 4,
      minutes: 1.25,
      outcome,
    }
    expect(document(run)).toContain(table(run))
    expect(table(run)).toContain('| verify | 1 | 0 | 0 | 100 | 20 | 0.0 |')
    expect(table(run)).toContain('| verdict: Correct, by judge (match) | 1 |')
  })
})
