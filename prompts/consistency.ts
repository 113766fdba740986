/**
 * The self-check after an edit: do conclusion and evidence still belong together? Untrusted: the question
 * and the edited path. The key is not shown: whether the path ends there has been settled by code before.
 */
import { z } from 'zod'
import { type Asked, questionBlocks, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'

/** What the check answers. */
export const consistencyShape = z.strictObject({
  consistent: z.boolean(),
  reason: z.string().min(1),
})

const SYSTEM = `You proofread written reasoning about medical examination questions after it was edited. Edits can leave a text at odds with itself: a step that speaks for one option and a conclusion that names another, a finding told in two ways, an option ruled out and later relied on.`

const TASK = `Read the reasoning above from beginning to end. Does every step agree with the question, with the other steps and with the conclusion?`

const FORM = `Answer with a JSON object:
- "consistent": true if nothing contradicts anything else and the evidence given carries the conclusion, otherwise false.
- "reason": one or two sentences; if false, name the places that disagree.`

/** The second prompt of step `refine`. */
export const consistencyPrompt = defineRewordable<{ question: Asked; cot: string }>({
  name: 'consistency',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FORM,
  blocks: ({ question, cot }) => [...questionBlocks(question), { title: 'REASONING', text: cot }],
  samples: [{ question: SAMPLE_QUESTION, cot: '{cot}' }],
  shape: consistencyShape,
})
