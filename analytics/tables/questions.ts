import type { Question } from '../../schemas/types.ts'
import { answerColumns, optionColumns } from './choice-columns.ts'
import { columnsOf, ID, ID_OR_NULL, SMALL, TEXT, TEXTS, WORD, WORDS } from './column.ts'
import { QUESTION_KEY } from './keys.ts'
import { table } from './table.ts'

const { field } = columnsOf<Question>('Question')

/** Topic `questions`. */
export const questions = table({
  name: 'questions',
  comment: 'A row is an admitted question, or a revision of one; every other table names its question by id.',
  topics: ['questions'],
  orderBy: ['question_id', 'revision'],
  columns: [
    field('questionId', ID),
    field('revision', SMALL),
    field('kind', WORD),
    field('source', WORD),
    field('split', WORD),
    field('language', WORD),
    field('licence', WORD),
    field('labels', WORDS),
    field('parentId', ID_OR_NULL),
    field('stem', TEXT),
    field('context', TEXTS),
    field('form', WORD),
    ...optionColumns<Question>(({ options }) => options),
    ...answerColumns<Question>(({ answer }) => answer),
    field('contentHash', ID),
  ],
  keys: [QUESTION_KEY],
})
