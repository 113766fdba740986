import type { Score } from '../../schemas/types.ts'
import {
  type ColumnType,
  columnsOf,
  FRACTION_OR_NULL,
  ID,
  ID_OR_NULL,
  IDS,
  SMALL,
  TEXT,
  WORD,
} from './column.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<Score>('Score')

/** 1 to 10. */
const GRADE: ColumnType = { type: 'UInt8' }

/** Topic `scores`. */
export const scores = table({
  name: 'scores',
  comment:
    'A row is a chain of thought scored by a model: of a training record, of a path before it was mended, or of an item of a dataset from outside. Empty where no role scores.',
  topics: ['scores'],
  orderBy: ['question_id', 'revision'],
  columns: [
    made('question_id', ID, 'Its question: joins to questions.', ({ questionId }) => questionId),
    field('revision', SMALL),
    field('source', WORD),
    field('scoreId', ID),
    field('subject', WORD),
    made(
      'record_id',
      ID,
      'The record: joins to records; empty where it is something else.',
      ({ subject, subjectId }) => (subject === 'record' ? subjectId : ''),
    ),
    field('pathId', ID_OR_NULL),
    field('tier', WORD),
    field('route', WORD),
    field('writer', WORD),
    field('scorer', WORD),
    field('promptVersion', WORD),
    made('score', FRACTION_OR_NULL, 'The mean of the four scores, 1 to 10.', ({ overall }) => overall),
    field('clinicalAccuracy', GRADE),
    field('clinicalAccuracyReason', TEXT),
    field('logic', GRADE),
    field('logicReason', TEXT),
    field('factualCorrectness', GRADE),
    field('factualCorrectnessReason', TEXT),
    field('completeness', GRADE),
    field('completenessReason', TEXT),
    field('requestHashes', IDS),
    field('dataset', WORD),
  ],
})
