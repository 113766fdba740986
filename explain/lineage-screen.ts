/** What a record comes from, as lines: its steps, and what each has cost. */
import { type Cell, right } from '../terminal/columns.ts'
import { costText, count } from '../terminal/numbers.ts'
import type { LineageRow } from './lineage.ts'
import { type ScreenOptions, type Section, table } from './sections.ts'

/** Of an id: enough to find it by. */
const ID_DIGITS = 12
const NANO = 1e9

/** A section with the steps the record is made of, and a last row for what else its question has cost. */
export function lineageSection(rows: readonly LineageRow[], options: ScreenOptions): Section {
  const behind = rows.filter(({ is_behind }) => is_behind)
  const others = rows.filter(({ is_behind }) => !is_behind)
  const lines = table(
    [
      ['step', 'id', 'model', 'outcome', right('calls'), right('cost')],
      ...behind.map((row) => [
        row.step,
        row.id.slice(0, ID_DIGITS),
        row.model,
        row.outcome,
        ...spentCells([row]),
      ]),
      ['all behind it', '', '', '', ...spentCells(behind)],
      ['the rest of its question', '', '', '', ...spentCells(others)],
    ],
    options,
  )
  return ['Lineage', lines]
}

function spentCells(rows: readonly LineageRow[]): Cell[] {
  const sum = (of: (row: LineageRow) => number | null) => rows.reduce((all, row) => all + (of(row) ?? 0), 0)
  const calls = sum((row) => row.calls)
  const isKnown = rows.some(({ usd }) => usd !== null)
  const usd = isKnown ? sum((row) => Math.round((row.usd ?? 0) * NANO)) / NANO : null
  const callsOfUnknownCost = sum((row) => row.calls_of_unknown_cost)
  return [right(count(calls)), right(calls === 0 ? '-' : costText({ usd, callsOfUnknownCost }))]
}
