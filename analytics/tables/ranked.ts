import type { Ranked } from '../../schemas/types.ts'
import { columnsOf, ID, ID_OR_NULL, IDS, SMALL, TEXTS, WORD } from './column.ts'
import { CHOSEN_PATH_KEYS, QUESTION_KEY } from './keys.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'
import { wrongPathColumns } from './wrong-path-columns.ts'

const { field, made } = columnsOf<Ranked>('Ranked')

/** Topic `ranked`. */
export const ranked = table({
  name: 'ranked',
  comment: 'A row is a medium question with the paths chosen for mending.',
  topics: ['ranked'],
  orderBy: ['question_id', 'revision'],
  columns: [
    ...questionColumns<Ranked>(({ question }) => question),
    field('rankingId', ID),
    field('triagedId', ID),
    field('tier', WORD),
    field('errors', SMALL),
    made('chosen_path_ids', IDS, 'Best first, at most two.', ({ chosen }) =>
      chosen.map(({ pathId }) => pathId),
    ),
    field('chosenVerdictIds', IDS),
    made('not_chosen.path_id', IDS, 'Correct paths not chosen.', ({ notChosen }) =>
      notChosen.map(({ pathId }) => pathId),
    ),
    made('not_chosen.reason', TEXTS, 'Why not, a sentence each.', ({ notChosen }) =>
      notChosen.map(({ reason }) => reason),
    ),
    ...wrongPathColumns<Ranked>(({ wrong }) => wrong),
    made('ranker', WORD, 'Who ranked; empty when nothing had to be ranked.', ({ ranker }) => ranker ?? ''),
    field('requestHash', ID_OR_NULL),
  ],
  keys: [QUESTION_KEY, CHOSEN_PATH_KEYS],
})
