import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What two models know of each other's questions. */
export const modelPairs: Section = {
  name: 'model-pairs',
  title: 'Models two by two',
  why: 'Says how many questions only one of two models gets right: what a second model adds (ReasonMed, Figure 2 and Table 9, as their headings define it).',
  select: `SELECT model, other, questions, only_model, only_other, both, neither
FROM model_pairs WHERE edition = {edition:String} AND definition = {definition:String}`,
  missing: 'No two models have answered the same question yet.',
  table: tableOf([
    ['first', 'text', 'model'],
    ['second', 'text', 'other'],
    ['questions', 'count', 'questions'],
    ['only the first', 'count', 'only_model'],
    ['only the second', 'count', 'only_other'],
    ['both', 'count', 'both'],
    ['neither', 'count', 'neither'],
  ]),
  charts: (rows) => [
    {
      kind: 'bars',
      label: 'Questions that only one of two models got right',
      unit: 'questions',
      categories: rows.map((row) => `${text(row, 'model')} / ${text(row, 'other')}`),
      series: [
        seriesOf(rows, 'only the first', 'only_model'),
        seriesOf(rows, 'only the second', 'only_other'),
      ],
    },
  ],
}
