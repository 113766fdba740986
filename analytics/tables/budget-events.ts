import type { BudgetEvent } from '../../schemas/types.ts'
import { columnsOf, ID, MOMENT, NUMBER_OR_NULL, WORD } from './column.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<BudgetEvent>('BudgetEvent')

/** Topic `budget-events`. */
export const budgetEvents = table({
  name: 'budget_events',
  comment: 'A row is a limit of spending that somebody set or changed, or that was reached.',
  topics: ['budget-events'],
  orderBy: ['at'],
  columns: [
    field('eventId', ID),
    field('kind', WORD),
    made(
      'role',
      WORD,
      "The role whose limit it is; empty for the edition's, or a run's.",
      ({ role }) => role ?? '',
    ),
    field('limitNanoUsd', NUMBER_OR_NULL),
    field('spentNanoUsd', NUMBER_OR_NULL),
    made('slot', WORD, 'The worker that noticed; empty when none had started yet.', ({ slot }) => slot ?? ''),
    field('host', WORD),
    field('at', MOMENT),
  ],
})
