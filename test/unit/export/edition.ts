/** An edition in memory: what the topics of a few questions hold. */
import type { GatheredTopic, ReadTopic } from '../../../export/gather.ts'
import type { TopicRecords } from '../../../schemas/topics.ts'
import type {
  Attempt,
  Kept,
  Question,
  Score,
  TrainingRecord,
  Triaged,
  Verdict,
} from '../../../schemas/types.ts'
import { path, question, verdict, wrongPath } from '../../support/records.ts'

/** Records by topic; topics left out are empty. */
export type Topics = { readonly [T in GatheredTopic]?: readonly TopicRecords[T][] }

/** Reads them. */
export function reading(topics: Topics): ReadTopic {
  return async function* <T extends GatheredTopic>(topic: T) {
    yield* (topics[topic] ?? []) as readonly TopicRecords[T][]
  }
}

/** A training record. */
export function record(recordId: string, changes: Partial<TrainingRecord> = {}): TrainingRecord {
  return {
    kind: 'record',
    recordId,
    edition: 'edition-hash',
    question: question({ context: ['A passage.'] }),
    tier: 'easy',
    route: 'ranked',
    errors: 1,
    rank: 1,
    cot: 'Step by step.',
    response: 'In short, A.',
    answer: ['A'],
    keptId: `kept-${recordId}`,
    pathIds: ['path'],
    verdictIds: ['verdict'],
    triagedId: 'triaged',
    rankingId: 'ranking',
    escalatedId: null,
    attemptId: null,
    keyShown: false,
    writer: 'writer-model',
    summarizer: 'mini-model',
    summaryPrompt: 'summarize@1',
    requestHashes: ['request'],
    ...changes,
  }
}

/** A score of a record. */
export function score(of: TrainingRecord, overall: number): Score {
  return {
    scoreId: `score-${of.recordId}`,
    subject: 'record',
    dataset: '',
    subjectId: of.recordId,
    pathId: null,
    questionId: of.question.questionId,
    revision: of.question.revision,
    source: of.question.source,
    tier: of.tier,
    route: of.route,
    writer: of.writer,
    clinicalAccuracy: overall,
    clinicalAccuracyReason: '',
    logic: overall,
    logicReason: '',
    factualCorrectness: overall,
    factualCorrectnessReason: '',
    completeness: overall,
    completenessReason: '',
    overall,
    scorer: 'score-model',
    promptVersion: 'score@1',
    requestHashes: [],
  }
}

/** Everything about a medium question: four paths Correct, five wrong, two mended and kept. */
export function mediumQuestion(asked: Question = question()): Topics {
  const { questionId } = asked
  const paths = Array.from({ length: 9 }, (_, at) => path(at + 1, {}, asked))
  const verdicts = paths.map((one, at): Verdict => {
    const isWrong = at >= 4
    return {
      ...verdict(at + 1, isWrong ? 'Error' : 'Correct', asked),
      verdictId: `${questionId} verdict ${at + 1}`,
      path: isWrong ? { ...one, answerText: `Wrong path ${at + 1} of ${questionId}.` } : one,
      pathId: one.pathId,
    }
  })
  const triaged: Triaged = {
    triagedId: `${questionId} triaged`,
    question: asked,
    tier: 'medium',
    errors: 5,
    expected: 9,
    correct: paths.slice(0, 4),
    correctVerdictIds: verdicts.slice(0, 4).map(({ verdictId }) => verdictId),
    wrong: verdicts.slice(4).map(({ verdictId }, at) => ({ ...wrongPath(at + 5), verdictId })),
    missing: [],
  }
  const made = [1, 2].map((rank) => mended(asked, rank, paths[rank - 1]!.pathId))
  return {
    questions: [asked],
    'triaged-medium': [triaged],
    verdicts,
    kept: made.map(({ kept }) => kept),
    records: made.map(({ record }) => record),
    scores: made.map(({ record }) => score(record, 7 + record.rank)),
  }
}

function mended(asked: Question, rank: number, fromPathId: string) {
  const id = `${asked.questionId} ${rank}`
  const attempt: Attempt = {
    attemptId: `attempt ${id}`,
    try: 1,
    model: 'refine-model',
    promptVersion: 'refine@1',
    keyShown: true,
    fromPathId,
    reasoning: '',
    text: `Mended ${id}.`,
    extracted: ['A'],
    passed: true,
    reason: '',
    requestHashes: [],
  }
  const shared = {
    question: asked,
    tier: 'medium',
    route: 'refined',
    errors: 5,
    rank,
    writer: 'refine-model',
  }
  const links = { pathIds: [fromPathId], verdictIds: [], rankingId: null, escalatedId: null, keyShown: true }
  const kept: Kept = {
    ...{ ...shared, ...links, keptId: `kept ${id}`, cot: `Mended ${id}.`, answer: ['A'] },
    ...{ triagedId: `${asked.questionId} triaged`, attempt, notChosen: [], requestHashes: [] },
  }
  const changes = { ...shared, ...links, keptId: kept.keptId, cot: kept.cot, attemptId: attempt.attemptId }
  return { kept, record: record(`record ${id}`, changes) }
}

/** Several questions' topics as one. */
export function together(...all: readonly Topics[]): Topics {
  const names = new Set(all.flatMap((one) => Object.keys(one) as GatheredTopic[]))
  const entries = [...names].map((name) => [name, all.flatMap((one): unknown[] => [...(one[name] ?? [])])])
  return Object.fromEntries(entries) as Topics
}
