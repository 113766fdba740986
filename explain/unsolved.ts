/** The questions no model could answer: what was tried, what was wrong with it, what it cost. */
import type { Config } from '../config/config.ts'
import { addCall, nothingSpent, type Spent, usdOf } from '../models/spent.ts'
import { stateKey } from '../processors/triage-state.ts'
import type { Attempt, Question, Unsolved } from '../schemas/types.ts'
import { partitionOf } from '../streams/partition.ts'
import { type LogSource, readRecords } from './source.ts'

/** One question nobody could answer. */
export interface UnsolvedStory {
  readonly questionId: string
  readonly revision: number
  readonly unsolvedId: string
  readonly question: Question
  readonly tier: string
  readonly errors: number
  /** The answers of wrong paths, the most frequent first. */
  readonly wrongAnswers: readonly { readonly answer: string; readonly paths: number }[]
  /** What was said of the wrong paths. */
  readonly verdicts: readonly string[]
  readonly attempts: readonly Attempt[]
  /** Calls for the question, in all its revisions. */
  readonly calls: number
  /** US dollars; null when the cost of every call is unknown. */
  readonly usd: number | null
  readonly callsOfUnknownCost: number
}

/** What the paths of a difficult question, or of one that was escalated, were found wrong for. */
type Judged = Pick<UnsolvedStory, 'wrongAnswers' | 'verdicts'>

const UNREADABLE = 'no answer that could be read'

/**
 * All of them, by question id. Of the topics they came from and of the calls, only what is about them is decoded.
 * @param onReading told, a line at a time, what takes long
 */
export async function readUnsolved(
  source: LogSource,
  onReading: (line: string) => void = () => {},
): Promise<UnsolvedStory[]> {
  const unsolved: Unsolved[] = []
  for await (const { record } of readRecords(source, 'unsolved')) unsolved.push(record)
  if (unsolved.length === 0) return []
  const judged = await readJudged(source, unsolved)
  onReading('adding up what they cost')
  const spent = await readSpent(source, unsolved)
  return unsolved
    .map((record) =>
      storyOf(record, judged.get(stateKey(record.question)), spent.get(record.question.questionId)),
    )
    .sort((a, b) => (a.questionId < b.questionId ? -1 : 1))
}

/** What could be done about them, a sentence each. */
export function hintsFor(config: Config): string[] {
  const { regenerate, roles } = config
  const shown = { never: 'never', lastTry: 'on the last try only', always: 'on every try' }[
    regenerate.showKey
  ]
  const showKey =
    regenerate.showKey === 'always'
      ? 'The key was shown on every try: look at the question itself, it may be wrong.'
      : `The key was shown ${shown}: regenerate.showKey: always shows it on every try.`
  return [
    `A stronger model for roles.regenerate than ${roles.regenerate.model.model}, or more than ${regenerate.tries} for regenerate.tries.`,
    showKey,
    'Either changes results, and so makes another edition: ninefold replay --edition NAME --from verdicts takes over all paths and verdicts; what is the same costs nothing again.',
    'A question whose key is wrong is put right by loading it again with --revise.',
  ]
}

async function readJudged(source: LogSource, unsolved: readonly Unsolved[]): Promise<Map<string, Judged>> {
  const wanted = new Set(unsolved.map(({ question }) => question.questionId))
  const judged = new Map<string, Judged>()
  for (const topic of ['triaged-difficult', 'escalated'] as const) {
    for await (const { record } of readRecords(source, topic, { wanted: keyedBy(wanted) })) {
      judged.set(stateKey(record.question), judgedOf(record.wrong))
    }
  }
  return judged
}

function judgedOf(wrong: readonly { extracted: readonly string[] | null; reason: string }[]): Judged {
  const answers = Map.groupBy(wrong, ({ extracted }) => extracted?.join(',') ?? UNREADABLE)
  return {
    wrongAnswers: [...answers]
      .map(([answer, paths]) => ({ answer, paths: paths.length }))
      .sort((a, b) => b.paths - a.paths || (a.answer < b.answer ? -1 : 1)),
    verdicts: wrong.map(({ reason }) => reason),
  }
}

async function readSpent(source: LogSource, unsolved: readonly Unsolved[]): Promise<Map<string, Spent>> {
  const wanted = new Set(unsolved.map(({ question }) => question.questionId))
  const partitions = new Set([...wanted].map((id) => partitionOf(id, source.config.kafka.partitions)))
  const spent = new Map<string, Spent>()
  for (const partition of partitions) {
    for await (const { record } of readRecords(source, 'completions', {
      partition,
      wanted: keyedBy(wanted),
    })) {
      const sum = spent.get(record.questionId) ?? nothingSpent()
      spent.set(record.questionId, sum)
      addCall(sum, record)
    }
  }
  return spent
}

function keyedBy(questionIds: ReadonlySet<string>): (stored: { readonly key: Buffer | null }) => boolean {
  return ({ key }) => key !== null && questionIds.has(key.toString('utf8'))
}

function storyOf(
  { unsolvedId, question, tier, errors, attempts }: Unsolved,
  judged: Judged = { wrongAnswers: [], verdicts: [] },
  spent: Spent = nothingSpent(),
): UnsolvedStory {
  const { questionId, revision } = question
  return {
    questionId,
    revision,
    unsolvedId,
    question,
    tier,
    errors,
    ...judged,
    attempts,
    calls: spent.calls,
    usd: usdOf(spent),
    callsOfUnknownCost: spent.unpriced,
  }
}
