import { ENOUGH_CONTROLS } from '../../config/controls.ts'
import { distinct, seriesBy, text } from '../rows.ts'
import type { Row, Section } from '../section.ts'
import { shownText } from '../shown-text.ts'
import { lastRows, tableOf } from '../table.ts'

const MOST_ROWS = 40

/** Whether the judge notices what it must. */
export const judgeControls: Section = {
  name: 'judge-controls',
  title: 'The judge before known-wrong paths',
  why: 'Says how many of the paths that are known to be wrong (or right) the judge calls so, day by day: what it lets pass there, it lets pass elsewhere (the verifier of ReasonMed, Figure 3, which the paper does not check).',
  select: `SELECT day, verifier, kind, expected, shown, right, share_right, share_low, share_high, latest.share_right AS latest_share,
    latest.shown >= ${ENOUGH_CONTROLS} AND latest.share_right < {alarmBelow:Float64} AS alarm
FROM judge_controls
INNER JOIN judge_controls_latest AS latest USING (edition, verifier, prompt_version, expected)
WHERE edition = {edition:String} ORDER BY day, verifier, kind, expected`,
  missing:
    'The judge is not controlled: `verify: { controls: {} }` puts known-wrong paths before it now and then.',
  table: (rows) => {
    const table = tableOf([
      ['day (UTC)', 'text', 'day'],
      ['judge', 'text', 'verifier'],
      ['kind', 'text', 'kind'],
      ['must say', 'text', 'expected'],
      ['shown', 'count', 'shown'],
      ['right', 'count', 'right'],
      ['right, %', 'percent', 'share_right'],
      ['from', 'percent', 'share_low'],
      ['to', 'percent', 'share_high'],
    ])(rows)
    const alarms = distinct(rows.filter(({ alarm }) => isTrue(alarm)).map(alarmText))
    return lastRows(alarms.length === 0 ? table : { ...table, note: alarms.join(' ') }, MOST_ROWS)
  },
  charts: (rows) => {
    const categories = distinct(rows.map((row) => text(row, 'day')))
    const series = seriesBy(rows, {
      ...{ by: shownTo, category: (row) => text(row, 'day'), categories, column: 'share_right', scale: 100 },
    })
    const label = 'How many of the controls the judge got right'
    return [{ kind: 'lines', label, unit: '% right', most: 100, categories, series }]
  },
}

function alarmText(row: Row): string {
  const share = ((row.latest_share as number) * 100).toFixed(1)
  return `ALARM: ${shownText(text(row, 'verifier'))} says ${text(row, 'expected')} of only ${share} % of its last controls of which it must.`
}

function isTrue(value: Row[string] | undefined): boolean {
  return value === true || value === 1
}

function shownTo(row: Row): string {
  return `${text(row, 'verifier')}, ${text(row, 'kind')}${row.expected === 'Correct' ? ' (right)' : ''}`
}
