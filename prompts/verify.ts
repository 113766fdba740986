/**
 * Asks a judge about one reasoning path, by the four criteria of the ReasonMed paper (section 3.3).
 * Untrusted: the question and above all the path, whose writer may have wished for a good verdict. Trusted:
 * the key. Whether the path ends at the key is also settled by code; a path's own praise of itself settles
 * nothing.
 */
import { z } from 'zod'
import { type AskedWithKey, keyBlock, questionBlocks, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'

/** What the judge answers. */
export const verifyShape = z.strictObject({
  verdict: z.enum(['Correct', 'Error']),
  reason: z.string().min(1),
})

/** The judge's answer. */
export type VerifyAnswer = z.infer<typeof verifyShape>

const SYSTEM = `You examine written reasoning about medical examination questions. You see the question, its options, the answer key and one written line of reasoning. Judge the reasoning strictly and by what it says:
- Does it find the facts of the case that decide the question?
- Does it consider every option, and give each its due?
- Does its argument lead, step by step, to the answer in the key?
- Is what it states as medical knowledge true?
Length, confidence and praise of itself count for nothing. An answer that is right by luck, with wrong or missing reasons, is an Error.`

const TASK = `Judge the reasoning above by the four questions.`

const FORM = `Answer with a JSON object:
- "verdict": "Correct" if it arrives at the key and its argument holds, otherwise "Error".
- "reason": one or two sentences; for an Error name the step or statement that fails, and what would be right.`

/** The prompt of step `verify`. */
export const verifyPrompt = defineRewordable<{ question: AskedWithKey; cot: string }>({
  name: 'verify',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FORM,
  blocks: ({ question, cot }) => [
    ...questionBlocks(question),
    keyBlock(question),
    { title: 'REASONING', text: cot },
  ],
  samples: [{ question: SAMPLE_QUESTION, cot: '{cot}' }],
  shape: verifyShape,
})
