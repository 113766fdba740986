/**
 * Asks for one reasoning path. Untrusted: the question, its passages and its options. The key is not shown,
 * nor how many labels it holds.
 */

import { type Asked, questionBlocks, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'
import { FINAL_LINE, SIX_STEPS } from './six-steps.ts'

const SYSTEM = `You are an experienced clinician and teacher. You are given an examination question with its options and work it out in writing, so that a student can follow and check every step. Rely on this question alone, not on any earlier exchange.`

const TASK = `Work out the question above in six steps, each under its own heading:
${SIX_STEPS}`

/** The prompt of step `generate`. */
export const generatePrompt = defineRewordable<{ question: Asked }>({
  name: 'generate',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FINAL_LINE,
  blocks: ({ question }) => questionBlocks(question),
  samples: [{ question: SAMPLE_QUESTION }],
})
