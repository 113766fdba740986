import type { Control } from '../../schemas/types.ts'
import { columnsOf, FLAG, ID, ID_OR_NULL, SMALL, TEXT, WORD } from './column.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<Control>('Control')

/** Topic `controls`. */
export const controls = table({
  name: 'controls',
  comment:
    'A row is a path of which it was known beforehand whether it is wrong, and what the judge said of it. No path of a question: no other table knows of it. Empty where the judge is not controlled.',
  topics: ['controls'],
  orderBy: ['verifier', 'question_id'],
  columns: [
    made(
      'question_id',
      ID,
      'The question by whose path it was drawn: joins to questions.',
      (control) => control.questionId,
    ),
    field('revision', SMALL),
    field('source', WORD),
    field('controlId', ID),
    field('drawnBy', ID),
    field('kind', WORD),
    field('givenId', ID_OR_NULL),
    field('expected', WORD),
    field('judgement', WORD),
    made(
      'is_right',
      FLAG,
      'Whether the judge said what it must.',
      ({ expected, judgement }) => expected === judgement,
    ),
    field('cot', TEXT),
    field('reason', TEXT),
    field('verifier', WORD),
    field('promptVersion', WORD),
    field('requestHash', ID),
  ],
})
