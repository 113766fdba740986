/** What a filter can ask of a question or of a record. */
import type { Question, TrainingRecord } from '../../schemas/types.ts'
import type { Dossier, ScoredRecord } from '../dossier.ts'

/** A value a filter compares; a list fits when one of its values does. */
export type FieldValue = string | number | boolean | readonly string[] | null

/** What kind of values a field has. */
export type FieldKind = 'text' | 'number' | 'truth'

/** One field. */
export interface Field {
  readonly kind: FieldKind
  /** In half a sentence, for the help. */
  readonly about: string
  /** Whether it belongs to a record, so that what is made of whole questions cannot be chosen by it. */
  readonly of: 'question' | 'record'
  readonly read: (subject: Subject) => FieldValue
}

/** What is chosen or not. */
export interface Subject {
  readonly question: Question
  readonly tier: string | null
  readonly errors: number | null
  /** null where a whole question is chosen. */
  readonly record: TrainingRecord | null
  readonly score: number | null
}

const ofQuestion = (kind: FieldKind, about: string, read: (subject: Subject) => FieldValue): Field => ({
  kind,
  about,
  of: 'question',
  read,
})

const ofRecord = (kind: FieldKind, about: string, read: (record: TrainingRecord) => FieldValue): Field => ({
  kind,
  about,
  of: 'record',
  read: ({ record }) => (record === null ? null : read(record)),
})

/** All fields by name. */
export const FIELDS: Readonly<Record<string, Field>> = {
  question_id: ofQuestion('text', 'the id of the question', ({ question }) => question.questionId),
  revision: ofQuestion('number', 'its revision, from 1', ({ question }) => question.revision),
  source: ofQuestion('text', 'where it comes from', ({ question }) => question.source),
  split: ofQuestion('text', "the source's own split", ({ question }) => question.split),
  language: ofQuestion('text', 'its language', ({ question }) => question.language),
  licence: ofQuestion('text', 'the licence of its source', ({ question }) => question.licence),
  labels: ofQuestion('text', 'its labels: one of them fits', ({ question }) => question.labels),
  options: ofQuestion('number', 'how many options it has', ({ question }) => question.options.length),
  tier: ofQuestion('text', 'easy, medium or difficult', ({ tier }) => tier),
  errors: ofQuestion('number', 'how many of its paths are wrong', ({ errors }) => errors),
  route: ofRecord('text', 'ranked, refined or regenerated', ({ route }) => route),
  rank: ofRecord('number', 'its place in the ranking, 1 or 2', ({ rank }) => rank),
  writer: ofRecord('text', 'the model that wrote the chain of thought', ({ writer }) => writer),
  summarizer: ofRecord('text', 'the model that wrote the response', ({ summarizer }) => summarizer),
  key_shown: ofRecord('truth', 'whether its writer was shown the key', ({ keyShown }) => keyShown),
  cot_characters: ofRecord('number', 'the length of the chain of thought', ({ cot }) => cot.length),
  score: {
    kind: 'number',
    about: 'the mean of its scores, 1 to 10; null where it was not scored',
    of: 'record',
    read: ({ score }) => score,
  },
}

/** A question as the subject of a filter. */
export function subjectOfQuestion({ question, triaged }: Dossier): Subject {
  return { question, tier: triaged?.tier ?? null, errors: triaged?.errors ?? null, record: null, score: null }
}

/** A record as the subject of a filter. */
export function subjectOfRecord({ record, score }: ScoredRecord): Subject {
  const { question, tier, errors } = record
  return { question, tier, errors, record, score }
}
