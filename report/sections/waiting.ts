import { seriesOf, text } from '../rows.ts'
import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What is neither done nor given up. */
export const waiting: Section = {
  name: 'waiting',
  title: 'Questions that wait, and for what',
  why: 'Says what stands between the questions and their records, and whether something has failed there (the steps of ReasonMed, Figure 1).',
  select: `SELECT state, count() AS questions, countIf(dead_letters > 0) AS with_dead_letters, min(question_id) AS example
FROM waiting_questions WHERE edition = {edition:String} GROUP BY state ORDER BY questions DESC, state`,
  weight: 3,
  missing: 'No question waits.',
  table: (rows) => ({
    ...tableOf([
      ['state', 'text', 'state'],
      ['questions', 'count', 'questions'],
      ['with dead letters', 'count', 'with_dead_letters'],
      ['one of them', 'text', 'example'],
    ])(rows),
    note: '`ninefold show` tells all about one of them.',
  }),
  charts: (rows) => [
    {
      kind: 'bars',
      label: 'Questions by what they wait for',
      unit: 'questions',
      categories: rows.map((row) => text(row, 'state')),
      series: [seriesOf(rows, 'questions', 'questions')],
    },
  ],
}
