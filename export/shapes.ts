/**
 * What a training record teaches. Three shapes, as the ReasonMed paper's datasets CoTMed, ResponseMed and ReasonMed
 * have them (section 4.1): the chain of thought, the concise response, and both with the chain of thought in think tags.
 */
import type { Question, TrainingRecord } from '../schemas/types.ts'

/** What the output of a line holds. */
export type Shape = 'cot' | 'response' | 'reason'

/** The dataset of each shape: what its files' names begin with. */
export const DATASET_OF_SHAPE: Readonly<Record<Shape, string>> = {
  cot: 'cotmed',
  response: 'responsemed',
  reason: 'reasonmed',
}

/** All shapes. */
export const SHAPES = Object.keys(DATASET_OF_SHAPE) as Shape[]

const OUTPUT: Readonly<Record<Shape, (record: TrainingRecord) => string>> = {
  cot: ({ cot }) => cot,
  response: ({ response }) => response,
  reason: ({ cot, response }) => `<think>${cot}</think>${response}`,
}

/** What a model is to answer. */
export function outputOf(shape: Shape, record: TrainingRecord): string {
  return OUTPUT[shape](record)
}

/** The question as one asks it: its passages, the text, and an option a line. */
export function instructionOf({ context, stem, options }: Question): string {
  const lines = options.map(({ label, text }) => `${label}. ${text}`)
  return [...context, stem, lines.join('\n')].filter((part) => part !== '').join('\n\n')
}
