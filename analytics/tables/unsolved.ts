import type { Unsolved } from '../../schemas/types.ts'
import { attemptColumns } from './attempt-columns.ts'
import { columnsOf, ID, ID_OR_NULL, SMALL, WORD } from './column.ts'
import { QUESTION_KEY } from './keys.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'

const { field } = columnsOf<Unsolved>('Unsolved')

/** Topic `unsolved`. */
export const unsolved = table({
  name: 'unsolved',
  comment: 'A row is a question the models could not answer, with all that was tried.',
  topics: ['unsolved'],
  orderBy: ['question_id', 'revision'],
  columns: [
    ...questionColumns<Unsolved>(({ question }) => question),
    field('unsolvedId', ID),
    field('triagedId', ID),
    field('escalatedId', ID_OR_NULL),
    field('tier', WORD),
    field('errors', SMALL),
    ...attemptColumns<Unsolved>(({ attempts }) => attempts),
  ],
  keys: [QUESTION_KEY],
})
