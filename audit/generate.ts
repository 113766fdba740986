/** questions × samplers → raw-paths: each path once, or a word why it is missing. */

import { pathIdOf } from '../processors/generate.ts'
import { missingVerdictIdOf } from '../processors/verify.ts'
import type { RawPath } from '../schemas/types.ts'
import type { Books } from './books.ts'
import { enterControl } from './controls.ts'
import { Paths } from './paths.ts'
import type { AuditedQuestion, Questions } from './questions.ts'
import { readRecords } from './reading.ts'

const READING = {
  topic: 'raw-paths',
  writer: 'generate',
  idOf: ({ pathId }: RawPath) => pathId,
  keyOf: ({ question }: RawPath) => question.questionId,
} as const

/** @returns all paths, with nothing said of their verdicts yet. */
export async function checkGenerate(books: Books, questions: Questions): Promise<Paths> {
  const { config, findings } = books
  const paths = new Paths(questions.size, config.samplers)
  for await (const { record, place } of readRecords(books, READING)) {
    checkPath(books, questions, paths, record)
    if (record.missing === null) enterControl(books, record, books.deadLetters.of('control', place))
  }
  for (const question of questions) {
    if (question.withdrawn) continue
    findings.row('generate').in += config.samplers.length
    for (const { samplerId, name } of config.samplers) {
      if (paths.isKnown(question.number, samplerId)) continue
      const pathId = pathIdOf(question, samplerId)
      findings.absent('generate', pathId, `no path of ${question.name} by ${name}, nor a word why`)
    }
  }
  return paths
}

function checkPath(books: Books, questions: Questions, paths: Paths, raw: RawPath): void {
  const { findings, payments } = books
  const { pathId, samplerId, path, missing } = raw
  const question = questions.of(raw.question, findings, 'generate', pathId)
  if (question === null || !isExpected(books, question, raw)) return
  const { number, name } = question
  if (missing !== null) {
    findings.row('generate').missing++
    checkMissing(books, pathId, missing.deadLetterId)
    paths.addMissing(number, samplerId)
    if (paths.missingDue.addNew(missingVerdictIdOf(pathId, missing.deadLetterId))) return
    findings.fault('generate', 'twice', pathId, `the path of ${name} by ${samplerId} is missing twice over`)
    return
  }
  findings.row('generate').out++
  if (path?.pathId !== pathId || path.samplerId !== samplerId) {
    findings.fault('generate', 'wrong', pathId, 'it holds the path of another question or sampler')
  }
  if (path !== null) payments.use('generate', pathId, [path.requestHash])
  if (!paths.addPath(number, samplerId)) {
    findings.fault('generate', 'twice', pathId, `the path of ${name} by ${samplerId} came before`)
  }
}

/** Whether this path is one there must be; the paths of a base may be of samplers this edition goes without. */
function isExpected({ config, source, findings }: Books, question: AuditedQuestion, raw: RawPath): boolean {
  const { pathId, samplerId } = raw
  if (question.withdrawn) {
    findings.fault('generate', 'from nowhere', pathId, `${question.name} is withdrawn`)
    return false
  }
  const configured = config.samplers.some((sampler) => sampler.samplerId === samplerId)
  if (!configured && !source.shared.has('raw-paths')) {
    findings.fault('generate', 'from nowhere', pathId, `no sampler ${samplerId} is configured`)
    return false
  }
  if (pathIdOf(raw.question, samplerId) !== pathId) {
    findings.fault(
      'generate',
      'wrong',
      pathId,
      `it is not the id of the path of ${question.name} by ${samplerId}`,
    )
  }
  return true
}

function checkMissing({ deadLetters, findings }: Books, pathId: string, deadLetterId: string): void {
  if (deadLetters.has(deadLetterId)) return
  findings.absent('generate', deadLetterId, `this dead letter is why path ${pathId} is missing`)
}
