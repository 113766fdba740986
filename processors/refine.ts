/**
 * Mends the chosen paths of a question: targeted edits with the errors of the other paths as a warning, then
 * a check by code that the result still concludes the key, then a self-check that it does not contradict
 * itself (ReasonMed paper, section 3.3). What passes is kept; where nothing does, the question is escalated
 * with its attempts.
 *
 * Stateless. Failure: an edit that comes out cut off, too short or with another answer has not passed; that
 * is no dead letter.
 */
import { consistencyShape } from '../prompts/consistency.ts'
import { contentId } from '../schemas/ids.ts'
import type { Attempt, Escalated, Kept, Path, Ranked } from '../schemas/types.ts'
import type { Emission, Processor, ProcessorContext } from '../streams/processor.ts'
import { attemptOf, writtenOf } from './attempt.ts'
import { cotOf } from './chain-of-thought.ts'
import { requestOf } from './request.ts'

/** Step `refine`. */
export const refine: Processor<'ranked', 'kept' | 'escalated'> = {
  kind: 'stateless',
  step: 'refine',
  inputs: ['ranked'],
  outputs: ['kept', 'escalated'],
  async process({ value: ranked }, context) {
    const key = ranked.question.questionId
    const attempts = await Promise.all(ranked.chosen.map((path) => mend(ranked, path, context)))
    const passed = [...attempts.entries()].filter(([, attempt]) => attempt.passed)
    if (passed.length === 0) return [{ topic: 'escalated', key, value: escalatedOf(ranked, attempts) }]
    const { minCharacters } = context.config.verify
    return passed.map(([place, attempt], nth): Emission<'kept'> => {
      const kept = keptOf(ranked, place, attempt, minCharacters)
      return { topic: 'kept', key, value: nth === 0 ? { ...kept, notChosen: ranked.notChosen } : kept }
    })
  },
}

async function mend(ranked: Ranked, path: Path, context: ProcessorContext): Promise<Attempt> {
  const { question, rankingId, wrong } = ranked
  const { minCharacters } = context.config.verify
  const role = context.config.roles.refine
  const prompt = context.config.prompts.refine
  const remarks = wrong.map(({ reason }) => reason).filter((reason) => reason !== '')
  const messages = prompt.render({ question, cot: cotOf(path, minCharacters), remarks })
  const answer = await context.ask.text(requestOf(role, question.questionId, messages))
  const made = {
    question,
    inputIds: [rankingId, path.pathId],
    role,
    prompt,
    number: 1,
    keyShown: true,
    fromPathId: path.pathId,
  }
  const attempt = attemptOf(made, answer, minCharacters)
  return attempt.passed ? selfChecked(ranked, attempt, context) : attempt
}

async function selfChecked(
  { question }: Ranked,
  attempt: Attempt,
  { ask, config }: ProcessorContext,
): Promise<Attempt> {
  const cot = cotOf(writtenOf(attempt), config.verify.minCharacters)
  const { value, requestHashes } = await ask.structured({
    ...requestOf(
      config.roles.refine,
      question.questionId,
      config.prompts.consistency.render({ question, cot }),
    ),
    shapeName: 'consistency',
    shape: consistencyShape,
  })
  return {
    ...attempt,
    passed: value.consistent,
    reason: value.consistent ? '' : value.reason,
    requestHashes: [...attempt.requestHashes, ...requestHashes],
  }
}

function keptOf(ranked: Ranked, place: number, attempt: Attempt, minCharacters: number): Kept {
  const { question, tier, errors, triagedId, rankingId, chosen, chosenVerdictIds } = ranked
  return {
    keptId: contentId('kept', 'refined', attempt.attemptId),
    question,
    tier,
    route: 'refined',
    errors,
    rank: place + 1,
    cot: cotOf(writtenOf(attempt), minCharacters),
    writer: attempt.model,
    answer: attempt.extracted ?? question.answer.labels,
    pathIds: chosen.slice(place, place + 1).map(({ pathId }) => pathId),
    verdictIds: chosenVerdictIds.slice(place, place + 1),
    triagedId,
    rankingId,
    escalatedId: null,
    attempt,
    keyShown: attempt.keyShown,
    notChosen: [],
    requestHashes: attempt.requestHashes,
  }
}

function escalatedOf(ranked: Ranked, attempts: readonly Attempt[]): Escalated {
  const { rankingId, triagedId, question, tier, errors, chosen, wrong } = ranked
  const attemptIds = attempts.map(({ attemptId }) => attemptId)
  return {
    escalatedId: contentId('escalated', rankingId, attemptIds),
    rankingId,
    triagedId,
    question,
    tier,
    errors,
    correct: chosen,
    wrong,
    attempts,
  }
}
