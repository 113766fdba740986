/** `ninefold show`: everything about one question on one screen, from the topics. */
import type { Command } from 'commander'
import { NinefoldError } from '../errors.ts'
import { findQuestion } from '../explain/find-question.ts'
import { askLineage, questionOf } from '../explain/lineage.ts'
import { lineageSection } from '../explain/lineage-screen.ts'
import { readQuestion } from '../explain/question-records.ts'
import { sourceOf } from '../explain/source.ts'
import { storyOf } from '../explain/story.ts'
import { storyScreen } from '../explain/story-screen.ts'
import { openSession } from '../pipeline/session.ts'
import { columnsOf } from '../terminal/fit.ts'
import { styleFor } from '../terminal/style.ts'
import { wholeNumber } from './option-values.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { reportUnreadable } from './unreadable-report.ts'

interface ShowOptions extends PipelineOptions {
  readonly revision?: number
  readonly full?: boolean
  readonly json?: boolean
}

/** Adds the command `show`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('show'))
    .description('tell everything about one question: paths, verdicts, ranking, edits, records, calls')
    .argument('<id>', 'of a question, a record, a path, a verdict or a dead letter; or how one begins')
    .option('--revision <n>', 'this revision of the question; default: the last one', wholeNumber(1))
    .option('--full', 'print texts and changes in full, and each call by itself')
    .option('--json', 'print all of it as JSON')
    .addHelpText(
      'after',
      `
Read from the topics, with or without analytics. A question's own id takes one partition of each topic; any other id is
searched for. The id of a record is found without a search where analytics have it, and shows what it is made of, and
what that has cost, at the end. Pipe --full into \`less -R\`.

JSON: { found, questionId, revision, revisions, question, outlook: { state, waitsFor, blockedBy }, paths: [{ pathId,
samplerId, sampler, model, temperature, ordinal, outcome, late, path, verdict, missing, chosen, notChosen, usd }], triage,
ranking, edits, tries, records, scores, unsolved, deadLetters, calls, sum: { calls, promptTokens, completionTokens, usd,
callsOfUnknownCost }, lineage: null or the rows of the view of that name }. Money is in USD, null when unknown; in \`calls\` in billionths, as the records have it.`,
    )
    .action(show)
}

async function show(
  id: string,
  { revision: asked, full = false, json, ...pipeline }: ShowOptions,
): Promise<void> {
  const session = await openSession({ ...pipeline, onProgress })
  try {
    const source = sourceOf(session)
    const lineage = await askLineage(session, id)
    const found =
      questionOf(lineage ?? []) ??
      (await findQuestion(source, id, () => onProgress(`searching the topics for ${id}`)))
    const wanted = asked ?? found.revision ?? undefined
    const records = await readQuestion(source, found.questionId, wanted)
    if (records === null) throw unknownRevision(found.questionId, wanted)
    const story = storyOf(records, session.config)
    const style = styleFor(process.stdout)
    const options = { width: columnsOf(process.stdout), full, style }
    const more = lineage === null ? [] : [lineageSection(lineage, options)]
    console.log(
      json ? JSON.stringify({ found, ...story, lineage }, null, 2) : storyScreen(story, options, more),
    )
    reportUnreadable(session)
  } finally {
    await session.close()
  }
}

function unknownRevision(questionId: string, wanted: number | undefined): NinefoldError {
  return new NinefoldError(
    'NF_REVISION_UNKNOWN',
    `question ${questionId} has no revision ${wanted}`,
    'Leave out --revision to see the last one; it says how many there are.',
  )
}
