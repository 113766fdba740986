import { distinct, samplerOf, seriesBy, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** Whose paths the ranker keeps. */
export const topTwo: Section = {
  name: 'top-two',
  title: 'The two paths that are kept',
  why: 'Says whose paths the ranker prefers among those that are right (ReasonMed, Figure 5).',
  select: `SELECT tier, model, temperature, chosen, share, came_first
FROM top_two WHERE edition = {edition:String}`,
  missing: 'Nothing has been ranked yet.',
  table: tableOf([
    ['tier', 'text', 'tier'],
    ['model', 'text', 'model'],
    ['temperature', 'exact', 'temperature'],
    ['chosen', 'count', 'chosen'],
    ['of the tier, %', 'percent', 'share'],
    ['came first', 'count', 'came_first'],
  ]),
  charts: (rows) => {
    const categories = distinct(rows.map(samplerOf)).sort()
    return [
      {
        kind: 'bars',
        label: 'Share of the chosen paths by model and temperature',
        unit: '% of the chosen in a tier',
        categories,
        series: seriesBy(rows, {
          ...{ by: (row) => text(row, 'tier'), category: samplerOf, categories },
          ...{ column: 'share', scale: 100 },
        }),
      },
    ]
  },
}
