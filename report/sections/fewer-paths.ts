import { TIERS } from '../../schemas/topics.ts'
import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What the ninth path buys. */
export const fewerPaths: Section = {
  name: 'fewer-paths',
  title: 'What fewer paths would have made',
  why: 'Says how tiers and cost change with fewer paths a question, from the verdicts there are and without one call (the nine paths of ReasonMed, Figure 1, and its limits scaled down).',
  select: `SELECT paths, easy_max_errors, medium_max_errors, easy, medium, difficult, usd
FROM fewer_paths WHERE edition = {edition:String}`,
  weight: 2,
  missing: 'No question has been sorted into a tier yet.',
  table: (rows) => ({
    ...tableOf([
      ['paths a question', 'count', 'paths'],
      ['easy up to, errors', 'count', 'easy_max_errors'],
      ['medium up to, errors', 'count', 'medium_max_errors'],
      ['easy', 'count', 'easy'],
      ['medium', 'count', 'medium'],
      ['difficult', 'count', 'difficult'],
      ['cost, USD', 'usd', 'usd'],
    ])(rows),
    note: 'Expected numbers of questions over all ways to leave out samplers. For other limits ask the view tiers_if.',
  }),
  charts: (rows) => [
    {
      kind: 'stacked-bars',
      label: 'Expected tiers by number of paths a question',
      unit: 'questions',
      categories: rows.map((row) => text(row, 'paths')),
      series: TIERS.map((tier) => seriesOf(rows, tier, tier)),
    },
  ],
}
