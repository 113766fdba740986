/** A question's story on one screen. */
import type { Option, Score, TrainingRecord } from '../schemas/types.ts'
import { type Cell, right } from '../terminal/columns.ts'
import { clipped } from '../terminal/fit.ts'
import { count, counted, dollars } from '../terminal/numbers.ts'
import { attemptSections } from './attempt-screen.ts'
import { callLines } from './calls-screen.ts'
import type { PathStory } from './path-story.ts'
import { paragraph, type ScreenOptions, type Section, screenOf, sentence, table } from './sections.ts'
import type { RankingStory, Story } from './story.ts'

/** Lines of the question's text, and of each text made for it, where not all is shown. */
const STEM_LINES = 4
const RECORD_LINES = 2
/** Of an id, on the screen: enough to find it by. */
const ID_DIGITS = 12

/** The screen as text. @param more sections that stand at its end */
export function storyScreen(story: Story, options: ScreenOptions, more: readonly Section[] = []): string {
  const sections: Section[] = [
    ['Question', questionLines(story, options)],
    ['State', stateLines(story, options)],
    ['Paths', pathLines(story, options)],
    ['Triage', story.triage === null ? [] : sentence(`${story.triage.tier}: ${story.triage.why}`, options)],
    ['Ranking', story.ranking === null ? [] : rankingLines(story.ranking, story.paths, options)],
    ...attemptSections(story, options),
    ['Records', story.records.flatMap((record) => recordLines(record, options))],
    ['Scores', scoreLines(story, options)],
    ['Failures', failureLines(story, options)],
    ['Calls', callLines(story, options)],
    ...more,
  ]
  return screenOf(sections, options)
}

function questionLines(story: Story, options: ScreenOptions): string[] {
  const { question, questionId, revision, revisions } = story
  const { style } = options
  const facts = [
    revisions > 1 ? `revision ${revision} of ${revisions}` : '',
    question.split,
    question.language,
    question.licence,
    ...question.labels,
  ].filter((fact) => fact !== '')
  return [
    `${style.bold(clipped(questionId, options.width))}${facts.length > 0 ? `  ${clipped(facts.join(' · '), options.width)}` : ''}`,
    ...question.context.flatMap((passage) => paragraph(passage, 2, options, '| ')),
    ...paragraph(question.stem, STEM_LINES, options),
    ...question.options.flatMap((option) => optionLines(option, question.answer.labels, options)),
  ]
}

function optionLines({ label, text }: Option, key: readonly string[], options: ScreenOptions): string[] {
  const isKey = key.includes(label)
  const lines = sentence(text, options, `${isKey ? '*' : ' '} ${label}  `)
  return isKey ? lines.map(options.style.good) : lines
}

function stateLines({ outlook, records, unsolved }: Story, options: ScreenOptions): string[] {
  const { state, waitsFor, blockedBy } = outlook
  const { style } = options
  switch (state) {
    case 'done':
      return [style.good(`done: ${counted(records.length, 'record')}`)]
    case 'unsolved':
      return [style.warn(`unsolved: ${triesText(unsolved?.attempts.length ?? 0)} failed`)]
    case 'withdrawn':
      return ['withdrawn']
    default:
      return [
        ...sentence(`waits for ${waitsFor.join(', ')}`, options).map(style.warn),
        ...blockedBy.map((id) => style.warn(`ninefold dead-letters redrive --id ${id}`)),
      ]
  }
}

function pathLines({ paths }: Story, options: ScreenOptions): string[] {
  // Samplers of equal settings are rare; where there are none, their number says nothing.
  const numbered = paths.some(({ ordinal }) => ordinal !== null && ordinal > 1)
  const rows = paths.map((path, at) => [String(at + 1), ...pathCells(path, numbered)])
  const notes = paths.map((path) => pathNotes(path, options))
  return table([['', ...pathHeader(numbered)], ...rows], options, [[], ...notes])
}

function pathHeader(numbered: boolean): Cell[] {
  const settings: Cell[] = ['chosen', 'sampler', 'model', right('t'), ...(numbered ? [right('n')] : [])]
  return [...settings, 'answer', 'code', 'judge', 'verdict', right('tokens'), right('cost')]
}

function pathCells(story: PathStory, numbered: boolean): Cell[] {
  const { verdict, path, sampler, samplerId, model, temperature, ordinal, outcome, late } = story
  const { usd, chosen } = story
  return [
    chosen === null ? '' : String(chosen),
    sampler ?? shortId(samplerId),
    model,
    right(temperature === null ? '-' : temperature.toFixed(1)),
    ...(numbered ? [right(String(ordinal ?? '-'))] : []),
    verdict?.extracted?.join(',') ?? '-',
    verdict?.codeCheck || '-',
    verdict?.judgeVerdict ?? '-',
    late ? `${outcome}, late` : outcome,
    right(path === null ? '-' : `${tokensOf(path.promptTokens)}+${tokensOf(path.completionTokens)}`),
    right(usd === null ? '-' : dollars(usd * 1e9)),
  ]
}

function pathNotes({ pathId, path, verdict, missing }: PathStory, options: ScreenOptions): string[] {
  const { dim } = options.style
  const reason = verdict?.missing?.reason ?? verdict?.reason ?? missing?.reason ?? ''
  const lines = reason === '' ? [] : sentence(reason, options, '   ').map(dim)
  if (!options.full) return lines
  const texts = path === null ? [] : [path.reasoning, path.answerText]
  return [dim(`   path ${pathId}`), ...lines, ...texts.flatMap((text) => paragraph(text, 0, options, '   '))]
}

function rankingLines(ranking: RankingStory, paths: readonly PathStory[], options: ScreenOptions): string[] {
  const { candidates, chosen, ranker, notChosen } = ranking
  const number = (id: string) => String(paths.findIndex(({ pathId }) => pathId === id) + 1)
  const names = chosen.map(number).join(' and ')
  if (chosen.length === 0) return sentence('no path was Correct: nothing to choose from', options)
  const why =
    candidates <= chosen.length
      ? `${counted(candidates, 'path')} Correct: nothing had to be ranked`
      : `chosen by ${ranker ?? 'the ranker'} out of ${candidates}, under neutral labels`
  return [
    ...sentence(`${chosen.length === 1 ? 'path' : 'paths'} ${names}: ${why}`, options),
    ...notChosen.flatMap(({ pathId, reason }) =>
      sentence(`not ${number(pathId)}: ${reason === '' ? 'no reason was given' : reason}`, options).map(
        options.style.dim,
      ),
    ),
  ]
}

function recordLines(record: TrainingRecord, options: ScreenOptions): string[] {
  const { recordId, route, rank, writer, answer, summarizer, cot, response, keyShown } = record
  const shown = keyShown ? ', the key was shown to it' : ''
  return [
    options.style.bold(recordId),
    ...sentence(
      `${route}, place ${rank}, concludes ${answer.join(', ')}; written by ${writer}${shown}`,
      options,
      '  ',
    ),
    ...paragraph(cot, RECORD_LINES, options, '  '),
    ...sentence(`summary by ${summarizer}:`, options, '  '),
    ...paragraph(response, RECORD_LINES, options, '  '),
  ]
}

function scoreLines({ scores, paths }: Story, options: ScreenOptions): string[] {
  return scores.flatMap((score) => {
    const { clinicalAccuracy, logic, factualCorrectness, completeness, overall, scorer } = score
    const number = paths.findIndex(({ pathId }) => pathId === score.pathId) + 1
    const grades = `accuracy ${clinicalAccuracy}, logic ${logic}, facts ${factualCorrectness}, completeness ${completeness}`
    return sentence(`${scoredText(score, number)}: ${overall.toFixed(2)} by ${scorer}; ${grades}`, options)
  })
}

function scoredText({ subject, subjectId, route }: Score, path: number): string {
  if (subject !== 'record') return `path ${path}, as it was`
  return route === 'refined' ? `path ${path}, mended` : `record ${shortId(subjectId)}`
}

function failureLines({ deadLetters }: Story, options: ScreenOptions): string[] {
  return deadLetters.flatMap((failure) => {
    const { deadLetterId, step, class: kind, message, attempts, redrivenFrom, dismissed } = failure
    const end =
      dismissed === null ? [] : sentence(`dismissed by ${dismissed.by}: ${dismissed.why}`, options, '  ')
    const again = redrivenFrom === null ? '' : `, try ${attempts}, redriven from ${shortId(redrivenFrom)}`
    const title = `${shortId(deadLetterId)}  ${step}  ${kind}${again}`
    return [...sentence(title, options), ...sentence(message, options, '  ').map(options.style.dim), ...end]
  })
}

function triesText(tries: number): string {
  return tries === 1 ? '1 try' : `${tries} tries`
}

function tokensOf(tokens: number | null): string {
  return tokens === null ? '?' : count(tokens)
}

function shortId(id: string): string {
  return id.slice(0, ID_DIGITS)
}
