import type { Edition } from '../../schemas/types.ts'
import { columnsOf, ID, NUMBERS, SMALLS, TEXT, TEXTS, WORD, WORDS } from './column.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<Edition>('Edition')

/** Topic `editions`. */
export const editions = table({
  name: 'editions',
  comment: 'A row is what an edition of the dataset is: recorded at its first start, and never changed.',
  topics: ['editions'],
  orderBy: [],
  columns: [
    field('kind', WORD),
    field('hash', ID),
    field('config', TEXT),
    made(
      'base',
      WORD,
      'The edition it shares upstream topics with; empty when it has all topics of its own.',
      ({ base }) => base ?? '',
    ),
    made(
      'base_from',
      WORD,
      'The last topic that is shared, all before it being so; empty when none is.',
      ({ from }) => from ?? '',
    ),
    field('codeVersion', WORD),
    field('settings', TEXTS),
    made(
      'inputs.topic',
      WORDS,
      'What there was to take in when it was first started: the topics.',
      ({ inputs }) => inputs.map(({ topic }) => topic),
    ),
    made('inputs.partition', SMALLS, 'Their partitions.', ({ inputs }) =>
      inputs.map(({ partition }) => partition),
    ),
    made('inputs.end', NUMBERS, 'Where each of these ended.', ({ inputs }) => inputs.map(({ end }) => end)),
  ],
})
