/** One dead letter in full. */
import type { FailedRecord } from '../explain/letter-record.ts'
import { paragraph, type ScreenOptions, type Section, screenOf, sentence } from '../explain/sections.ts'
import type { DeadLetter } from '../schemas/types.ts'
import { printable } from '../terminal/fit.ts'
import { classOf } from './classes.ts'
import type { LetterEntry } from './letter-list.ts'
import { fateText, timeText } from './list-screen.ts'

/** Lines of a text that are shown where not all is. */
const TEXT_LINES = 6

/** A dead letter with all that is known about it. */
export interface LetterStory {
  readonly entry: LetterEntry
  readonly letter: DeadLetter
  /** null where the record is not in the letter, or cannot be read. */
  readonly failed: FailedRecord | null
  /** What the step is called. */
  readonly title: string
}

/** The screen as text. */
export function letterScreen(story: LetterStory, options: ScreenOptions): string {
  const { entry, letter } = story
  const sections: Section[] = [
    ['Letter', headLines(story, options)],
    ['Why', paragraph(letter.message, TEXT_LINES, options)],
    ['Remedy', sentence(classOf(letter.class).remedy, options)],
    ['Answer', letter.answer === null ? [] : answerLines(letter.answer, options)],
    ['Record', recordLines(story, options)],
    ['Since', sinceLines(entry, options)],
  ]
  return screenOf(sections, options)
}

function headLines({ letter, entry, title }: LetterStory, options: ScreenOptions): string[] {
  const { deadLetterId, class: kind, attempts, group, redrivenFrom } = letter
  return [
    options.style.bold(deadLetterId),
    ...sentence(`step ${title}, class ${kind}, try ${attempts}, written ${timeText(entry.time)}`, options),
    ...sentence(`group ${group}`, options),
    ...(redrivenFrom === null ? [] : [`tried again from ${redrivenFrom}`]),
  ]
}

function answerLines(answer: string, options: ScreenOptions): string[] {
  return answer.trim() === '' ? ['(empty)'] : paragraph(answer, TEXT_LINES, options)
}

function recordLines({ letter, failed }: LetterStory, options: ScreenOptions): string[] {
  const { topic, partition, offset, questionId, value } = letter
  const text = failed === null ? null : questionText(failed.record)
  return [
    ...sentence(`${topic}, partition ${partition}, offset ${offset}`, options),
    ...sentence(
      questionId === null ? 'of no question that could be told' : `question ${questionId}`,
      options,
    ),
    ...(text === null ? [] : paragraph(text, 3, options)),
    ...(value === null ? ['too large for the letter: it is where it failed'] : []),
  ]
}

/** The text of the question that a record is, or carries. */
function questionText(record: object): string | null {
  const { stem, question } = record as { stem?: unknown; question?: { stem?: unknown } }
  const text = question?.stem ?? stem
  return typeof text === 'string' ? text : null
}

function sinceLines(entry: LetterEntry, options: ScreenOptions): string[] {
  const { fate, deadLetterId } = entry
  const { style } = options
  if (fate.state === 'open')
    return ['nothing', style.warn(`ninefold dead-letters redrive --id ${deadLetterId}`)]
  if (fate.state === 'dismissed')
    return sentence(`dismissed by ${printable(fate.by)}: ${printable(fate.why)}`, options)
  return fate.state === 'failed again' ? [`failed again as ${fate.as}`] : [fateText(entry)]
}
