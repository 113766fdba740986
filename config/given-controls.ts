/** Controls of the judge from a file: question lines with a reasoning, and what a judge must say of it. */
import { NinefoldError } from '../errors.ts'
import { questionOf } from '../processors/intake-question.ts'
import { contentId } from '../schemas/ids.ts'
import { describeProblem } from '../sources/line-problem.ts'
import { readQuestions } from '../sources/read-questions.ts'
import type { SourceItem } from '../sources/source-item.ts'
import { RecordError } from '../streams/processor.ts'
import { EXPECTATIONS, type GivenControl } from './controls.ts'

const EXTRA_KEYS = ['reasoning', 'expected']

/**
 * Reads them all: they are few, and a control that cannot be used is one that nobody would miss.
 * @throws {NinefoldError} NF_CONTROLS_FILE for the first line that will not do, or a file without any;
 * NF_SOURCE_UNREADABLE
 */
export async function readControls(file: string): Promise<GivenControl[]> {
  const controls: GivenControl[] = []
  for await (const item of readQuestions(file, { format: 'jsonl', extraKeys: EXTRA_KEYS })) {
    const control = controlOf(item)
    if (control !== null) controls.push(control)
  }
  if (controls.length > 0) return controls
  throw unusable(`${file} holds no controls`)
}

function controlOf(item: SourceItem): GivenControl | null {
  if (item.kind === 'problem') {
    if (item.problem.severity === 'warning') return null
    throw unusable(describeProblem(item.problem))
  }
  const place = `${item.file}:${item.line}`
  const { reasoning, expected } = item.extra
  if (typeof reasoning !== 'string' || reasoning.trim() === '')
    throw unusable(`${place}: "reasoning" is no text`)
  const said = EXPECTATIONS.find((one) => one === expected)
  if (said === undefined) throw unusable(`${place}: "expected" is neither ${EXPECTATIONS.join(' nor ')}`)
  const question = questionAt(place, item)
  const { stem, context, options, answer } = question
  const givenId = contentId('given-control', question.contentHash, reasoning, said)
  return { givenId, question: { stem, context, options, answer }, reasoning, expected: said }
}

function questionAt(place: string, { intake }: SourceItem & { kind: 'question' }) {
  try {
    return questionOf(intake)
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    throw unusable(`${place}: ${error.message}`)
  }
}

function unusable(what: string): NinefoldError {
  return new NinefoldError(
    'NF_CONTROLS_FILE',
    `the controls of the judge cannot be used: ${what}`,
    'Write a JSON object a line: { "question", "options", "answer", "reasoning", "expected": "Error" or "Correct" }, or leave `verify.controls.file` out.',
  )
}
