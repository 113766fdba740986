import type { TrainingRecord } from '../../schemas/types.ts'
import { columnsOf, FLAG, ID, ID_OR_NULL, IDS, SMALL, TEXT, WORD, WORDS } from './column.ts'
import { CALL_KEYS, PATH_KEYS, QUESTION_KEY, VERDICT_KEYS } from './keys.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<TrainingRecord>('TrainingRecord')

/** Topic `records`. */
export const records = table({
  name: 'records',
  comment: 'A row is a training record, with its whole ancestry by id.',
  topics: ['records'],
  orderBy: ['tier', 'question_id', 'revision', 'rank'],
  columns: [
    ...questionColumns<TrainingRecord>(({ question }) => question),
    field('kind', WORD),
    field('recordId', ID),
    made(
      'edition_hash',
      WORD,
      'The hash of all settings and prompts that decide results.',
      ({ edition }) => edition,
    ),
    field('tier', WORD),
    field('route', WORD),
    field('errors', SMALL),
    field('rank', SMALL),
    field('cot', TEXT),
    field('response', TEXT),
    field('answer', WORDS),
    field('keptId', ID),
    field('pathIds', IDS),
    field('verdictIds', IDS),
    field('triagedId', ID),
    field('rankingId', ID_OR_NULL),
    field('escalatedId', ID_OR_NULL),
    field('attemptId', ID_OR_NULL),
    field('keyShown', FLAG),
    field('writer', WORD),
    field('summarizer', WORD),
    field('summaryPrompt', WORD),
    field('requestHashes', IDS),
  ],
  keys: [QUESTION_KEY, CALL_KEYS, PATH_KEYS, VERDICT_KEYS],
})
