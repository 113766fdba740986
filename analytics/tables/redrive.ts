import type { Redrive } from '../../schemas/types.ts'
import { base64 } from './bytes.ts'
import { columnsOf, ID, TEXT_OR_NULL, WORD } from './column.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<Redrive>('Redrive')

/** Topic `redrive`. */
export const redrive = table({
  name: 'redrive',
  comment: 'A row is an order to try a dead letter again, or word that one is dismissed.',
  topics: ['redrive'],
  orderBy: ['dead_letter_id'],
  columns: [
    field('redriveId', ID),
    field('deadLetterId', ID),
    field('group', WORD),
    made('failed_topic', WORD, 'The topic it failed on, by full name.', ({ topic }) => topic),
    made('key_base64', TEXT_OR_NULL, 'The key of the record, in base64.', ({ key }) => base64(key)),
    field('kind', WORD),
    made('dismissed_why', TEXT_OR_NULL, 'Of a dismissal: why.', ({ why }) => why),
    made('dismissed_by', TEXT_OR_NULL, 'Of a dismissal: who.', ({ by }) => by),
    made('value_base64', TEXT_OR_NULL, 'The record itself, in base64.', ({ value }) => base64(value)),
  ],
})
