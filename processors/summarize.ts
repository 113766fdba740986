/**
 * Condenses a kept chain of thought into the response beside it, and assembles the training record. The
 * record holds no time, no offset and no name of ours: the same inputs under the same settings make the same bytes.
 *
 * Stateless. Failure: a summary that is empty or cut off is a dead letter of class `malformed-answer`, one that a
 * filter ended of class `content-filter`, with its text.
 */
import { editionOf } from '../config/edition.ts'
import { isFiltered } from '../models/finish.ts'
import type { Prompt } from '../prompts/prompt.ts'
import { contentId } from '../schemas/ids.ts'
import type { Kept, TrainingRecord } from '../schemas/types.ts'
import { type Processor, RecordError } from '../streams/processor.ts'
import { withoutThinkTags } from './chain-of-thought.ts'
import { isTruncated } from './code-check.ts'
import { requestOf } from './request.ts'

/** The id of the record that an edition, named by its hash, makes of a kept chain of thought. */
export function recordIdOf(edition: string, keptId: string, summarizer: string, promptHash: string): string {
  return contentId('record', edition, keptId, promptHash, summarizer)
}

/** Step `summarize`. */
export const summarize: Processor<'kept', 'records'> = {
  kind: 'stateless',
  step: 'summarize',
  inputs: ['kept'],
  outputs: ['records'],
  async process({ value: kept }, { ask, config }) {
    const { question } = kept
    const role = config.roles.summarize
    const prompt = config.prompts.summarize
    const cot = withoutThinkTags(kept.cot)
    const answer = await ask.text(requestOf(role, question.questionId, prompt.render({ question, cot })))
    const response = withoutThinkTags(answer.text)
    if (isFiltered(answer.finishReason)) {
      const message = `A content filter cut off the summary of ${kept.keptId}. Another model may do.`
      throw new RecordError('content-filter', message, answer.text)
    }
    if (response === '' || isTruncated(answer.finishReason)) {
      const what = response === '' ? 'empty' : 'cut off'
      const remedy = 'Give the role summarize more maxTokens or another model.'
      throw new RecordError(
        'malformed-answer',
        `The summary of ${kept.keptId} is ${what}. ${remedy}`,
        answer.text,
      )
    }
    const made = {
      cot,
      response,
      edition: editionOf(config).hash,
      summarizer: role.model.model,
    }
    const value = recordOf(kept, made, prompt, answer.requestHash)
    return [{ topic: 'records', key: question.questionId, value }]
  },
}

function recordOf(
  kept: Kept,
  made: Pick<TrainingRecord, 'cot' | 'response' | 'edition' | 'summarizer'>,
  prompt: Pick<Prompt<never>, 'hash' | 'promptVersion'>,
  requestHash: string,
): TrainingRecord {
  const { question, tier, route, errors, rank, answer, keptId, pathIds, verdictIds } = kept
  const { triagedId, rankingId, escalatedId, keyShown, writer } = kept
  return {
    ...made,
    kind: 'record',
    recordId: recordIdOf(made.edition, keptId, made.summarizer, prompt.hash),
    question,
    tier,
    route,
    errors,
    rank,
    answer,
    keptId,
    pathIds,
    verdictIds,
    triagedId,
    rankingId,
    escalatedId,
    attemptId: kept.attempt?.attemptId ?? null,
    keyShown,
    writer,
    summaryPrompt: prompt.promptVersion,
    requestHashes: [...kept.requestHashes, requestHash],
  }
}
