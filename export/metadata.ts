/** Where a line comes from: what stands under `metadata` in every format. */
import type { Question, TrainingRecord } from '../schemas/types.ts'
import type { Dossier } from './dossier.ts'
import { type Columns, type Row, TEXTS } from './row.ts'

const QUESTION_COLUMNS = {
  question_id: 'text',
  revision: 'int',
  source: 'text',
  split: 'text',
  language: 'text',
  licence: 'text',
  labels: TEXTS,
} as const satisfies Columns

/** Of a line that is a training record. */
export const RECORD_METADATA: Columns = {
  ...QUESTION_COLUMNS,
  answer: TEXTS,
  tier: 'text',
  errors: 'int',
  route: 'text',
  rank: 'int',
  writer: 'text',
  key_shown: 'bool',
  summarizer: 'text',
  summary_prompt: 'text',
  edition: 'text',
  kept_id: 'text',
  path_ids: TEXTS,
  verdict_ids: TEXTS,
  triaged_id: 'text',
  ranking_id: 'text',
  escalated_id: 'text',
  attempt_id: 'text',
}

/** Of a line made of a whole question. */
export const QUESTION_METADATA: Columns = {
  ...QUESTION_COLUMNS,
  tier: 'text',
  errors: 'int',
  triaged_id: 'text',
}

/** {@link RECORD_METADATA} of a record. */
export function recordMetadata(record: TrainingRecord): Row {
  return {
    ...questionPart(record.question),
    answer: record.answer,
    tier: record.tier,
    errors: record.errors,
    route: record.route,
    rank: record.rank,
    writer: record.writer,
    key_shown: record.keyShown,
    summarizer: record.summarizer,
    summary_prompt: record.summaryPrompt,
    edition: record.edition,
    kept_id: record.keptId,
    path_ids: record.pathIds,
    verdict_ids: record.verdictIds,
    triaged_id: record.triagedId,
    ranking_id: record.rankingId,
    escalated_id: record.escalatedId,
    attempt_id: record.attemptId,
  }
}

/** {@link QUESTION_METADATA} of a question. */
export function questionMetadata({ question, triaged }: Dossier): Row {
  return {
    ...questionPart(question),
    tier: triaged?.tier ?? null,
    errors: triaged?.errors ?? null,
    triaged_id: triaged?.triagedId ?? null,
  }
}

function questionPart(question: Question): Row {
  return {
    question_id: question.questionId,
    revision: question.revision,
    source: question.source,
    split: question.split,
    language: question.language,
    licence: question.licence,
    labels: question.labels,
  }
}
