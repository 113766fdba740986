import { samplerOf, seriesOf } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** How good the sampled models are. */
export const correctness: Section = {
  name: 'correctness',
  title: 'Correct paths by model and temperature',
  why: 'Says which model at which temperature writes paths that hold, and so which samplers earn their place (ReasonMed, Figure 4).',
  select: `SELECT model, temperature, paths, correct, errors, share_correct, truncated, mean_completion_tokens
FROM correctness WHERE edition = {edition:String}`,
  missing: 'No path has been judged yet.',
  table: tableOf([
    ['model', 'text', 'model'],
    ['temperature', 'exact', 'temperature'],
    ['paths', 'count', 'paths'],
    ['correct', 'count', 'correct'],
    ['errors', 'count', 'errors'],
    ['correct, %', 'percent', 'share_correct'],
    ['cut short', 'count', 'truncated'],
    ['tokens a path', 'count', 'mean_completion_tokens'],
  ]),
  charts: (rows) => [
    {
      kind: 'stacked-bars',
      label: 'Correct paths and errors by model and temperature',
      unit: 'paths',
      categories: rows.map(samplerOf),
      series: [seriesOf(rows, 'correct', 'correct'), seriesOf(rows, 'errors', 'errors')],
    },
  ],
}
