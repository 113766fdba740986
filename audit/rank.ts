/** triaged-medium → ranked → escalated: the records between triage and what is kept. */
import { CHOSEN } from '../prompts/rank.ts'
import { contentId } from '../schemas/ids.ts'
import type { Escalated, Path, Ranked } from '../schemas/types.ts'
import type { Books } from './books.ts'
import type { Paths } from './paths.ts'
import type { AuditedQuestion, Questions } from './questions.ts'
import { type Placed, readRecords } from './reading.ts'

const RANKED = {
  topic: 'ranked',
  writer: 'rank',
  idOf: ({ rankingId }: Ranked) => rankingId,
  keyOf: ({ question }: Ranked) => question.questionId,
} as const

const ESCALATED = {
  topic: 'escalated',
  writer: 'refine',
  idOf: ({ escalatedId }: Escalated) => escalatedId,
  keyOf: ({ question }: Escalated) => question.questionId,
} as const

/** Checks the rankings of questions to be mended, and then the escalations of those that could not be. */
export async function checkRanked(books: Books, questions: Questions, paths: Paths): Promise<void> {
  for await (const placed of readRecords(books, RANKED)) checkRanking(books, questions, paths, placed)
  for await (const placed of readRecords(books, ESCALATED)) checkEscalation(books, questions, placed)
}

/** Whether rank sends a question on to be mended; it keeps the paths of easy ones, where there are any. */
export function isToBeMended({ triaged }: AuditedQuestion): boolean {
  return (
    triaged !== null && triaged.tier !== 'difficult' && (triaged.tier === 'medium' || triaged.correct === 0)
  )
}

function checkRanking(
  books: Books,
  questions: Questions,
  paths: Paths,
  { record, place }: Placed<'ranked'>,
): void {
  const { findings, deadLetters, payments, scorables } = books
  const { rankingId, triagedId, chosen, chosenVerdictIds, requestHash } = record
  findings.row('rank').out++
  const question = questions.of(record.question, findings, 'rank', rankingId)
  if (question === null) return
  const { triaged, name } = question
  if (question.ranked !== null) {
    findings.fault('rank', 'twice', rankingId, `${name} was ranked before`)
    return
  }
  question.ranked = { chosen: chosen.length, dead: deadLetters.of('refine', place) }
  payments.use('rank', rankingId, requestHash === null ? [] : [requestHash])
  for (const path of chosen) scorables.addPath(record, path, deadLetters.of('score', place))
  if (triaged === null || triaged.triagedId !== triagedId || !isToBeMended(question)) {
    findings.fault('rank', 'from nowhere', rankingId, `no triage ${triagedId} sent ${name} to be mended`)
    return
  }
  if (triaged.rankingId !== rankingId) {
    findings.fault('rank', 'wrong', rankingId, `the ranking of ${name} has the id ${triaged.rankingId}`)
  }
  const due = Math.min(CHOSEN, triaged.correct)
  if (chosen.length !== due) {
    findings.fault('rank', 'wrong', rankingId, `it chose ${chosen.length} paths of ${name}, not ${due}`)
  }
  for (const [at, { pathId }] of chosen.entries()) {
    if (isCorrect(paths, question, chosen, at, chosenVerdictIds)) continue
    findings.fault('rank', 'wrong', rankingId, `it chose path ${pathId}, which no verdict says is Correct`)
  }
}

function isCorrect(
  paths: Paths,
  { number }: AuditedQuestion,
  chosen: readonly Path[],
  at: number,
  verdictIds: readonly string[],
): boolean {
  const path = chosen[at] as Path
  return paths.correctSampler(number, verdictIds[at] ?? '') === path.samplerId
}

function checkEscalation(books: Books, questions: Questions, { record, place }: Placed<'escalated'>): void {
  const { findings, deadLetters, payments } = books
  const { escalatedId, rankingId, triagedId, attempts } = record
  findings.row('refine').out++
  const question = questions.of(record.question, findings, 'refine', escalatedId)
  if (question === null) return
  const { triaged, ranked, name } = question
  if (question.escalated !== null) {
    findings.fault('refine', 'twice', escalatedId, `${name} was escalated before`)
    return
  }
  question.escalated = { escalatedId, dead: deadLetters.of('regenerate', place) }
  payments.use(
    'refine',
    escalatedId,
    attempts.flatMap(({ requestHashes }) => requestHashes),
  )
  if (ranked === null || triaged?.triagedId !== triagedId || triaged.rankingId !== rankingId) {
    findings.fault('refine', 'from nowhere', escalatedId, `${name} was not sent to be mended`)
    return
  }
  const ids = attempts.map(({ attemptId }) => attemptId)
  if (contentId('escalated', rankingId, ids) !== escalatedId) {
    findings.fault('refine', 'wrong', escalatedId, 'its id is not that of its attempts')
  }
  if (attempts.length !== ranked.chosen || attempts.some(({ passed }) => passed)) {
    const passed = attempts.filter((one) => one.passed).length
    const detail = `${attempts.length} attempts, ${passed} passed; ${ranked.chosen} were to be mended`
    findings.fault('refine', 'wrong', escalatedId, detail)
  }
}
