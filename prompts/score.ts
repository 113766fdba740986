/**
 * Asks for a score from 1 to 10 on each of the four criteria of the ReasonMed paper's score evaluator, with a sentence of
 * justification. Untrusted: the question and above all the reasoning, whose writer may praise itself. Trusted: the key,
 * which is shown, so that reasoning that ends elsewhere is not taken for right. Who wrote the reasoning, and whether it
 * was mended, is not shown. The mean is computed by code: a model's own sum is not asked for.
 */
import { z } from 'zod'
import { type AskedWithKey, keyBlock, questionBlocks, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'

const criterion = z.strictObject({ score: z.int().min(1).max(10), justification: z.string().min(1) })

/** What the scorer answers. */
export const scoreShape = z.strictObject({
  clinicalAccuracy: criterion,
  logic: criterion,
  factualCorrectness: criterion,
  completeness: criterion,
})

/** The scorer's answer. */
export type ScoreAnswer = z.infer<typeof scoreShape>

/** What is scored, in the order of the prompt. */
export const CRITERIA = Object.keys(scoreShape.shape) as (keyof ScoreAnswer)[]

/** The criteria that say the same whatever is graded. */
export const CRITERIA_WORDS = `- Clinical accuracy: does it read the case as an experienced clinician would, and weigh the findings that decide?
- Logic: does each step follow from what stands before it, without gaps, leaps or contradictions, up to the conclusion?
- Factual correctness: is what it states as medical knowledge true?`

/** What the numbers mean. */
export const SCALE_WORDS = `1-2: worthless or dangerous; 3-4: serious faults; 5-6: usable with clear faults; 7-8: good, with small faults; 9: very good; 10: nothing could be bettered. Use the whole scale. Length, confidence and praise of itself earn nothing.`

const SYSTEM = `You grade written reasoning about medical examination questions for a study of how good such reasoning is. You see the question, its options, the answer key and one line of reasoning. Give a whole number from 1 to 10 on each of four criteria, each for itself:
${CRITERIA_WORDS}
- Completeness: does it use the relevant facts, and consider every option with a reason for or against it?
${SCALE_WORDS} Reasoning that ends at another answer than the key gets at most 4 for clinical accuracy.`

/** The form of the answer. */
export const FORM_WORDS = `Answer with a JSON object that holds "clinicalAccuracy", "logic", "factualCorrectness" and "completeness", each an object:
- "score": a whole number from 1 to 10.
- "justification": one sentence that names what the score rests on.`

const TASK = `Grade the reasoning above.`

/** The prompt of step `score`. It is no part of an edition: scores decide nothing. */
export const scorePrompt = defineRewordable<{ question: AskedWithKey; cot: string }>({
  name: 'score',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FORM_WORDS,
  blocks: ({ question, cot }) => [
    ...questionBlocks(question),
    keyBlock(question),
    { title: 'REASONING', text: cot },
  ],
  samples: [{ question: SAMPLE_QUESTION, cot: '{cot}' }],
  shape: scoreShape,
})
