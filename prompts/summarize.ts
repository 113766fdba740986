/**
 * Asks for the concise rationale that stands beside a chain of thought as the response. Untrusted: the
 * question and the chain of thought.
 */

import { type Asked, questionBlocks, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'

const SYSTEM = `You condense written reasoning about medical examination questions into the short explanation a good teacher would give. You add no fact and no argument of your own, and you change no conclusion.`

const TASK = `Condense the reasoning above into a short explanation of one to three paragraphs: the findings that decide, why the answer follows from them, and why the strongest of the other options do not hold. Name the answer by its label and its text. Write plain sentences, without headings, without remarks on the reasoning or on this task.`

/** The prompt of step `summarize`. */
export const summarizePrompt = defineRewordable<{ question: Asked; cot: string }>({
  name: 'summarize',
  version: '1',
  system: SYSTEM,
  task: TASK,
  blocks: ({ question, cot }) => [...questionBlocks(question), { title: 'REASONING', text: cot }],
  samples: [{ question: SAMPLE_QUESTION, cot: '{cot}' }],
})
