/** Unsolved questions, one below the other. */
import { costText, counted } from '../terminal/numbers.ts'
import { paragraph, type ScreenOptions, type Section, screenOf, sentence } from './sections.ts'
import type { UnsolvedStory } from './unsolved.ts'

/** Reasons of wrong paths that are shown where not all are. */
const VERDICTS = 2

/** The screen as text. @param hints what could be done */
export function unsolvedScreen(
  unsolved: readonly UnsolvedStory[],
  hints: readonly string[],
  options: ScreenOptions,
): string {
  if (unsolved.length === 0) return 'no question is unsolved'
  const number = unsolved.length === 1 ? '1 question nobody' : `${unsolved.length} questions nobody`
  const sections = unsolved.map((story): Section => ['Question', questionLines(story, options)])
  const hintLines = hints.flatMap((hint) => paragraph(hint, 3, options, '- '))
  return `${number} could answer\n\n${screenOf([...sections, ['What helps', hintLines]], options)}`
}

function questionLines(story: UnsolvedStory, options: ScreenOptions): string[] {
  const { questionId, revision, question, tier, errors, wrongAnswers, verdicts, attempts, calls } = story
  const { style, full } = options
  const key = question.answer.labels.join(',')
  const answers = wrongAnswers.map(({ answer, paths }) => `${answer} (${paths})`).join(', ')
  const said = [...new Set(verdicts)]
  const shown = full ? said : said.slice(0, VERDICTS)
  return [
    style.bold(revision === 1 ? questionId : `${questionId}, revision ${revision}`),
    ...paragraph(question.stem, 2, options),
    ...sentence(
      `${tier}, ${counted(errors, 'path')} wrong; the key is ${key}, they said ${answers || 'nothing'}`,
      options,
    ),
    ...shown.flatMap((reason) => sentence(reason, options, '  ').map(style.dim)),
    ...attempts.flatMap(({ try: number, model, keyShown, reason }) =>
      sentence(`try ${number} by ${model}${keyShown ? ', the key shown' : ''}: ${reason}`, options),
    ),
    `${counted(calls, 'call')}, cost ${costText(story)}`,
  ]
}
