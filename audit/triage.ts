/** verdicts → triaged: each question whose verdicts are in once, in the tier they make. */
import { pathIdOf } from '../processors/generate.ts'
import { rankingIdOf } from '../processors/rank.ts'
import { errorsOf, type Tally, tierOf } from '../processors/tier.ts'
import { missingVerdictIdOf } from '../processors/verify.ts'
import { contentId } from '../schemas/ids.ts'
import { type Tier, TOPIC_OF_TIER } from '../schemas/topics.ts'
import type { Triaged } from '../schemas/types.ts'
import type { Books } from './books.ts'
import type { Outcome, Paths } from './paths.ts'
import type { AuditedQuestion, Questions } from './questions.ts'
import { type Placed, readRecords } from './reading.ts'
import { checkTriageState } from './triage-state.ts'

const TIERS = Object.keys(TOPIC_OF_TIER) as Tier[]

/** A verdict as a triaged record names it. */
interface Named {
  readonly samplerId: string
  readonly verdictId: string
  readonly outcome: Outcome
}

/** Checks what triage sent on, and lists the questions it waits on with the samplers it waits for. */
export async function checkTriage(books: Books, questions: Questions, paths: Paths): Promise<void> {
  for (const tier of TIERS) {
    const reading = {
      topic: TOPIC_OF_TIER[tier],
      writer: 'triage',
      idOf: ({ triagedId }: Triaged) => triagedId,
      keyOf: ({ question }: Triaged) => question.questionId,
    }
    for await (const placed of readRecords(books, reading)) checkOne(books, questions, paths, tier, placed)
  }
  for (const question of questions) {
    if (question.withdrawn) continue
    books.findings.row('triage').in++
    if (question.triaged === null) checkOpen(books, question, paths)
  }
  await checkTriageState(books, questions, paths)
}

function checkOne(
  books: Books,
  questions: Questions,
  paths: Paths,
  tier: Tier,
  { record, place }: Placed<'triaged-easy' | 'triaged-medium' | 'triaged-difficult'>,
): void {
  const { findings, deadLetters, config } = books
  const { triagedId, errors, correct } = record
  findings.row('triage').out++
  const question = questions.of(record.question, findings, 'triage', triagedId)
  if (question === null) return
  if (question.triaged !== null) {
    findings.fault('triage', 'twice', triagedId, `${question.name} was triaged before`)
    return
  }
  for (const complaint of complaintsOf(books, question, paths, tier, record)) {
    findings.fault('triage', 'wrong', triagedId, `${question.name}: ${complaint}`)
  }
  const dead = deadLetters.of(tier === 'difficult' ? 'regenerate' : 'rank', place)
  const rankingId = rankingIdOf(record, config.prompts.rank.hash)
  question.triaged = { triagedId, tier, errors, correct: correct.length, rankingId, dead }
}

function* complaintsOf(
  { config }: Books,
  question: AuditedQuestion,
  paths: Paths,
  tier: Tier,
  triaged: Triaged,
): Generator<string> {
  const named = verdictsIn(triaged)
  for (const { samplerId, verdictId, outcome } of named) {
    if (!isSaid(paths, question.number, samplerId, verdictId, outcome)) {
      yield `no verdict ${verdictId} says ${outcome} of the path by ${samplerId}`
    }
  }
  const samplers = new Set(named.map(({ samplerId }) => samplerId))
  const all = config.samplers.every(({ samplerId }) => samplers.has(samplerId))
  if (!all || named.length !== config.samplers.length) {
    yield `it names ${named.length} verdicts of ${samplers.size} samplers; ${config.samplers.length} are configured`
  }
  const errors = errorsOf(tallyOf(named, config.samplers.length), config.triage)
  if (errors === null) yield 'by the policy for missing paths it had to wait'
  else if (errors !== triaged.errors) yield `its verdicts make ${errors} errors, it says ${triaged.errors}`
  else if (tierOf(errors, config.triage) !== tier || triaged.tier !== tier) {
    yield `${errors} errors are ${tierOf(errors, config.triage)}; it says ${triaged.tier} and stands in ${TOPIC_OF_TIER[tier]}`
  }
  const ids = named.map(({ verdictId }) => verdictId).sort()
  if (contentId('triaged', question.questionId, question.revision, ids) !== triaged.triagedId) {
    yield 'its id is not that of its verdicts'
  }
}

function verdictsIn({ correct, correctVerdictIds, wrong, missing }: Triaged): Named[] {
  return [
    ...correct.map(({ samplerId }, at): Named => {
      return { samplerId, verdictId: correctVerdictIds[at] ?? '', outcome: 'Correct' }
    }),
    ...wrong.map(({ samplerId, verdictId }): Named => ({ samplerId, verdictId, outcome: 'Error' })),
    ...missing.map(({ samplerId, pathId, deadLetterId }): Named => {
      return { samplerId, verdictId: missingVerdictIdOf(pathId, deadLetterId), outcome: 'missing' }
    }),
  ]
}

/** Whether the verdict is there. One that a path is missing stays true of its time, although the path came later. */
function isSaid(
  paths: Paths,
  question: number,
  samplerId: string,
  verdictId: string,
  said: Outcome,
): boolean {
  if (said === 'missing') return paths.missingFound.has(verdictId)
  return paths.outcomeOf(question, samplerId) === said && paths.isVerdict(question, samplerId, verdictId)
}

function tallyOf(named: readonly Named[], expected: number): Tally {
  const count = (which: Outcome) => named.filter(({ outcome }) => outcome === which).length
  return { expected, correct: count('Correct'), wrong: count('Error'), missing: count('missing') }
}

/** A question triage has not decided: it waits by the rules, or was forgotten. */
function checkOpen(books: Books, question: AuditedQuestion, paths: Paths): void {
  const { config, findings, deadLetters } = books
  const named = config.samplers.map(({ samplerId, name }) => {
    return { samplerId, name, verdictId: '', outcome: paths.outcomeOf(question.number, samplerId) }
  })
  const there = named.filter((one): one is typeof one & Named => one.outcome !== null)
  if (errorsOf(tallyOf(there, config.samplers.length), config.triage) !== null) {
    findings.absent('triage', question.name, 'all its verdicts are in, and it was not triaged')
    return
  }
  const dismissed = deadLetters.dismissedOf(question.questionId)
  const isDismissed = (samplerId: string) =>
    dismissed.some((id) => paths.missingFound.has(missingVerdictIdOf(pathIdOf(question, samplerId), id)))
  const awaited = named
    .filter(({ outcome }) => outcome === null || outcome === 'missing')
    .map(({ name, samplerId, outcome }) => {
      if (outcome === null) return `${name} (nothing yet)`
      return isDismissed(samplerId) ? `${name} (failed, dismissed)` : `${name} (failed)`
    })
  findings.wait('triage', question.name, `waits for ${awaited.join(', ')}`)
}
