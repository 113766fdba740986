/** Verdicts made up by rule, as large as they are in life; how many of a question are Error is drawn by its id. */
import type { Config, Sampler } from '../../config/config.ts'
import { placeIn } from '../../config/drawing.ts'
import { pathIdOf } from '../../processors/generate.ts'
import { verdictIdOf } from '../../processors/verify.ts'
import { generatePrompt } from '../../prompts/generate.ts'
import { verifyPrompt } from '../../prompts/verify.ts'
import { contentId } from '../../schemas/ids.ts'
import type { Path, Question, Verdict } from '../../schemas/types.ts'

/** Of what a model wrote, in characters: with it a verdict takes about 5 KB. */
const TEXT_LENGTH = 3_650
const SEED = 1
/** With the square of a question's difficulty: four questions in five are easy, one in twenty is difficult. */
const HARDEST = 0.95

/** A verdict of each sampler on a question. */
export function madeVerdicts(question: Question, { samplers, roles }: Config): Verdict[] {
  const difficulty = placeIn('difficulty', SEED, question.questionId)
  return samplers.map((sampler) => {
    const path = madePath(question, sampler, difficulty ** 2 * HARDEST)
    return verdictOn(question, path, roles.verify.model.model)
  })
}

function madePath(question: Question, sampler: Sampler, shareOfErrors: number): Path {
  const { samplerId, model, temperature, topP, ordinal } = sampler
  const pathId = pathIdOf(question, samplerId)
  const key = question.answer.labels
  const other = question.options.find(({ label }) => !key.includes(label))?.label ?? ''
  const concluded = placeIn('error', SEED, pathId) < shareOfErrors ? other : key.join(', ')
  const step = `Step of ${pathId}: ${question.stem} `
  const text = step.repeat(Math.ceil(TEXT_LENGTH / step.length)).slice(0, TEXT_LENGTH)
  return {
    pathId,
    samplerId,
    ...{ model: model.model, temperature, topP, ordinal },
    promptVersion: generatePrompt.promptVersion,
    reasoning: '',
    answerText: `${text}\n\nFinal answer: ${concluded}`,
    finishReason: 'stop',
    promptTokens: 300,
    completionTokens: 800,
    requestHash: contentId('generated', pathId),
  }
}

function verdictOn(question: Question, path: Path, verifier: string): Verdict {
  const { pathId, samplerId, answerText } = path
  const concluded = answerText.slice(answerText.lastIndexOf(' ') + 1)
  const isRight = question.answer.labels.join(', ') === concluded
  const judgement = isRight ? 'Correct' : 'Error'
  const reason = isRight ? 'Every step follows from the case.' : 'The conclusion does not follow.'
  return {
    kind: 'verdict',
    verdictId: verdictIdOf(pathId, verifier, verifyPrompt.hash),
    ...{ pathId, samplerId, question, path, missing: null, judgement, reason },
    decidedBy: isRight ? 'judge' : 'code',
    extracted: [concluded],
    codeCheck: isRight ? 'match' : 'mismatch',
    judgeVerdict: judgement,
    judgeReason: reason,
    verifier,
    promptVersion: verifyPrompt.promptVersion,
    requestHash: contentId('judged', pathId),
  }
}
