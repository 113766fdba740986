/** Two editions side by side: every question on one place of each, every record counted once a side. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparisonScreen } from '../../../editions/comparison-screen.ts'
import { compareResults, STANDINGS } from '../../../editions/edition-comparison.ts'
import type { Dossier } from '../../../export/dossier.ts'
import { TIERS } from '../../../schemas/topics.ts'
import type { TrainingRecord } from '../../../schemas/types.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { question, triaged } from '../../support/records.ts'
import { record } from '../export/edition.ts'

function dossier(
  questionId: string,
  tier: string | null,
  texts: readonly Partial<TrainingRecord>[] = [],
): Dossier {
  const asked = question({ questionId })
  return {
    question: asked,
    records: texts.map((changes, at) => ({
      record: record(`${questionId} ${at}`, { question: asked, rank: at + 1, ...changes }),
      score: null,
    })),
    triaged: tier === null ? null : triaged(5, tier, asked),
    verdicts: [],
    kept: [],
  }
}

async function* each(dossiers: readonly Dossier[]): AsyncGenerator<Dossier> {
  yield* dossiers
}

const compare = (a: readonly Dossier[], b: readonly Dossier[]) => compareResults(each(a), each(b))

describe('two editions', () => {
  it('have questions in the same tier, in others, and in one alone', async () => {
    const { tiers } = await compare(
      [dossier('a', 'easy'), dossier('b', 'easy'), dossier('c', 'medium'), dossier('e', null)],
      [dossier('a', 'easy'), dossier('b', 'medium'), dossier('d', 'difficult'), dossier('e', 'easy')],
    )
    expect(tiers).toEqual([
      { a: 'easy', b: 'easy', questions: 1 },
      { a: 'easy', b: 'medium', questions: 1 },
      { a: 'medium', b: 'not there', questions: 1 },
      { a: 'not decided', b: 'easy', questions: 1 },
      { a: 'not there', b: 'difficult', questions: 1 },
    ])
  })

  it('have records in common when chain of thought and conclusion are, whatever their ids and responses', async () => {
    const { records } = await compare(
      [dossier('a', 'easy', [{ cot: 'one' }, { cot: 'two' }]), dossier('b', 'easy', [{ cot: 'three' }])],
      [
        dossier('a', 'easy', [
          { cot: 'two', recordId: 'another', response: 'Shorter.' },
          { cot: 'one', answer: ['B'] },
        ]),
      ],
    )
    expect(records).toEqual({ both: 1, otherResponse: 1, onlyA: 2, onlyB: 1 })
  })

  it('take equal responses together first', async () => {
    const responses = (...all: string[]) => all.map((response) => ({ response }))
    const { records } = await compare(
      [dossier('a', 'easy', responses('x', 'y', 'z'))],
      [dossier('a', 'easy', responses('y', 'x', 'x', 'u'))],
    )
    expect(records).toEqual({ both: 3, otherResponse: 1, onlyA: 0, onlyB: 1 })
  })

  it('lose no question and no record between them', async () => {
    const edition = fc
      .dictionary(
        fc.stringMatching(/^[a-e]{1,2}$/),
        fc.record({
          tier: fc.constantFrom(...TIERS, null),
          texts: fc.array(fc.record({ cot: fc.constantFrom('x', 'y'), response: fc.constantFrom('r', 's') })),
        }),
      )
      .map((questions) =>
        Object.keys(questions)
          .sort()
          .map((id) => dossier(id, questions[id]!.tier, questions[id]!.texts)),
      )
    await fc.assert(
      fc.asyncProperty(edition, edition, async (a, b) => {
        const { tiers, records } = await compare(a, b)
        const ids = new Set([...a, ...b].map(({ question: { questionId } }) => questionId))
        expect(tiers.reduce((sum, { questions }) => sum + questions, 0)).toBe(ids.size)
        const recordsIn = (all: readonly Dossier[]) => all.flatMap((one) => one.records).length
        expect(records.both + records.onlyA).toBe(recordsIn(a))
        expect(records.both + records.onlyB).toBe(recordsIn(b))
        const swapped = await compare(b, a)
        expect(swapped.records).toEqual({ ...records, onlyA: records.onlyB, onlyB: records.onlyA })
        expect(swapped.tiers).toHaveLength(tiers.length)
      }),
    )
  })
})

describe('on a screen', () => {
  const compared = {
    a: 'main',
    b: 'strict',
    configuration: [{ key: 'triage.easyMaxErrors', was: '4', now: '3' }],
    tiers: [
      { a: STANDINGS[0], b: STANDINGS[0], questions: 1_200 },
      { a: STANDINGS[0], b: STANDINGS[1], questions: 30 },
    ],
    records: { both: 2_000, otherResponse: 0, onlyA: 60, onlyB: 58 },
  } as const

  it('stand settings, a matrix, and records', () => {
    expect(comparisonScreen(compared, 100, PLAIN).split('\n')).toEqual([
      'Settings: main -> strict',
      '  triage.easyMaxErrors: 4 -> 3',
      '',
      'Questions by tier: those of main down, of strict across',
      '         easy  medium',
      '  easy  1,200      30',
      '  30 of 1,230 questions stand elsewhere in strict than in main',
      '',
      'Records: the same when question, chain of thought and conclusion are',
      '  in both                           2,000',
      '    of these with another response      0',
      '  in main only                         60',
      '  in strict only                       58',
    ])
  })

  it('equal settings and empty editions are said to be so', () => {
    const none = { ...compared, configuration: [], tiers: [] }
    const text = comparisonScreen(none, 100, PLAIN)
    for (const said of ['none differs', 'no questions']) expect(text).toContain(said)
  })
})
