import { roleOf } from '../../analytics/tables/roles.ts'
import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** Who was paid. */
export const costs: Section = {
  name: 'costs',
  title: 'Cost by role and model',
  why: 'Says which role and which model the money goes to (the parts of ReasonMed, Table 8).',
  select: `SELECT ${roleOf('role')} AS of_role, model, sum(costs.calls) AS calls, sum(costs.failed) AS failed,
    sum(costs.prompt_tokens) AS prompt_tokens, sum(costs.completion_tokens) AS completion_tokens, sum(costs.usd) AS usd,
    sum(costs.calls_of_unknown_cost) AS calls_of_unknown_cost
FROM costs WHERE edition = {edition:String} GROUP BY of_role, model ORDER BY usd DESC, of_role, model`,
  missing: 'No call has been paid for yet.',
  table: tableOf([
    ['role', 'text', 'of_role'],
    ['model', 'text', 'model'],
    ['calls', 'count', 'calls'],
    ['failed', 'count', 'failed'],
    ['tokens in', 'count', 'prompt_tokens'],
    ['tokens out', 'count', 'completion_tokens'],
    ['cost, USD', 'usd', 'usd'],
    ['unpriced calls', 'count', 'calls_of_unknown_cost'],
  ]),
  charts: (rows) => [
    {
      kind: 'bars',
      label: 'Cost by role and model',
      unit: 'USD',
      categories: rows.map((row) => `${text(row, 'of_role')}: ${text(row, 'model')}`),
      series: [seriesOf(rows, 'cost', 'usd')],
    },
  ],
}
