import { literals } from '../../analytics/sql/tokens.ts'
import { distinct, seriesBy, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** The outcomes, from good to bad: the order of the chart's colours. */
const OUTCOMES = ['kept', 'rejected', 'unusable', 'repeated', 'failed']

/** What was bought with the money. */
export const spending: Section = {
  name: 'spending',
  title: 'What the money bought',
  why: 'Says how much went into records and how much into work that was rejected, unusable, repeated or failed (what the sums of ReasonMed, Table 8, do not tell apart).',
  select: `SELECT role, outcome, calls, prompt_tokens, completion_tokens, usd, calls_of_unknown_cost
FROM spending WHERE edition = {edition:String}
ORDER BY role, indexOf(${literals(OUTCOMES)}, outcome)`,
  weight: 8,
  missing: 'No call has been paid for yet.',
  table: (rows) => ({
    ...tableOf([
      ['role', 'text', 'role'],
      ['outcome', 'text', 'outcome'],
      ['calls', 'count', 'calls'],
      ['tokens in', 'count', 'prompt_tokens'],
      ['tokens out', 'count', 'completion_tokens'],
      ['cost, USD', 'usd', 'usd'],
      ['unpriced calls', 'count', 'calls_of_unknown_cost'],
    ])(rows),
    note: 'Kept: behind a record. Rejected: used, but behind no record, such as a wrong path. Unusable: answered, and no step could use it, or not yet. Repeated: an equal request had been answered before. Failed: no answer came.',
  }),
  charts: (rows) => {
    const categories = distinct(rows.map((row) => text(row, 'role')))
    const series = seriesBy(rows, {
      ...{ by: (row) => text(row, 'outcome'), category: (row) => text(row, 'role') },
      ...{ categories, column: 'usd' },
    })
    series.sort((a, b) => OUTCOMES.indexOf(a.name) - OUTCOMES.indexOf(b.name))
    return [{ kind: 'stacked-bars', label: 'Cost by role and outcome', unit: 'USD', categories, series }]
  },
}
