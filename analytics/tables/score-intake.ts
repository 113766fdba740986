import type { ScoreItem } from '../../schemas/types.ts'
import { columnsOf, ID, TEXT, WORD } from './column.ts'
import { table } from './table.ts'

const { field } = columnsOf<ScoreItem>('ScoreItem')

/** Topic `score-intake`. */
export const scoreIntake = table({
  name: 'score_intake',
  comment:
    'A row is an item of a dataset from outside that was given to be scored; its score is the row of scores whose question_id is its item_id.',
  topics: ['score-intake'],
  orderBy: ['dataset', 'item_id'],
  columns: [field('itemId', ID), field('dataset', WORD), field('prompt', TEXT), field('answer', TEXT)],
})
