/**
 * One reasoning path a question and sampler. A processor a sampler, so that each has its own group, lag and
 * pace.
 *
 * Stateless. Failure: a path that cannot be made is a dead letter, and a record of kind `missing` takes its
 * place, since triage counts on every sampler. Withdrawn questions give nothing.
 */
import type { Sampler } from '../config/config.ts'
import { contentId } from '../schemas/ids.ts'
import type { Path, Question, RawPath } from '../schemas/types.ts'
import type { Processor, ProcessorContext } from '../streams/processor.ts'

/** The id of a sampler's path to a question, known before it is made. */
export function pathIdOf(question: Pick<Question, 'questionId' | 'revision'>, samplerId: string): string {
  return contentId('path', question.questionId, question.revision, samplerId)
}

/** Step `generate` of one sampler. */
export function generate(sampler: Sampler): Processor<'questions', 'raw-paths'> {
  const emission = (question: Question, rest: Pick<RawPath, 'kind' | 'path' | 'missing'>) => ({
    topic: 'raw-paths' as const,
    key: question.questionId,
    value: {
      pathId: pathIdOf(question, sampler.samplerId),
      samplerId: sampler.samplerId,
      question,
      ...rest,
    },
  })
  return {
    kind: 'stateless',
    step: `generate.${sampler.samplerId}`,
    title: `generate.${sampler.name}`,
    inputs: ['questions'],
    outputs: ['raw-paths'],
    async process({ value: question }, context) {
      if (question.kind === 'withdrawn') return []
      const path = await pathOf(question, sampler, context)
      return [emission(question, { kind: 'path', path, missing: null })]
    },
    standIn({ value: question }, { deadLetterId, message }) {
      if (question.kind === 'withdrawn') return []
      return [emission(question, { kind: 'missing', path: null, missing: { deadLetterId, reason: message } })]
    },
  }
}

async function pathOf(
  question: Question,
  sampler: Sampler,
  { ask, config }: ProcessorContext,
): Promise<Path> {
  const { samplerId, model, temperature, topP, maxTokens, retryMaxTokens, ordinal } = sampler
  const { questionId } = question
  const prompt = config.prompts.generate
  const messages = prompt.render({ question })
  const sampling = { temperature, topP, maxTokens, retryMaxTokens }
  const request = { step: 'generate', questionId, model, messages, ...sampling }
  const answer = await ask.text({ ...request, sample: ordinal })
  return {
    pathId: pathIdOf(question, samplerId),
    samplerId,
    model: model.model,
    temperature,
    topP,
    ordinal,
    promptVersion: prompt.promptVersion,
    reasoning: answer.reasoning,
    answerText: answer.text,
    finishReason: answer.finishReason,
    promptTokens: answer.promptTokens,
    completionTokens: answer.completionTokens,
    requestHash: answer.requestHash,
  }
}
