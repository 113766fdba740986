import type { Triaged } from '../../schemas/types.ts'
import { columnsOf, ID, IDS, SMALL, TEXTS, WORD } from './column.ts'
import { QUESTION_KEY } from './keys.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'
import { wrongPathColumns } from './wrong-path-columns.ts'

const { field, made } = columnsOf<Triaged>('Triaged')

/** Topics `triaged-easy`, `triaged-medium`, `triaged-difficult`. */
export const triaged = table({
  name: 'triaged',
  comment: 'A row is a question with all its verdicts in, and the tier they make.',
  topics: ['triaged-easy', 'triaged-medium', 'triaged-difficult'],
  orderBy: ['tier', 'question_id', 'revision'],
  columns: [
    ...questionColumns<Triaged>(({ question }) => question),
    field('triagedId', ID),
    field('tier', WORD),
    field('errors', SMALL),
    field('expected', SMALL),
    made('correct_path_ids', IDS, 'Paths judged Correct, by sampler.', ({ correct }) =>
      correct.map(({ pathId }) => pathId),
    ),
    field('correctVerdictIds', IDS),
    ...wrongPathColumns<Triaged>(({ wrong }) => wrong),
    made('missing.path_id', IDS, 'Expected paths that never came.', ({ missing }) =>
      missing.map(({ pathId }) => pathId),
    ),
    made('missing.reason', TEXTS, 'Why they did not.', ({ missing }) => missing.map(({ reason }) => reason)),
    made('missing.dead_letter_id', IDS, 'The dead letters that tell it.', ({ missing }) =>
      missing.map(({ deadLetterId }) => deadLetterId),
    ),
  ],
  keys: [QUESTION_KEY],
})
