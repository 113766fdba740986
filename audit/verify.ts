/** raw-paths → verdicts: one a path, and one a word that it is missing. */
import { pathIdOf } from '../processors/generate.ts'
import { missingVerdictIdOf, verdictIdOf } from '../processors/verify.ts'
import type { Verdict } from '../schemas/types.ts'
import type { Books } from './books.ts'
import type { Paths } from './paths.ts'
import type { AuditedQuestion, Questions } from './questions.ts'
import { type Placed, readRecords } from './reading.ts'

const READING = {
  topic: 'verdicts',
  writer: 'verify',
  idOf: ({ verdictId }: Verdict) => verdictId,
  keyOf: ({ question }: Verdict) => question.questionId,
} as const

/** Checks the verdicts and enters them with their paths. */
export async function checkVerify(books: Books, questions: Questions, paths: Paths): Promise<void> {
  const { findings } = books
  for await (const placed of readRecords(books, READING)) {
    const { record } = placed
    const question = questions.of(record.question, findings, 'verify', record.verdictId)
    if (question === null) continue
    if (pathIdOf(question, record.samplerId) !== record.pathId) {
      const detail = `path ${record.pathId} is not that of ${question.name} by ${record.samplerId}`
      findings.fault('verify', 'wrong', record.verdictId, detail)
    }
    if (record.missing !== null) checkMissing(books, question, paths, record)
    else checkJudged(books, question, paths, placed)
  }
  findAbsent(books, questions, paths)
}

function checkMissing(books: Books, question: AuditedQuestion, paths: Paths, verdict: Verdict): void {
  const { findings, deadLetters } = books
  const { verdictId, pathId, samplerId, missing } = verdict
  const deadLetterId = missing?.deadLetterId ?? ''
  findings.row('verify').missing++
  if (missingVerdictIdOf(pathId, deadLetterId) !== verdictId) {
    findings.fault('verify', 'wrong', verdictId, `it is not the id of missing path ${pathId}`)
  }
  if (!paths.isKnown(question.number, samplerId)) {
    findings.fault('verify', 'from nowhere', verdictId, `path ${pathId} is not there, nor a word why`)
  }
  if (!deadLetters.has(deadLetterId)) {
    findings.absent('verify', deadLetterId, `this dead letter is why verdict ${verdictId} says missing`)
  }
  if (!paths.missingFound.addNew(verdictId)) {
    findings.fault('verify', 'twice', verdictId, `path ${pathId} is said to be missing twice over`)
  }
  paths.addMissingVerdict(question.number, samplerId)
}

function checkJudged(
  books: Books,
  question: AuditedQuestion,
  paths: Paths,
  { record, place }: Placed<'verdicts'>,
): void {
  const { findings, deadLetters, payments, source, config } = books
  const { verdictId, pathId, samplerId, path, judgement, verifier, requestHash } = record
  findings.row('verify').out++
  if (judgement !== 'Correct' && judgement !== 'Error') {
    if (deadLetters.of('triage', place)) return
    findings.fault('verify', 'wrong', verdictId, `it judges ${JSON.stringify(judgement)}`)
    return
  }
  // A base's verdicts may be of a prompt this edition no longer has.
  const due = verdictIdOf(pathId, verifier, config.prompts.verify.hash)
  if (!source.shared.has('verdicts') && due !== verdictId) {
    findings.fault('verify', 'wrong', verdictId, `it is not the id of the verdict on path ${pathId}`)
  }
  if (path?.pathId !== pathId) {
    findings.fault('verify', 'wrong', verdictId, `it holds another path than ${pathId}`)
  }
  if (!paths.hasPath(question.number, samplerId)) {
    findings.fault('verify', 'from nowhere', verdictId, `path ${pathId} is not there`)
  }
  payments.use('verify', verdictId, requestHash === null ? [] : [requestHash])
  if (!paths.addVerdict(question.number, samplerId, judgement, verdictId)) {
    findings.fault('verify', 'twice', verdictId, `path ${pathId} was judged before`)
  }
}

function findAbsent({ findings }: Books, questions: Questions, paths: Paths): void {
  for (const question of questions) {
    for (const samplerId of paths.samplerIds) {
      if (!paths.hasPath(question.number, samplerId)) continue
      findings.row('verify').in++
      if (paths.outcomeOf(question.number, samplerId) !== null) continue
      findings.absent('verify', pathIdOf(question, samplerId), `no verdict on this path of ${question.name}`)
    }
  }
  const { missingDue, missingFound } = paths
  findings.row('verify').in += missingDue.size
  for (let number = 0; number < missingDue.size; number++) {
    const verdictId = missingDue.idAt(number)
    if (missingFound.has(verdictId)) continue
    findings.absent('verify', verdictId, 'the verdict that must say of a missing path that it is')
  }
}
