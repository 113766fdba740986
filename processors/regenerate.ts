/**
 * Writes a chain of thought anew for a question that nearly all paths got wrong, or whose mended paths all
 * failed (ReasonMed paper, section 3.4). Tries one after the other until one passes the check by code; the
 * configuration says how many, from which one on the key is shown, and whether a lone Correct path is given
 * along. Where none passes, the question is unsolved and keeps its attempts.
 *
 * Stateless. Failure: a try that comes out cut off, too short or with another answer has not passed; that is
 * no dead letter.
 */
import type { Regenerate } from '../config/config.ts'
import { contentId } from '../schemas/ids.ts'
import type {
  Attempt,
  Escalated,
  Kept,
  Path,
  Question,
  Triaged,
  Unsolved,
  WrongPath,
} from '../schemas/types.ts'
import type { Input, Processor, ProcessorContext } from '../streams/processor.ts'
import { attemptOf, writtenOf } from './attempt.ts'
import { cotOf } from './chain-of-thought.ts'
import { requestOf } from './request.ts'

/** What both inputs say alike. */
interface Case {
  readonly inputId: string
  readonly question: Question
  readonly tier: string
  readonly errors: number
  readonly triagedId: string
  readonly rankingId: string | null
  readonly escalatedId: string | null
  readonly correct: readonly Path[]
  /** The verdicts on `correct`, in the same order, where the input names them. */
  readonly verdictIds: readonly string[]
  readonly wrong: readonly WrongPath[]
}

/** Step `regenerate`. */
export const regenerate: Processor<'triaged-difficult' | 'escalated', 'kept' | 'unsolved'> = {
  kind: 'stateless',
  step: 'regenerate',
  inputs: ['triaged-difficult', 'escalated'],
  outputs: ['kept', 'unsolved'],
  async process(input, context) {
    const hard = caseOf(input)
    const key = hard.question.questionId
    const attempts: Attempt[] = []
    for (let number = 1; number <= context.config.regenerate.tries; number++) {
      const attempt = await tryOnce(hard, number, context)
      attempts.push(attempt)
      if (attempt.passed) {
        return [
          { topic: 'kept', key, value: keptOf(hard, attempts, attempt, context.config.verify.minCharacters) },
        ]
      }
    }
    return [{ topic: 'unsolved', key, value: unsolvedOf(hard, attempts) }]
  },
}

function caseOf(input: Input<'triaged-difficult' | 'escalated'>): Case {
  return input.topic === 'escalated' ? escalatedCase(input.value) : triagedCase(input.value)
}

function triagedCase(triaged: Triaged): Case {
  const { triagedId, question, tier, errors, correct, correctVerdictIds, wrong } = triaged
  const none = { rankingId: null, escalatedId: null }
  return {
    inputId: triagedId,
    question,
    tier,
    errors,
    triagedId,
    ...none,
    correct,
    verdictIds: correctVerdictIds,
    wrong,
  }
}

function escalatedCase(escalated: Escalated): Case {
  const { escalatedId, rankingId, triagedId, question, tier, errors, correct, wrong } = escalated
  return {
    inputId: escalatedId,
    question,
    tier,
    errors,
    triagedId,
    rankingId,
    escalatedId,
    correct,
    verdictIds: [],
    wrong,
  }
}

async function tryOnce(hard: Case, number: number, { ask, config }: ProcessorContext): Promise<Attempt> {
  const { question } = hard
  const { minCharacters } = config.verify
  const role = config.roles.regenerate
  const prompt = config.prompts.regenerate
  const keyShown = keyShownAt(number, config.regenerate)
  const given = givenPath(hard, config.regenerate)
  const messages = prompt.render({
    question,
    attempt: number,
    keyShown,
    earlier: given === null ? null : cotOf(given, minCharacters),
    remarks: hard.wrong.map(({ reason }) => reason).filter((reason) => reason !== ''),
  })
  const answer = await ask.text({ ...requestOf(role, question.questionId, messages), try: number })
  const fromPathId = given?.pathId ?? null
  const inputIds = given === null ? [hard.inputId] : [hard.inputId, given.pathId]
  const made = { question, inputIds, role, prompt, number, keyShown, fromPathId }
  return attemptOf(made, answer, minCharacters)
}

/** Whether a try, counted from 1, is shown the answer key. */
export function keyShownAt(number: number, { showKey, tries }: Regenerate): boolean {
  return showKey === 'always' || (showKey === 'lastTry' && number === tries)
}

/** The one path that was right among so many wrong ones; of several there is none to prefer. */
function givenPath({ correct }: Case, { giveCorrectPath }: Regenerate): Path | null {
  return giveCorrectPath && correct.length === 1 ? (correct[0] ?? null) : null
}

function keptOf(hard: Case, attempts: readonly Attempt[], passed: Attempt, minCharacters: number): Kept {
  const { question, tier, errors, triagedId, rankingId, escalatedId } = hard
  return {
    keptId: contentId('kept', 'regenerated', passed.attemptId),
    question,
    tier,
    route: 'regenerated',
    errors,
    rank: 1,
    cot: cotOf(writtenOf(passed), minCharacters),
    writer: passed.model,
    answer: passed.extracted ?? question.answer.labels,
    pathIds: passed.fromPathId === null ? [] : [passed.fromPathId],
    verdictIds: passed.fromPathId === null ? [] : hard.verdictIds,
    triagedId,
    rankingId,
    escalatedId,
    attempt: passed,
    keyShown: passed.keyShown,
    notChosen: [],
    requestHashes: attempts.flatMap(({ requestHashes }) => requestHashes),
  }
}

function unsolvedOf(hard: Case, attempts: readonly Attempt[]): Unsolved {
  const { question, tier, errors, triagedId, escalatedId } = hard
  const attemptIds = attempts.map(({ attemptId }) => attemptId)
  const unsolvedId = contentId('unsolved', triagedId, escalatedId, attemptIds)
  return { unsolvedId, triagedId, escalatedId, question, tier, errors, attempts }
}
