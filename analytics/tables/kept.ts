import type { Kept } from '../../schemas/types.ts'
import { attemptColumns } from './attempt-columns.ts'
import { columnsOf, FLAG, ID, ID_OR_NULL, IDS, SMALL, TEXT, TEXTS, WORD, WORDS } from './column.ts'
import { PATH_KEYS, QUESTION_KEY } from './keys.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<Kept>('Kept')

/** Topic `kept`. */
export const kept = table({
  name: 'kept',
  comment: 'A row is one chain of thought that made it: chosen, mended or written anew.',
  topics: ['kept'],
  orderBy: ['tier', 'question_id', 'revision', 'rank'],
  columns: [
    ...questionColumns<Kept>(({ question }) => question),
    field('keptId', ID),
    field('tier', WORD),
    field('route', WORD),
    field('errors', SMALL),
    field('rank', SMALL),
    field('cot', TEXT),
    field('writer', WORD),
    field('answer', WORDS),
    field('pathIds', IDS),
    field('verdictIds', IDS),
    field('triagedId', ID),
    field('rankingId', ID_OR_NULL),
    field('escalatedId', ID_OR_NULL),
    field('keyShown', FLAG),
    made('not_chosen.path_id', IDS, 'Paths not chosen, on the first of a question.', ({ notChosen }) =>
      notChosen.map(({ pathId }) => pathId),
    ),
    made('not_chosen.reason', TEXTS, 'Why not, a sentence each.', ({ notChosen }) =>
      notChosen.map(({ reason }) => reason),
    ),
    field('requestHashes', IDS),
    ...attemptColumns<Kept>(({ attempt }) => (attempt === null ? [] : [attempt])),
  ],
  keys: [QUESTION_KEY, PATH_KEYS],
})
