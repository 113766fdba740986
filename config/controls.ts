/** Known-wrong and known-right paths put before the judge now and then. */
import { z } from 'zod'
import type { Question } from '../schemas/types.ts'
import { placeIn } from './drawing.ts'

/** So many of a judge's last controls say how it does now. */
export const CONTROL_WINDOW = 100
/** Fewer than these say nothing yet. */
export const ENOUGH_CONTROLS = 20

/** The section `verify.controls`. */
export const controls = z.strictObject({
  every: z
    .int()
    .min(1)
    .default(500)
    .describe('One control for so many paths, drawn by their ids; default 500.'),
  alarmBelow: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe(
      `Alarm where the judge gets a smaller share of its last ${CONTROL_WINDOW} controls right, of ${ENOUGH_CONTROLS} at least; default 0.9.`,
    ),
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Question lines with "reasoning" and "expected" (Correct or Error), beside this file; default: wrong paths are made up from the questions themselves.',
    ),
})

/** What a judge must say of a control. */
export const EXPECTATIONS = ['Correct', 'Error'] as const
/** One of them. */
export type Expectation = (typeof EXPECTATIONS)[number]

/** A control somebody wrote. */
export interface GivenControl {
  /** hash(question, reasoning, expected). */
  readonly givenId: string
  readonly question: Pick<Question, 'stem' | 'context' | 'options' | 'answer'>
  readonly reasoning: string
  readonly expected: Expectation
}

/** How the judge is controlled. */
export interface Controls {
  readonly every: number
  readonly alarmBelow: number
  /** Where the given ones are; null = they are made up. */
  readonly file: string | null
  /** Those of the file; none until `loadConfig` has read it. */
  readonly given: readonly GivenControl[]
}

/** The section with its defaults filled in. */
export function resolveControls(section: z.output<typeof controls> | undefined): Controls | null {
  if (section === undefined) return null
  const { every, alarmBelow, file = null } = section
  return { every, alarmBelow, file, given: [] }
}

/** Whether a control is run beside the path of this id. */
export function drawsControl({ every }: Pick<Controls, 'every'>, pathId: string): boolean {
  return placeIn('control', 0, pathId) < 1 / every
}
