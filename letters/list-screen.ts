/** Dead letters as a table. */
import { type Cell, inColumns, right } from '../terminal/columns.ts'
import { clipped, cutAt, printable } from '../terminal/fit.ts'
import { counted } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import type { LetterEntry } from './letter-list.ts'

/** Of an id, in a table: enough to find it by. */
const ID_DIGITS = 12

/**
 * A row and a message each, and a line that counts them.
 * @param titles what steps are called, by their names
 */
export function listScreen(
  letters: readonly LetterEntry[],
  titles: ReadonlyMap<string, string>,
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  if (letters.length === 0) return 'no dead letters'
  const header = ['id', 'written', 'step', 'class', right('tries'), 'since', 'question']
  const rows = inColumns([header, ...letters.map((letter) => cellsOf(letter, titles))])
  const lines = letters.flatMap((letter, at) => [
    cutAt(rows[at + 1] ?? '', width),
    style.dim(`  ${clipped(letter.message, width - 2)}`),
  ])
  return [style.bold(cutAt(rows[0] ?? '', width)), ...lines, '', countLine(letters)].join('\n')
}

/** A letter's fate in a few words. */
export function fateText({ fate }: Pick<LetterEntry, 'fate'>): string {
  switch (fate.state) {
    case 'failed again':
      return `failed again as ${fate.as.slice(0, ID_DIGITS)}`
    case 'ordered':
      return 'ordered, not come to'
    case 'done':
      return 'redriven, done'
    case 'dismissed':
      return 'dismissed'
    case 'open':
      return '-'
  }
}

/** A moment as it is shown and as `--since` takes it, in local time. */
export function timeText(time: number): string {
  const date = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function cellsOf(letter: LetterEntry, titles: ReadonlyMap<string, string>): Cell[] {
  const { deadLetterId, time, step, class: kind, attempts, questionId } = letter
  return [
    deadLetterId.slice(0, ID_DIGITS),
    timeText(time),
    titles.get(step) ?? step,
    kind,
    right(String(attempts)),
    fateText(letter),
    questionId === null ? '-' : printable(questionId),
  ]
}

function countLine(letters: readonly LetterEntry[]): string {
  const by = Map.groupBy(letters, ({ fate }) => fate.state)
  const parts = [...by].map(([state, those]) => `${those.length} ${state}`)
  return `${counted(letters.length, 'dead letter')}: ${parts.join(', ')}`
}
