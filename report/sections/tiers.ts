import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** How hard the questions were. */
export const tiers: Section = {
  name: 'tiers',
  title: 'Tiers and records',
  why: 'Says how hard the questions were for the samplers, and what came of each kind (ReasonMed, Figure 6).',
  select:
    'SELECT tier, questions, share, mean_errors, records, unsolved FROM tiers WHERE edition = {edition:String}',
  missing: 'No question has been sorted into a tier yet.',
  table: tableOf([
    ['tier', 'text', 'tier'],
    ['questions', 'count', 'questions'],
    ['share, %', 'percent', 'share'],
    ['wrong paths a question', 'number', 'mean_errors'],
    ['records', 'count', 'records'],
    ['unsolved', 'count', 'unsolved'],
  ]),
  charts: (rows) => [
    {
      kind: 'bars',
      label: 'Questions and records by tier',
      unit: 'number',
      categories: rows.map((row) => text(row, 'tier')),
      series: [seriesOf(rows, 'questions', 'questions'), seriesOf(rows, 'records', 'records')],
    },
  ],
}
