import type { DeadLetter, RecordHeader } from '../../schemas/types.ts'
import { base64 } from './bytes.ts'
import { columnsOf, ID, ID_OR_NULL, NUMBER, SMALL, TEXT, TEXT_OR_NULL, WORD } from './column.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<DeadLetter>('DeadLetter')

/** Topic `dead-letters`. */
export const deadLetters = table({
  name: 'dead_letters',
  comment:
    'A row is a record whose step failed technically, for good; with its bytes, so that it can be tried again.',
  topics: ['dead-letters'],
  orderBy: ['step', 'class'],
  lookups: ['question_id', 'dead_letter_id'],
  columns: [
    field('deadLetterId', ID),
    field('group', WORD),
    field('step', WORD),
    made('failed_topic', WORD, 'Where the record stood: the full name of its topic.', ({ topic }) => topic),
    made('failed_partition', SMALL, 'Its partition there.', ({ partition }) => partition),
    made('failed_offset', NUMBER, 'Its offset there.', ({ offset }) => offset),
    field('questionId', ID_OR_NULL),
    field('class', WORD),
    field('message', TEXT),
    field('attempts', SMALL),
    field('answer', TEXT_OR_NULL),
    made('key_base64', TEXT_OR_NULL, 'The key of the failed record, in base64.', ({ key }) => base64(key)),
    made('value_base64', TEXT_OR_NULL, 'The failed record itself, in base64.', ({ value }) => base64(value)),
    field('redrivenFrom', ID_OR_NULL),
    made(
      'headers_base64',
      TEXT_OR_NULL,
      'Its headers as a JSON list of names and values, those in base64; NULL for none.',
      ({ headers }) => (headers.length === 0 ? null : JSON.stringify(headers.map(encoded))),
    ),
  ],
})

function encoded({ name, value }: RecordHeader): { name: string; value: string } {
  return { name, value: value.toString('base64') }
}
