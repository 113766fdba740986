import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extractAnswer, sameLabels } from '../../../processors/answer.ts'
import type { Option } from '../../../schemas/types.ts'

const optionsOf = (...texts: string[]): Option[] =>
  texts.map((text, at) => ({ label: String.fromCharCode(65 + at), text }))

const DRUGS = optionsOf('Lisinopril', 'Amlodipine', 'Atenolol', 'A thiazide diuretic')
const YES_NO = optionsOf('yes', 'no', 'maybe')
const BUGS = optionsOf('C. difficile colitis', 'E. coli', 'Norovirus', 'Campylobacter', 'Giardia')
const BLOOD = optionsOf('O', 'A', 'B', 'AB')

describe('extractAnswer: how models end their texts', () => {
  it.each([
    ['Final answer: B', ['B']],
    ['Reasons.\n\nFinal answer: B\n', ['B']],
    ['**Final answer: B**', ['B']],
    ['**Final Answer:** B', ['B']],
    ['### Final Answer\n\n**B. Amlodipine**', ['B']],
    ['Final answer: (B)', ['B']],
    ['Final answer: B)', ['B']],
    ['Final answer: <B>', ['B']],
    ['Final answer: [B]', ['B']],
    ['Final answer: b', ['B']],
    ['Final answer: (b)', ['B']],
    ['Final answer: `B`', ['B']],
    ['Final answer: "B"', ['B']],
    ['Final answer: Option B', ['B']],
    ['Final answer: option (B).', ['B']],
    ['Final answer: B. Amlodipine', ['B']],
    ['Final answer: B. amlodipine', ['B']],
    ['Final answer: B Amlodipine', ['B']],
    ['Final answer: B) Amlodipine 5 mg daily', ['B']],
    ['Final answer: B: Amlodipine', ['B']],
    ['Final answer: B - Amlodipine', ['B']],
    ['Final answer: **B** – Amlodipine', ['B']],
    ['Final answer: Amlodipine', ['B']],
    ['Final answer: amlodipine.', ['B']],
    ['Final answer: Amlodipine (B)', ['B']],
    ['Final answer: Amlodipine (option B), since it fits', ['B']],
    ['Final answer: B, because A is contraindicated', ['B']],
    ['Final answer: B (not C)', ['B']],
    ['Final answer: A thiazide diuretic', ['D']],
    ['Final answer: A', ['A']],
    ['Final answer: A because of the cough', ['A']],
    ['Final answer: $\\boxed{B}$', ['B']],
    ['Final answer: $\\boxed{\\text{B}}$.', ['B']],
    ['The final answer is: $\\boxed{B}$', ['B']],
    ['The final answer is \\(\\boxed{B}\\).', ['B']],
    ['So \\boxed{B}', ['B']],
    ['\\boxed{\\textbf{B. Amlodipine}}', ['B']],
    ['The final answer is B.', ['B']],
    ['The answer is B.', ['B']],
    ['Therefore, the correct answer is **B. Amlodipine**.', ['B']],
    ['The most appropriate choice is (B) Amlodipine.', ['B']],
    ['the best option is therefore B', ['B']],
    ['**Answer:** B', ['B']],
    ['Answer: Amlodipine', ['B']],
    ['Final Answer:B', ['B']],
    ['最终答案:B', ['B']],
    ['B', ['B']],
    ['**B. Amlodipine**', ['B']],
    ['Amlodipine', ['B']],
    ['Final answer: A, C and D', ['A', 'C', 'D']],
    ['Final answer: D, A', ['A', 'D']],
    ['Final answer: A & C', ['A', 'C']],
    ['Final answer: (A), (C)', ['A', 'C']],
    ['Final answer: [A, C]', ['A', 'C']],
    ['Final answer: A. Lisinopril, C. Atenolol', ['A', 'C']],
    ['The correct answers: options\nFinal answer: Options A and C.', ['A', 'C']],
    ['Final answer: A\nOn reflection that is wrong.\nFinal answer: C', ['C']],
    ['Final answer: C\n\nThis is my final answer because it fits.', ['C']],
    ['Final answer: C\nThe final answer is well supported.', ['C']],
    ['The answer is B. To sum up, the correct answer is B.', ['B']],
    ['If she were pregnant, the answer would be C. The answer is B.', ['B']],
    ['Another tempting answer is C. The answer is B.', ['B']],
  ])('%j', (text, labels) => {
    expect(extractAnswer(text, DRUGS)).toEqual(labels)
  })

  it.each([
    ['Final answer: yes', ['A']],
    ['Final answer: **Yes**', ['A']],
    ['Final answer: No.', ['B']],
    ['Final answer: Maybe, the evidence is mixed', ['C']],
    ['Final answer: B (no)', ['B']],
    ['The answer is yes, since both trials agree.', ['A']],
  ])('%j as a word', (text, labels) => {
    expect(extractAnswer(text, YES_NO)).toEqual(labels)
  })

  it.each([
    ['Final answer: C. difficile colitis', ['A']],
    ['Final answer: E. coli', ['B']],
    ['Final answer: C. Norovirus', ['C']],
    ['Final answer: A. C. difficile colitis', ['A']],
    ['Final answer: C. difficile infection', null],
  ])('%j where an organism begins like a label', (text, labels) => {
    expect(extractAnswer(text, BUGS)).toEqual(labels)
  })

  it.each([
    ['Final answer: A. O', ['A']],
    ['Final answer: O', ['A']],
    ['Final answer: AB', ['D']],
    ['Final answer: A', null],
  ])('%j where options are letters themselves', (text, labels) => {
    expect(extractAnswer(text, BLOOD)).toEqual(labels)
  })
})

describe('extractAnswer: what it leaves to the judge', () => {
  it.each([
    '',
    'Each option is weighed, the ones that do not fit are ruled out.',
    'Final answer: <label>',
    'Final answer: none of these',
    'Final answer: not B',
    'Final answer: Z',
    'Final answer: A, Z',
    'Final answer: A or C',
    'Final answer: either A or C',
    'Final answer: A/C',
    'Final answer: A, C both fit',
    'Final answer: A, C/D',
    'Final answer: B, but C is possible too',
    'Final answer: B?',
    'Final answer: B is wrong',
    'Final answer: B. Lisinopril',
    'Final answer: B. Lisinopril, an ACE inhibitor',
    'Final answer: Lisinopril (B)',
    'Final answer: A diagnosis of hypertension',
    'Final answer: a beta blocker',
    'Final answer: B12 deficiency',
    'Final answer: A, B, and C are all incorrect',
    'Final answer: B\n\\boxed{C}',
    'Final answer: B\nFinal answer: unsure',
    'The answer is A. No, wait: the answer is C.',
    'If she were pregnant, the answer is C.',
    'The answer is not B.',
    'A. Lisinopril\nB. Amlodipine\nC. Atenolol',
    'The patient should receive amlodipine.',
  ])('%j', (text) => {
    expect(extractAnswer(text, DRUGS)).toBeNull()
  })

  it('stays quick on texts that repeat themselves', () => {
    const texts = ['answer: ', 'Final answer: ', 'A, ', '. ', '" ', '\\boxed{', 'the answer is A, ']
    // Its own time, not the clock's: the machine may have much else to do.
    const before = process.threadCpuUsage()
    for (const text of texts) extractAnswer(`Final answer: ${text.repeat(20_000)}`, DRUGS)
    for (const text of texts) extractAnswer(text.repeat(20_000), DRUGS)
    expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(5_000)
  })

  it('tells options apart that differ in signs only', () => {
    const signs = optionsOf('CD4+', 'CD4-', '1.5', '15')
    expect(extractAnswer('Final answer: CD4-', signs)).toEqual(['B'])
    expect(extractAnswer('Final answer: 1.5', signs)).toEqual(['C'])
  })

  it('tells options apart that differ in case only', () => {
    const genes = optionsOf('Aa', 'AA', 'aa')
    expect(extractAnswer('Final answer: AA', genes)).toEqual(['B'])
    expect(extractAnswer('Final answer: aA', genes)).toBeNull()
  })
})

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const anOptionList = fc
  .uniqueArray(
    fc.string({ minLength: 2, maxLength: 12 }).map((text) => `x${text.replace(/\s+/g, '_')}y`),
    {
      minLength: 2,
      maxLength: 26,
      selector: (text) => text.toLowerCase(),
    },
  )
  .map((texts) => optionsOf(...texts))
const habits: ((label: string) => string)[] = [
  (label) => label,
  (label) => `**${label}**`,
  (label) => `(${label})`,
  (label) => `${label})`,
  (label) => `${label}.`,
  (label) => `Option ${label}`,
  (label) => `$\\boxed{${label}}$`,
  (label) => `<${label}>`,
]

describe('extractAnswer: for all texts', () => {
  it('never gives a label the question does not have, nor one twice, nor none', () => {
    const words = fc.array(
      fc.oneof(
        fc.constantFrom(
          'Final answer:',
          'The answer is',
          '\\boxed{',
          '}',
          '\n',
          ' ',
          ',',
          ' and ',
          '(',
          ')',
          '.',
        ),
        fc.constantFrom(...letters),
        fc.string(),
      ),
    )
    fc.assert(
      fc.property(words, anOptionList, (parts, options) => {
        const labels = extractAnswer(parts.join(''), options)
        if (labels === null) return
        expect(labels.length).toBeGreaterThan(0)
        expect(labels).toEqual([...new Set(labels)].sort())
        for (const label of labels) expect(options.map((option) => option.label)).toContain(label)
      }),
    )
  })

  it('reads every label in every habit, whatever stands before', () => {
    fc.assert(
      fc.property(
        anOptionList,
        fc.nat(),
        fc.constantFrom(...habits),
        fc.string(),
        (options, n, habit, before) => {
          const label = options[n % options.length]?.label ?? ''
          expect(extractAnswer(`${before}\nFinal answer: ${habit(label)}`, options)).toEqual([label])
        },
      ),
    )
  })

  it('reads every list of labels, in any order', () => {
    fc.assert(
      fc.property(anOptionList, fc.array(fc.nat(), { minLength: 1 }), (options, picks) => {
        const labels = picks.map((n) => options[n % options.length]?.label ?? '')
        expect(extractAnswer(`Final answer: ${labels.join(', ')}`, options)).toEqual(
          [...new Set(labels)].sort(),
        )
      }),
    )
  })
})

describe('sameLabels', () => {
  it('compares sets', () => {
    expect(sameLabels(['A', 'C'], ['C', 'A', 'A'])).toBe(true)
    expect(sameLabels(['A'], ['A', 'C'])).toBe(false)
    expect(sameLabels([], ['A'])).toBe(false)
  })
})
