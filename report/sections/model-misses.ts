import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What would be lost without a model, and what it alone spoils. */
export const modelMisses: Section = {
  name: 'model-misses',
  title: 'Missed alone, right alone',
  why: 'Says which questions a model misses although all others have them right, and the other way round (ReasonMed, Table 10).',
  select: `SELECT model, questions, missed_alone, share_missed_alone, right_alone
FROM model_misses WHERE edition = {edition:String} AND definition = {definition:String}`,
  missing: 'No two models have answered the same question yet.',
  table: tableOf([
    ['model', 'text', 'model'],
    ['questions', 'count', 'questions'],
    ['missed alone', 'count', 'missed_alone'],
    ['missed alone, %', 'percent', 'share_missed_alone'],
    ['right alone', 'count', 'right_alone'],
  ]),
  charts: (rows) => [
    {
      kind: 'bars',
      label: 'Questions a model alone missed, and alone got right',
      unit: 'questions',
      categories: rows.map((row) => text(row, 'model')),
      series: [seriesOf(rows, 'missed alone', 'missed_alone'), seriesOf(rows, 'right alone', 'right_alone')],
    },
  ],
}
