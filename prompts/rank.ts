/**
 * Asks for the best two of several Correct paths. Untrusted: the question and every path. The paths stand
 * under neutral labels in an order of our own, without the names of the models that wrote them, so that
 * neither name nor place can win. The labels (P1, P2, …) cannot be taken for those of the options.
 */
import { z } from 'zod'
import { type AskedWithKey, keyBlock, questionBlocks, SAMPLE_QUESTION } from './question.ts'
import { defineRewordable } from './rewordable.ts'

/**
 * What the ranker answers: two labels, the best first, and a sentence on every path that is not among them.
 */
export interface RankAnswer {
  readonly best: readonly string[]
  readonly notes: Readonly<Record<string, string>>
}

/** A path under its label. */
export interface Candidate {
  readonly label: string
  readonly cot: string
}

/** How many paths are chosen (section 3.3 of the ReasonMed paper). */
export const CHOSEN = 2

/** The label of the candidate at a place, from 0. */
export function candidateLabel(place: number): string {
  return `P${place + 1}`
}

const shapes = new Map<string, z.ZodType<RankAnswer>>()

/** The shape of an answer about these labels: one for all questions with as many, since its schema takes long to make. */
export function rankShape(labels: readonly string[]): z.ZodType<RankAnswer> {
  const named = labels.join(' ')
  const shape = shapes.get(named) ?? shapeOf(labels)
  shapes.set(named, shape)
  return shape
}

function shapeOf(labels: readonly string[]): z.ZodType<RankAnswer> {
  return z.strictObject({
    best: z.array(z.enum(labels)).min(CHOSEN).max(CHOSEN),
    notes: z.strictObject(Object.fromEntries(labels.map((label) => [label, z.string()]))),
  })
}

/** What the shape cannot say: the two differ, and whoever is not chosen is told why. */
export function rankComplaint({ best, notes }: RankAnswer): string | null {
  if (new Set(best).size < CHOSEN) return '"best" names one path twice; name two different ones.'
  const silent = Object.keys(notes).filter((label) => !best.includes(label) && notes[label]?.trim() === '')
  return silent.length > 0 ? `"notes" says nothing about ${silent.join(', ')}; give each a sentence.` : null
}

const SYSTEM = `You compare written reasoning about medical examination questions. You see the question, its options, the answer key and several lines of reasoning that all arrive at the key. Choose the two a student would learn most from: sound in every step, true in what they state, complete in weighing the options, clear to follow. Length alone is no merit, and the order they stand in means nothing.`

const TASK = `Choose the two best lines of reasoning above.`

const FORM = `Answer with a JSON object:
- "best": the labels of the two, the better one first.
- "notes": under each label one sentence on why that one was not chosen; an empty text for the two chosen.
Use the labels just as they stand above.`

/** The prompt of step `rank`. */
export const rankPrompt = defineRewordable<{ question: AskedWithKey; candidates: readonly Candidate[] }>({
  name: 'rank',
  version: '1',
  system: SYSTEM,
  task: TASK,
  form: FORM,
  blocks: ({ question, candidates }) => [
    ...questionBlocks(question),
    keyBlock(question),
    ...candidates.map(({ label, cot }) => ({ title: `REASONING ${label}`, text: cot })),
  ],
  samples: [
    {
      question: SAMPLE_QUESTION,
      candidates: [0, 1, 2].map((place) => ({ label: candidateLabel(place), cot: `{cot ${place}}` })),
    },
  ],
  shape: rankShape([0, 1, 2].map(candidateLabel)),
})
