import type { StructuredAnswer } from '../models/ask.ts'
import type { AskedWithKey } from '../prompts/question.ts'
import { type VerifyAnswer, verifyShape } from '../prompts/verify.ts'
import type { ProcessorContext } from '../streams/processor.ts'
import { requestOf } from './request.ts'

/** What is put before the judge. */
export interface Judged {
  readonly questionId: string
  readonly question: AskedWithKey
  readonly cot: string
  /** The step that asks, where that is not `verify`. */
  readonly step?: string
  /** Tells apart equal questions to the judge, from 1. */
  readonly sample?: number
}

/** Asks the judge of the configuration: paths and controls alike, with the same words. */
export function askJudge(
  { ask, config }: ProcessorContext,
  { questionId, question, cot, step, sample }: Judged,
): Promise<StructuredAnswer<VerifyAnswer>> {
  return ask.structured<VerifyAnswer>({
    ...requestOf(config.roles.verify, questionId, config.prompts.verify.render({ question, cot }), step),
    shapeName: 'verdict',
    shape: verifyShape,
    ...(sample !== undefined && { sample }),
  })
}
