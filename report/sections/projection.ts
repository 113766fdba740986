import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What is still to be paid. */
export const projection: Section = {
  name: 'projection',
  title: 'What is still to be paid',
  why: 'Says what the questions that wait will cost if each costs what a finished one has cost on average (the total that ReasonMed, Table 8, has at the end).',
  select: `SELECT finished, waiting, usd_spent, usd_per_finished_question, usd_to_come, usd_in_all
FROM cost_projection WHERE edition = {edition:String}`,
  missing: 'No question has been loaded yet.',
  table: tableOf([
    ['finished', 'count', 'finished'],
    ['waiting', 'count', 'waiting'],
    ['spent, USD', 'usd', 'usd_spent'],
    ['a finished question, USD', 'usd', 'usd_per_finished_question'],
    ['to come, USD', 'usd', 'usd_to_come'],
    ['in all, USD', 'usd', 'usd_in_all'],
  ]),
}
