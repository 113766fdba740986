import { distinct, seriesBy, text } from '../rows.ts'
import type { Row, Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What the tiers cost, role by role. */
export const costsByTier: Section = {
  name: 'costs-by-tier',
  title: 'Cost by tier and role',
  why: 'Says what hard questions cost beside easy ones, which is what sorting them saves (the lines of ReasonMed, Table 8).',
  select: `SELECT tier, role, calls, prompt_tokens, completion_tokens, usd, calls_of_unknown_cost
FROM costs_by_tier WHERE edition = {edition:String}`,
  missing: 'No call has been paid for yet.',
  table: (rows) =>
    tableOf([
      ['tier', 'text', 'tier'],
      ['role', 'text', 'role'],
      ['calls', 'count', 'calls'],
      ['tokens in', 'count', 'prompt_tokens'],
      ['tokens out', 'count', 'completion_tokens'],
      ['cost, USD', 'usd', 'usd'],
      ['unpriced calls', 'count', 'calls_of_unknown_cost'],
    ])(rows.map((row) => ({ ...row, tier: tierOf(row) }))),
  charts: (rows) => {
    const categories = distinct(rows.map(tierOf))
    return [
      {
        kind: 'stacked-bars',
        label: 'Cost by tier and role',
        unit: 'USD',
        categories,
        series: seriesBy(rows, {
          ...{ by: (row) => text(row, 'role'), category: tierOf, categories, column: 'usd' },
        }),
      },
    ]
  },
}

function tierOf(row: Row): string {
  return text(row, 'tier') || 'none yet'
}
