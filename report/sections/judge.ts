import { distinct, number, seriesBy, text } from '../rows.ts'
import type { Row, Section } from '../section.ts'
import { lastRows, tableOf } from '../table.ts'

/** A line for each judge and model; more days than these are in the JSON. */
const MOST_ROWS = 40

/** How far the judge can be trusted, and whether that changes. */
export const judge: Section = {
  name: 'judge',
  title: 'The judge against the answer key',
  why: 'Says how often the judge agrees with the answers as code reads them, day by day, for all that follows rests on it (the verifier of ReasonMed, Figure 3, which the paper does not check).',
  select: `SELECT day, verifier, model, judged, comparable, agreed, share_agreed, false_correct, false_error, unreadable, settled_by_code
FROM judge_agreement WHERE edition = {edition:String} ORDER BY day, verifier, model`,
  missing: 'No path has been judged yet.',
  table: (rows) =>
    lastRows(
      tableOf([
        ['day (UTC)', 'text', 'day'],
        ['judge', 'text', 'verifier'],
        ['paths of', 'text', 'model'],
        ['judged', 'count', 'judged'],
        ['comparable', 'count', 'comparable'],
        ['agreed, %', 'percent', 'share_agreed'],
        ['false Correct', 'count', 'false_correct'],
        ['false Error', 'count', 'false_error'],
        ['unreadable', 'count', 'unreadable'],
        ['settled by code', 'count', 'settled_by_code'],
      ])(rows),
      MOST_ROWS,
    ),
  charts: (rows) => {
    const compared = rows.filter((row) => (number(row, 'comparable') ?? 0) > 0)
    const categories = distinct(compared.map((row) => text(row, 'day')))
    const series = seriesBy(compared, {
      ...{ by: judgedBy, category: (row) => text(row, 'day'), categories },
      ...{ column: 'share_agreed', scale: 100 },
    })
    const label = 'How often the judge agreed with the answer key'
    return [{ kind: 'lines', label, unit: '% agreed', most: 100, categories, series }]
  },
}

function judgedBy(row: Row): string {
  return `${text(row, 'verifier') || 'code'} on ${text(row, 'model')}`
}
