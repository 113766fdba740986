/**
 * Judges a path Correct or Error, by code and by a judge; both judgements are kept.
 *
 * Code goes first: a path cut off or next to empty is an Error without a call. The judge sees the rest. An
 * answer that is not the key is an Error whatever the judge says; where code cannot read the answer the
 * judge decides alone; where it matches, the judge decides about the argument.
 *
 * Stateless. Failure: a path that cannot be judged is a dead letter, and a verdict of kind `missing` takes
 * its place; missing paths pass through as missing verdicts.
 */
import type { VerifyAnswer } from '../prompts/verify.ts'
import { contentId } from '../schemas/ids.ts'
import type { Missing, Path, Question, RawPath, Verdict } from '../schemas/types.ts'
import { type Processor, type ProcessorContext, RecordError } from '../streams/processor.ts'
import { askJudge } from './ask-judge.ts'
import { cotOf } from './chain-of-thought.ts'
import { type CodeChecked, codeCheck, complaintOf } from './code-check.ts'

/** The id of the verdict on a path that a verifier gives when it is asked with this prompt. */
export function verdictIdOf(pathId: string, verifier: string, promptHash: string): string {
  return contentId('verdict', pathId, verifier, promptHash)
}

/** The id of the verdict that says a path is missing. */
export function missingVerdictIdOf(pathId: string, deadLetterId: string): string {
  return contentId('verdict', pathId, 'missing', deadLetterId)
}

/** Step `verify`. */
export const verify: Processor<'raw-paths', 'verdicts'> = {
  kind: 'stateless',
  step: 'verify',
  inputs: ['raw-paths'],
  outputs: ['verdicts'],
  async process({ value: raw }, context) {
    if (raw.missing !== null) return emit(missingVerdict(raw, raw.missing))
    if (raw.path === null) {
      throw new RecordError(
        'bad-input',
        `Path ${raw.pathId} holds neither a path nor a reason why it is missing.`,
      )
    }
    return emit(await verdictOn(raw, raw.path, context))
  },
  standIn({ value: raw }, { deadLetterId, message }) {
    return emit(missingVerdict(raw, { deadLetterId, reason: message }))
  },
}

function emit(value: Verdict) {
  return [{ topic: 'verdicts' as const, key: value.question.questionId, value }]
}

async function verdictOn(raw: RawPath, path: Path, context: ProcessorContext): Promise<Verdict> {
  const { config } = context
  const { question, pathId, samplerId } = raw
  const { minCharacters } = config.verify
  const role = config.roles.verify
  const prompt = config.prompts.verify
  const checked = codeCheck(question, path, minCharacters)
  const judged = settledByCode(checked)
    ? null
    : await askJudge(context, {
        questionId: question.questionId,
        question,
        cot: cotOf(path, minCharacters),
      })
  const judge = judged?.value ?? null
  return {
    ...verdictBase,
    kind: 'verdict',
    verdictId: verdictIdOf(pathId, role.model.model, prompt.hash),
    pathId,
    samplerId,
    question,
    path,
    ...finalWord(checked, judge, question),
    extracted: checked.extracted,
    codeCheck: checked.check,
    judgeVerdict: judge?.verdict ?? null,
    judgeReason: judge?.reason ?? null,
    verifier: role.model.model,
    promptVersion: prompt.promptVersion,
    requestHash: judged?.answer.requestHash ?? null,
  }
}

function settledByCode({ check }: CodeChecked): boolean {
  return check === 'truncated' || check === 'too-short'
}

/** Who decides, what, and why. A judge's reason for an Error says more than that the labels differ. */
function finalWord(
  checked: CodeChecked,
  judge: VerifyAnswer | null,
  question: Question,
): Pick<Verdict, 'judgement' | 'decidedBy' | 'reason'> {
  if (judge === null) {
    return { judgement: 'Error', decidedBy: 'code', reason: complaintOf(checked, question) }
  }
  if (checked.check !== 'mismatch') {
    return { judgement: judge.verdict, decidedBy: 'judge', reason: judge.reason }
  }
  const complaint = complaintOf(checked, question)
  const reason = judge.verdict === 'Error' ? `${complaint} ${judge.reason}` : complaint
  return { judgement: 'Error', decidedBy: 'code', reason }
}

function missingVerdict({ pathId, samplerId, question }: RawPath, missing: Missing): Verdict {
  const verdictId = missingVerdictIdOf(pathId, missing.deadLetterId)
  return { ...verdictBase, kind: 'missing', verdictId, pathId, samplerId, question, missing }
}

const verdictBase = {
  path: null,
  missing: null,
  judgement: '',
  decidedBy: '',
  reason: '',
  extracted: null,
  codeCheck: '',
  judgeVerdict: null,
  judgeReason: null,
  verifier: '',
  promptVersion: '',
  requestHash: null,
}
