/** Records as the demo counts them. */
import type { Completion, TrainingRecord } from '../../../schemas/types.ts'
import { question } from '../../support/records.ts'

/** A training record, with changes. */
export function trainingRecord(changes: Partial<TrainingRecord> = {}): TrainingRecord {
  return {
    kind: 'record',
    recordId: 'record-1',
    edition: 'edition',
    question: question(),
    tier: 'easy',
    route: 'ranked',
    errors: 2,
    rank: 1,
    cot: 'Step by step it is A.',
    response: 'It is A.',
    answer: ['A'],
    keptId: 'kept-1',
    pathIds: [],
    verdictIds: [],
    triagedId: 'triaged-1',
    rankingId: null,
    escalatedId: null,
    attemptId: null,
    keyShown: false,
    writer: 'm1-model',
    summarizer: 'summarize-model',
    summaryPrompt: 'summarize@1',
    requestHashes: [],
    ...changes,
  }
}

/** A call, with changes. */
export function completion(changes: Partial<Completion> = {}): Completion {
  return {
    paymentId: 'journal/0',
    journal: 'journal',
    sequence: 0,
    requestHash: 'request',
    step: 'generate.s1',
    questionId: 'set:1',
    model: 'm1-model',
    endpoint: 'lab',
    status: 'answered',
    reasoning: '',
    text: 'A',
    finishReason: 'stop',
    promptTokens: 100,
    completionTokens: 20,
    costNanoUsd: 64_000,
    atMostNanoUsd: null,
    startedAt: 0,
    durationMs: 1,
    attempt: 1,
    turnedAway: 0,
    error: null,
    ...changes,
  }
}
