import { distinct, seriesBy, sum, text } from '../rows.ts'
import type { Chart, Row, Section } from '../section.ts'
import { lastRows, tableOf } from '../table.ts'

/** A day of one model; all hours are in the JSON. */
const MOST_ROWS = 24
/** Lines a chart can hold: those with the most calls. */
const MOST_LINES = 9

/** How the endpoints have done. */
export const endpoints: Section = {
  name: 'endpoints',
  title: 'Endpoints by the hour',
  why: 'Says which endpoint was slow, failed, turned calls away or had to be asked again, and when (the time behind ReasonMed, Table 5).',
  select: `SELECT hour, endpoint, model, calls, failed, sent_again, turned_away, seconds_p50, seconds_p90, seconds_p99, tokens_per_second, tokens_per_second_of_call
FROM endpoint_hours WHERE edition = {edition:String} ORDER BY hour, endpoint, model`,
  missing: 'No call has been made yet.',
  table: (rows) =>
    lastRows(
      tableOf([
        ['hour (UTC)', 'text', 'hour'],
        ['endpoint', 'text', 'endpoint'],
        ['model', 'text', 'model'],
        ['calls', 'count', 'calls'],
        ['failed', 'count', 'failed'],
        ['sent again', 'count', 'sent_again'],
        ['429s', 'count', 'turned_away'],
        ['p50, s', 'number', 'seconds_p50'],
        ['p90, s', 'number', 'seconds_p90'],
        ['p99, s', 'number', 'seconds_p99'],
        ['tokens/s', 'number', 'tokens_per_second'],
        ['tokens/s of a call', 'number', 'tokens_per_second_of_call'],
      ])(rows.map((row) => ({ ...row, hour: hourOf(row) }))),
      MOST_ROWS,
    ),
  charts: (rows) => {
    const drawn = ofBusiest(rows)
    return [
      linesOf(drawn, 'Seconds a call took, the slowest tenth left out', 's (p90)', 'seconds_p90'),
      linesOf(drawn, 'Tokens written over the hour', 'tokens/s', 'tokens_per_second'),
    ]
  },
}

/** The rows of the lines that are drawn. */
function ofBusiest(rows: readonly Row[]): Row[] {
  const busiest = [...Map.groupBy(rows, lineOf)]
    .map(([line, group]) => ({ line, calls: sum(group, 'calls') }))
    .sort((a, b) => b.calls - a.calls)
    .slice(0, MOST_LINES)
    .map(({ line }) => line)
  return rows.filter((row) => busiest.includes(lineOf(row)))
}

function linesOf(drawn: readonly Row[], label: string, unit: string, column: string): Chart {
  const categories = distinct(drawn.map(hourOf))
  const series = seriesBy(drawn, { by: lineOf, category: hourOf, categories, column })
  return { kind: 'lines', label, unit, categories, series }
}

function lineOf(row: Row): string {
  return `${text(row, 'model')} at ${text(row, 'endpoint')}`
}

/** To the minute: hours begin at none other. */
function hourOf(row: Row): string {
  return text(row, 'hour').slice(0, 16)
}
