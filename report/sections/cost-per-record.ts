import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What a record costs. */
export const costPerRecord: Section = {
  name: 'cost-per-record',
  title: 'Cost of a question and of a record',
  why: 'Says what a record that is kept has cost with all that was thrown away for it (ReasonMed, Table 8, for each record).',
  select: `SELECT tier, questions, records, usd, usd_per_question, usd_per_record, calls_of_unknown_cost
FROM cost_per_record WHERE edition = {edition:String}`,
  missing: 'No question has been sorted into a tier yet.',
  table: tableOf([
    ['tier', 'text', 'tier'],
    ['questions', 'count', 'questions'],
    ['records', 'count', 'records'],
    ['cost, USD', 'usd', 'usd'],
    ['a question, USD', 'usd', 'usd_per_question'],
    ['a record, USD', 'usd', 'usd_per_record'],
    ['unpriced calls', 'count', 'calls_of_unknown_cost'],
  ]),
  charts: (rows) => [
    {
      kind: 'bars',
      label: 'Cost of a question and of a record by tier',
      unit: 'USD',
      categories: rows.map((row) => text(row, 'tier')),
      series: [
        seriesOf(rows, 'a question', 'usd_per_question'),
        seriesOf(rows, 'a record', 'usd_per_record'),
      ],
    },
  ],
}
