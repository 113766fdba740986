/**
 * raw-paths → controls: each is of a path that is there, once. Since the judge's controls may be switched on, off and
 * over at any time, of one that is drawn now and not there it cannot be said that it was due when its path passed: it
 * waits, and is no fault.
 */
import { controlBeside, controlIdOf } from '../processors/control.ts'
import { pathIdOf } from '../processors/generate.ts'
import { stateKey } from '../processors/triage-state.ts'
import type { Control, RawPath } from '../schemas/types.ts'
import type { Books } from './books.ts'
import { IdTable } from './id-table.ts'
import type { Paths } from './paths.ts'
import type { Questions } from './questions.ts'
import { readRecords } from './reading.ts'

const READING = {
  topic: 'controls',
  writer: 'control',
  idOf: ({ controlId }: Control) => controlId,
  keyOf: ({ questionId }: Control) => questionId,
} as const

/** The controls that the settings there are now draw. */
export type ControlsDue = IdTable

/** Enters the control that is drawn beside a path, if one is. @param dead whether the step gave up on it */
export function enterControl({ config, controlsDue }: Books, raw: RawPath, dead: boolean): void {
  if (config.controls === null || dead) return
  const path = controlBeside(config.controls, raw.question, raw.pathId)
  if (path === null) return
  const { roles, prompts } = config
  controlsDue.add(controlIdOf(raw.pathId, path, roles.verify.model.model, prompts.verify.hash))
}

/** Checks every control, once all paths were read. */
export async function checkControls(books: Books, questions: Questions, paths: Paths): Promise<void> {
  const { findings, controlsDue } = books
  const row = findings.row('control')
  row.in += controlsDue.size
  const found = new IdTable()
  for await (const { record } of readRecords(books, READING)) {
    row.out++
    checkOne(books, record, isThere(record, questions, paths))
    if (found.addNew(record.controlId)) continue
    findings.fault(
      'control',
      'twice',
      record.controlId,
      `the control beside path ${record.drawnBy} came before`,
    )
  }
  for (let number = 0; number < controlsDue.size; number++) {
    const id = controlsDue.idAt(number)
    if (found.has(id)) continue
    findings.wait(
      'control',
      id,
      'is drawn and not there; controls that were switched on leave out what had passed',
    )
  }
}

function checkOne({ findings, payments, config }: Books, control: Control, there: boolean): void {
  const { controlId, drawnBy, verifier, promptVersion, requestHash } = control
  payments.use('control', controlId, [requestHash])
  if (!there) findings.fault('control', 'from nowhere', controlId, `path ${drawnBy} is not there`)
  // Other words of the prompt are no other edition: what was judged with them stands.
  const { verify } = config.prompts
  if (promptVersion !== verify.promptVersion) return
  if (controlIdOf(drawnBy, control, verifier, verify.hash) === controlId) return
  findings.fault(
    'control',
    'wrong',
    controlId,
    `it is not the id of ${verifier}'s control beside path ${drawnBy}`,
  )
}

function isThere(control: Control, questions: Questions, paths: Paths): boolean {
  const question = questions.byName(stateKey(control))
  if (question === undefined) return false
  const isDrawer = (samplerId: string) =>
    paths.hasPath(question.number, samplerId) && pathIdOf(question, samplerId) === control.drawnBy
  return [...paths.samplerIds].some(isDrawer)
}
