/** A record for every topic whose records have a table, with something in every field that may be empty. */
import type { TopicRecords } from '../../schemas/topics.ts'
import type { Attempt } from '../../schemas/types.ts'
import { intake, path, question, rawPath, triaged, verdict, wrongPath } from './records.ts'

const attempt: Attempt = {
  attemptId: 'attempt-1',
  try: 1,
  model: 'strong-model',
  promptVersion: 'refine@1',
  keyShown: false,
  fromPathId: 'path-1',
  reasoning: 'thought',
  text: 'written',
  extracted: ['A'],
  passed: false,
  reason: 'It says B.',
  requestHashes: ['request-1'],
}

const common = { question: question(), tier: 'medium', errors: 5 }
const notChosen = [{ pathId: 'path-2', reason: 'Longer.' }]

/** One record a topic. */
export function everyTopic(): Omit<TopicRecords, 'triage-state'> {
  const wrong = [wrongPath(3), { ...wrongPath(4), extracted: null }]
  const kept = {
    ...common,
    rank: 1,
    cot: 'thought',
    writer: 'm1-model',
    answer: ['A'],
    pathIds: ['path-1'],
    verdictIds: ['verdict-1'],
    triagedId: 'triaged-1',
    rankingId: 'ranking-1',
    escalatedId: null,
    keyShown: true,
    requestHashes: ['request-1', 'request-2'],
    keptId: 'kept-1',
    route: 'refined',
  }
  return {
    intake: intake({ batch: 'monday', labels: ['heart'] }),
    questions: question({ context: ['A passage.'] }),
    'raw-paths': rawPath(),
    verdicts: verdict(1, 'missing'),
    'triaged-easy': {
      ...triaged(8, 'easy'),
      missing: [{ pathId: 'p', samplerId: 's', reason: 'It broke.', deadLetterId: 'dead' }],
    },
    'triaged-medium': triaged(4, 'medium'),
    'triaged-difficult': triaged(0, 'difficult'),
    ranked: {
      ...common,
      rankingId: 'ranking-1',
      triagedId: 'triaged-1',
      chosen: [path(1), path(2)],
      chosenVerdictIds: ['verdict-1', 'verdict-2'],
      notChosen,
      wrong,
      ranker: 'rank-model',
      requestHash: 'request-1',
    },
    escalated: {
      ...common,
      escalatedId: 'escalated-1',
      rankingId: 'ranking-1',
      triagedId: 'triaged-1',
      correct: [path(1)],
      wrong,
      attempts: [attempt, { ...attempt, try: 2, extracted: null, fromPathId: null }],
    },
    kept: { ...kept, attempt, notChosen },
    unsolved: { ...common, unsolvedId: 'unsolved-1', triagedId: 't', escalatedId: 'e', attempts: [attempt] },
    records: {
      ...kept,
      kind: 'record',
      recordId: 'record-1',
      edition: 'hash',
      response: 'summary',
      attemptId: 'attempt-1',
      summarizer: 'mini',
      summaryPrompt: 'summarize@1',
    },
    completions: {
      paymentId: 'j/0',
      journal: 'j',
      sequence: 0,
      requestHash: 'request-1',
      step: 'generate',
      questionId: 'set:1',
      model: 'm1-model',
      endpoint: 'lab',
      status: 'answered',
      reasoning: 'thought',
      text: 'answer',
      finishReason: 'stop',
      promptTokens: 100,
      completionTokens: 50,
      costNanoUsd: 123_456,
      atMostNanoUsd: 200_000,
      startedAt: 1_700_000_000_123,
      durationMs: 1_500,
      attempt: 1,
      error: null,
    },
    'dead-letters': {
      deadLetterId: 'dead-1',
      group: 'test.main.verify',
      step: 'verify',
      topic: 'test.main.raw-paths',
      partition: 2,
      offset: 17,
      questionId: 'set:1',
      class: 'malformed-answer',
      message: 'No JSON.',
      attempts: 2,
      answer: 'well',
      key: Buffer.from('set:1'),
      value: Buffer.from([0, 255, 1]),
      redrivenFrom: null,
      headers: [{ name: 'trace', value: Buffer.from([1, 2]) }],
    },
    redrive: {
      redriveId: 'redrive-1',
      deadLetterId: 'dead-1',
      group: 'test.main.verify',
      topic: 'test.main.raw-paths',
      key: null,
      value: Buffer.from([0, 255, 1]),
      kind: 'order',
      why: null,
      by: null,
    },
    editions: { edition: 'main', hash: 'h', config: '{}', base: null, from: null, codeVersion: '0.1.0' },
    'budget-events': {
      eventId: 'event-1',
      edition: 'main',
      kind: 'reached',
      role: 'verify',
      limitNanoUsd: 5_000_000_000,
      spentNanoUsd: 4_999_000_000,
      slot: 'machine-0',
      host: 'host',
      at: 1_700_000_000_000,
    },
  }
}

/** The topics it has records of. */
export const EVERY_TOPIC = Object.keys(everyTopic()) as Exclude<keyof TopicRecords, 'triage-state'>[]
