import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** What sorting the questions has saved. */
export const strongModel: Section = {
  name: 'strong-model',
  title: 'Everything by the strong model (an estimate)',
  why: 'Says what it would have cost to have the strong model answer every question, beside what was spent (ReasonMed, Table 8).',
  select: `SELECT strong_model, questions, answers_seen, mean_prompt_tokens, mean_completion_tokens,
    usd_by_strong_model_alone, usd_spent, times_cheaper
FROM strong_model_estimate WHERE edition = {edition:String}`,
  missing: 'No question has been sorted into a tier yet.',
  table: (rows) => ({
    ...tableOf([
      ['strong model', 'text', 'strong_model'],
      ['questions', 'count', 'questions'],
      ['its answers seen', 'count', 'answers_seen'],
      ['tokens in', 'count', 'mean_prompt_tokens'],
      ['tokens out', 'count', 'mean_completion_tokens'],
      ['alone (estimate), USD', 'usd', 'usd_by_strong_model_alone'],
      ['spent, USD', 'usd', 'usd_spent'],
      ['times cheaper', 'number', 'times_cheaper'],
    ])(rows),
    note: 'An estimate: one answer to each question, of the mean length and price of the answers this model gave here. It gave them to difficult questions, which take more tokens than others. Without such answers, or without its price, there is none.',
  }),
}
