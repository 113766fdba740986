/**
 * Controls the judge: beside one of so many paths it is asked about one of which it is known beforehand what it must
 * say. Drawn by paths, so that controls come as often as verdicts do, and a judge that gets worse on the way is noticed.
 *
 * Stateless; in the topology only where `verify.controls` is set. Its record goes to a topic of its own that no step
 * reads: controls are no paths of their questions, and count in no figure of theirs. Their calls are paid for as step
 * `control`. Failure: a judge that gives no verdict leaves a dead letter, and no record takes its place.
 */
import type { Controls, Expectation, GivenControl } from '../config/controls.ts'
import { drawsControl } from '../config/controls.ts'
import type { AskedWithKey } from '../prompts/question.ts'
import { contentId } from '../schemas/ids.ts'
import type { Control, Question } from '../schemas/types.ts'
import type { Processor, ProcessorContext } from '../streams/processor.ts'
import { askJudge } from './ask-judge.ts'
import { madeUpPath } from './made-up-path.ts'

/** A control before it is judged. */
export interface ControlPath {
  readonly kind: 'wrong-answer' | 'wrong-argument' | 'given'
  readonly expected: Expectation
  readonly givenId: string | null
  readonly question: AskedWithKey
  readonly cot: string
}

/** The id of a control. */
export function controlIdOf(
  drawnBy: string,
  { kind, cot }: Pick<Control, 'kind' | 'cot'>,
  verifier: string,
  promptHash: string,
): string {
  return contentId('control', drawnBy, kind, cot, verifier, promptHash)
}

/** The control that is run beside a path of this question; null for none. */
export function controlBeside(controls: Controls, question: Question, pathId: string): ControlPath | null {
  if (!drawsControl(controls, pathId)) return null
  const given = controls.given[lotOf(pathId) % controls.given.length]
  if (given !== undefined) return ofFile(given)
  const path = madeUpPath(question, pathId)
  return path && { ...path, expected: 'Error', givenId: null, question }
}

/** Step `control`. */
export const control: Processor<'raw-paths', 'controls'> = {
  kind: 'stateless',
  step: 'control',
  inputs: ['raw-paths'],
  outputs: ['controls'],
  async process({ value: { question, pathId, missing } }, context) {
    const { controls } = context.config
    const path = controls === null || missing !== null ? null : controlBeside(controls, question, pathId)
    if (path === null) return []
    const value = await judged(path, question, pathId, context)
    return [{ topic: 'controls', key: question.questionId, value }]
  },
}

async function judged(
  path: ControlPath,
  { questionId, revision, source }: Question,
  drawnBy: string,
  context: ProcessorContext,
): Promise<Control> {
  const { kind, expected, givenId, question, cot } = path
  const { roles, prompts } = context.config
  const verifier = roles.verify.model.model
  // Asked for again a given one would be answered from the journal: each time it is a call of its own.
  const sample = givenId === null ? undefined : lotOf(drawnBy) + 1
  const { value, answer } = await askJudge(context, { questionId, question, cot, step: control.step, sample })
  return {
    controlId: controlIdOf(drawnBy, path, verifier, prompts.verify.hash),
    ...{ kind, expected, drawnBy, questionId, revision, source, givenId, cot },
    judgement: value.verdict,
    reason: value.reason,
    verifier,
    promptVersion: prompts.verify.promptVersion,
    requestHash: answer.requestHash,
  }
}

function ofFile({ givenId, expected, question, reasoning }: GivenControl): ControlPath {
  return { kind: 'given', expected, givenId, question, cot: reasoning }
}

function lotOf(pathId: string): number {
  return Number.parseInt(contentId('control-lot', pathId).slice(0, 7), 16)
}
