import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What mending is good for. */
export const refinement: Section = {
  name: 'refinement',
  title: 'Scores before and after mending',
  why: 'Says whether mending the chosen paths of medium questions makes them better, pair by pair (ReasonMed, Table 2).',
  select: `SELECT scorer, prompt_version, pairs, mean_before, mean_after, mean_gain, gain_low, gain_high, p
FROM refinement_gain WHERE edition = {edition:String}`,
  missing:
    'No path has been scored before and after it was mended: `roles.score` names who scores, `score.pairs` says that both sides are.',
  table: (rows) => ({
    ...tableOf([
      ['scorer', 'text', 'scorer'],
      ['prompt', 'text', 'prompt_version'],
      ['pairs', 'count', 'pairs'],
      ['before', 'score', 'mean_before'],
      ['after', 'score', 'mean_after'],
      ['gain', 'score', 'mean_gain'],
      ['from', 'score', 'gain_low'],
      ['to', 'score', 'gain_high'],
      ['p', 'p', 'p'],
    ])(rows),
    note: 'Of ten points. From and to: 95 % confidence interval of the gain; p: two-sided paired t test.',
  }),
  charts: (rows) => [
    {
      kind: 'bars',
      label: 'Mean score before and after mending',
      unit: 'points of ten',
      most: 10,
      categories: rows.map((row) => `${text(row, 'scorer')}, ${text(row, 'prompt_version')}`),
      series: [seriesOf(rows, 'before', 'mean_before'), seriesOf(rows, 'after', 'mean_after')],
    },
  ],
}
