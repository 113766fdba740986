/** Two editions side by side, on a screen. */
import { type Cell, inColumns, right } from '../terminal/columns.ts'
import { cutAt } from '../terminal/fit.ts'
import { count, counted } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import { type EditionComparison, STANDINGS } from './edition-comparison.ts'

/** What differs in settings, then in results. */
export function comparisonScreen(compared: EditionComparison, columns: number, style: Style): string {
  const { a, b } = compared
  const sections: [string, string[]][] = [
    [`Settings: ${a} -> ${b}`, settingLines(compared)],
    [`Questions by tier: those of ${a} down, of ${b} across`, tierLines(compared)],
    ['Records: the same when question, chain of thought and conclusion are', recordLines(compared)],
  ]
  return sections
    .map(([title, lines]) =>
      [style.bold(title), ...lines.map((line) => cutAt(`  ${line}`, columns))].join('\n'),
    )
    .join('\n\n')
}

function settingLines({ configuration }: EditionComparison): string[] {
  if (configuration.length === 0) return ['none differs']
  return configuration.map(({ key, was, now }) => `${key}: ${was} -> ${now}`)
}

function tierLines({ a, b, tiers }: EditionComparison): string[] {
  if (tiers.length === 0) return ['no questions']
  const down = STANDINGS.filter((standing) => tiers.some((one) => one.a === standing))
  const across = STANDINGS.filter((standing) => tiers.some((one) => one.b === standing))
  const questionsAt = (one: string, other: string) =>
    tiers.find((cell) => cell.a === one && cell.b === other)?.questions ?? 0
  const rows = down.map((one): Cell[] => [
    one,
    ...across.map((other) => right(count(questionsAt(one, other)))),
  ])
  const moved = tiers.reduce((sum, cell) => sum + (cell.a === cell.b ? 0 : cell.questions), 0)
  const all = tiers.reduce((sum, { questions }) => sum + questions, 0)
  return [
    ...inColumns([['', ...across.map(right)], ...rows]),
    `${count(moved)} of ${counted(all, 'question')} stand elsewhere in ${b} than in ${a}`,
  ]
}

function recordLines({ a, b, records }: EditionComparison): string[] {
  return inColumns([
    ['in both', right(count(records.both))],
    ['  of these with another response', right(count(records.otherResponse))],
    [`in ${a} only`, right(count(records.onlyA))],
    [`in ${b} only`, right(count(records.onlyB))],
  ])
}
