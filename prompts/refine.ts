/**
 * Asks for targeted edits to a path that is right, with the errors other attempts made as a warning (section
 * 3.3 of the ReasonMed paper). Untrusted: the question, the path and the reasons, which a model wrote too.
 * The key is shown.
 */

import { type AskedWithKey, keyBlock, questionBlocks, remarksBlock, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'
import { FINAL_LINE, SIX_STEPS } from './six-steps.ts'

const SYSTEM = `You are an experienced clinician and teacher who edits written reasoning about medical examination questions. You see the question, its options, the answer key, one line of reasoning that arrives at the key, and remarks on where other attempts at the question went wrong. Leave standing what is sound; change only what a remark, or your own knowledge, shows to be wrong, missing or misleading.`

const TASK = `Edit the reasoning above:
- Where a remark names a mistake that this reasoning makes as well, put it right in its place.
- Where a remark names a trap that this reasoning passes by in silence, add what a student needs to see it.
- Remarks may themselves be mistaken: follow them as far as they are true.
- Keep everything that is right, in its words; do not mention the remarks, the key or that this is an edit.
Give the whole edited reasoning, in these six steps, each under its own heading:
${SIX_STEPS}`

/** The prompt of step `refine`. */
export const refinePrompt = defineRewordable<{
  question: AskedWithKey
  cot: string
  /** Why other paths were judged Error. */
  remarks: readonly string[]
}>({
  name: 'refine',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FINAL_LINE,
  blocks: ({ question, cot, remarks }) => [
    ...questionBlocks(question),
    keyBlock(question),
    { title: 'REASONING', text: cot },
    remarksBlock('REMARKS', remarks),
  ],
  samples: [{ question: SAMPLE_QUESTION, cot: '{cot}', remarks: ['{remark}'] }],
})
