/**
 * Asks for a score of an item of any dataset, on the criteria and the scale of {@link scorePrompt}. What was asked and
 * what was answered are shown as the dataset has them, and no key, for most datasets tell none: all that are compared
 * are seen by the same words. Untrusted: both texts. Which dataset it is, is not shown.
 */
import { defineRewordable } from './rewordable.ts'
import { CRITERIA_WORDS, FORM_WORDS, SCALE_WORDS, scoreShape } from './score.ts'

const SYSTEM = `You grade answers to medical questions, with their reasoning, for a study that compares datasets of such answers. You see what was asked and what was answered. Give a whole number from 1 to 10 on each of four criteria, each for itself:
${CRITERIA_WORDS}
- Completeness: does it use the relevant facts, and where there are options consider each with a reason for or against it?
${SCALE_WORDS} An answer that concludes what is wrong gets at most 4 for clinical accuracy.`

const TASK = `Grade the answer above, with its reasoning.`

/** The prompt of step `score.datasets`. It is no part of an edition: scores decide nothing. */
export const scoreItemPrompt = defineRewordable<{ prompt: string; answer: string }>({
  name: 'score-item',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FORM_WORDS,
  blocks: ({ prompt, answer }) => [
    { title: 'QUESTION', text: prompt },
    { title: 'ANSWER', text: answer },
  ],
  samples: [{ prompt: '{prompt}', answer: '{answer}' }],
  shape: scoreShape,
})
