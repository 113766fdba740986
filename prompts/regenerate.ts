/**
 * Asks for a new path to a question nearly all paths got wrong (section 3.4 of the ReasonMed paper).
 * Untrusted: the question, an earlier path and the remarks.
 *
 * Without the key nothing in the prompt may give it away: no remarks, since they often name the right
 * answer, no answer of an earlier try, since ruling it out narrows the choice. An earlier path is given as
 * one that may be right or wrong.
 */

import { type AskedWithKey, keyBlock, questionBlocks, remarksBlock, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'
import { FINAL_LINE, SIX_STEPS } from './six-steps.ts'

/** What a try is made of. */
export interface RegenerateValues {
  readonly question: AskedWithKey
  /** From 1. */
  readonly attempt: number
  readonly keyShown: boolean
  /** An earlier path to look at; null for none. */
  readonly earlier: string | null
  /** Why paths were judged Error; shown only beside the key. */
  readonly remarks: readonly string[]
}

const SYSTEM = `You are a leading clinician and teacher. You are given an examination question that many find hard, with its options, and work it out in writing, so that a student can follow and check every step. Take care: the obvious answer to such a question is often the wrong one.`

const TASK = `Work out the question above in six steps, each under its own heading:
${SIX_STEPS}`

const WITH_KEY = `The key above is the official answer. Work out why it is right, from the facts of the case and from medical knowledge, as if you had to find it yourself. The remarks name mistakes of earlier attempts: avoid them, as far as they are true. Mention neither the key nor the remarks. If the facts do not lead you to the key, say so and give the answer they do lead to.`

const WITH_EARLIER = `The earlier reasoning above may be right or wrong. Check it, use what holds, and write your own.`

/** The prompt of step `regenerate`. */
export const regeneratePrompt = defineRewordable<RegenerateValues>({
  name: 'regenerate',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FINAL_LINE,
  blocks: blocksOf,
  asides: asidesOf,
  samples: [
    { question: SAMPLE_QUESTION, attempt: 1, keyShown: false, earlier: null, remarks: [] },
    { question: SAMPLE_QUESTION, attempt: 2, keyShown: true, earlier: '{earlier}', remarks: ['{remark}'] },
    { question: SAMPLE_QUESTION, attempt: 3, keyShown: false, earlier: null, remarks: [] },
  ],
})

function blocksOf({ question, keyShown, earlier, remarks }: RegenerateValues) {
  return [
    ...questionBlocks(question),
    ...(keyShown ? [keyBlock(question), remarksBlock('REMARKS', remarks)] : []),
    ...(earlier === null ? [] : [{ title: 'EARLIER REASONING', text: earlier }]),
  ]
}

function asidesOf({ attempt, keyShown, earlier }: RegenerateValues) {
  return [
    ...(attempt > 1 ? [anew(attempt)] : []),
    ...(keyShown ? [WITH_KEY] : []),
    ...(earlier === null ? [] : [WITH_EARLIER]),
  ]
}

function anew(attempt: number): string {
  const before = attempt === 2 ? 'An earlier attempt' : `${attempt - 1} earlier attempts`
  return `${before} of yours did not arrive at a well-supported answer. Begin anew: question your first reading of the case, and look again at the options you would pass over.`
}
