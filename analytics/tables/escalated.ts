import type { Escalated } from '../../schemas/types.ts'
import { attemptColumns } from './attempt-columns.ts'
import { columnsOf, ID, IDS, SMALL, WORD } from './column.ts'
import { QUESTION_KEY } from './keys.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'
import { wrongPathColumns } from './wrong-path-columns.ts'

const { field, made } = columnsOf<Escalated>('Escalated')

/** Topic `escalated`. */
export const escalated = table({
  name: 'escalated',
  comment: 'A row is a medium question whose mended paths all failed; it goes on as a difficult one.',
  topics: ['escalated'],
  orderBy: ['question_id', 'revision'],
  columns: [
    ...questionColumns<Escalated>(({ question }) => question),
    field('escalatedId', ID),
    field('rankingId', ID),
    field('triagedId', ID),
    field('tier', WORD),
    field('errors', SMALL),
    made('correct_path_ids', IDS, 'The paths that were to be mended.', ({ correct }) =>
      correct.map(({ pathId }) => pathId),
    ),
    ...wrongPathColumns<Escalated>(({ wrong }) => wrong),
    ...attemptColumns<Escalated>(({ attempts }) => attempts),
  ],
  keys: [QUESTION_KEY],
})
