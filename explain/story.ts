/** What became of a question, from its paths to its records, and why: made of its records alone. */
import type { Config } from '../config/config.ts'
import type { Dismissal } from '../letters/letter-list.ts'
import type { CallSum } from '../models/spent.ts'
import { tierOf } from '../processors/tier.ts'
import type { Tier } from '../schemas/topics.ts'
import type {
  DeadLetter,
  PathNote,
  Question,
  Score,
  TrainingRecord,
  Triaged,
  Unsolved,
} from '../schemas/types.ts'
import { type EditStory, editsOf, type TryStory, triesOf } from './attempt-story.ts'
import { type Call, callsOf, sumOf } from './calls.ts'
import { type Outlook, outlookOf } from './outlook.ts'
import { type PathStory, pathsOf } from './path-story.ts'
import type { QuestionLetter, QuestionRecords } from './question-records.ts'

/** How the number of wrong paths made a tier. */
export interface TriageStory {
  readonly triagedId: string
  readonly tier: string
  readonly errors: number
  readonly expected: number
  readonly missing: number
  /** The rule in a sentence. */
  readonly why: string
}

/** Which Correct paths were chosen. */
export interface RankingStory {
  readonly rankingId: string | null
  /** The model that chose; null where two or fewer were Correct, or where it is not recorded. */
  readonly ranker: string | null
  readonly candidates: number
  /** Path ids, the best first. */
  readonly chosen: readonly string[]
  readonly notChosen: readonly PathNote[]
}

/** A dead letter of the question. */
export interface FailureStory extends Omit<DeadLetter, 'key' | 'value' | 'headers'> {
  readonly dismissed: Dismissal | null
}

/** A question's whole story. */
export interface Story {
  readonly questionId: string
  readonly revision: number
  readonly revisions: number
  readonly question: Question
  readonly outlook: Outlook
  /** In the order of the configuration, those of samplers it no longer has last. */
  readonly paths: readonly PathStory[]
  readonly triage: TriageStory | null
  readonly ranking: RankingStory | null
  readonly edits: readonly EditStory[]
  readonly tries: readonly TryStory[]
  readonly records: readonly TrainingRecord[]
  /** The two sides of a mending one after the other. */
  readonly scores: readonly Score[]
  readonly unsolved: Unsolved | null
  /** Without the records' bytes; with who dismissed them, and why. */
  readonly deadLetters: readonly FailureStory[]
  readonly calls: readonly Call[]
  readonly sum: CallSum
}

/** The story that a question's records tell. */
export function storyOf(records: QuestionRecords, config: Config): Story {
  const { question, revisions } = records
  const calls = callsOf(records)
  return {
    questionId: question.questionId,
    revision: question.revision,
    revisions,
    question,
    outlook: outlookOf(records, config),
    paths: pathsOf(records, config, calls),
    triage: triageOf(records, config),
    ranking: rankingOf(records),
    edits: editsOf(records, config),
    tries: triesOf(records, config, calls),
    records: records.records,
    scores: records.scores,
    unsolved: records.unsolved,
    deadLetters: records.letters.map(failureOf),
    calls,
    sum: sumOf(calls),
  }
}

function failureOf({ letter, dismissed }: QuestionLetter): FailureStory {
  const { key: _key, value: _value, headers: _headers, ...head } = letter
  return { ...head, dismissed }
}

function triageOf({ triaged }: QuestionRecords, { triage }: Config): TriageStory | null {
  if (triaged === null) return null
  const { triagedId, tier, errors, expected, missing } = triaged
  return { triagedId, tier, errors, expected, missing: missing.length, why: whyTier(triaged, triage) }
}

/** The rule that made the tier, in a sentence. */
function whyTier({ tier, errors, expected, missing }: Triaged, rules: Config['triage']): string {
  const { easyMaxErrors: easy, mediumMaxErrors: medium } = rules
  const range = { easy: `0-${easy}`, medium: `${easy + 1}-${medium}`, difficult: `${medium + 1}-${expected}` }
  // Triage's word stands, whatever the configuration has become.
  const rule = tierOf(errors, rules) === tier ? `; ${range[tier as Tier]} are ${tier}` : ''
  return `${errors} of ${expected} are wrong${rule}${missingClause(missing.length, rules.missing)}`
}

function missingClause(missing: number, policy: Config['triage']['missing']): string {
  if (missing === 0) return ''
  const counted = policy === 'countAsError' ? 'counted as wrong' : 'judged by the rest'
  return `; ${missing} missing, ${counted}`
}

function rankingOf({ triaged, ranked, kept }: QuestionRecords): RankingStory | null {
  const byRank = kept.filter(({ route }) => route === 'ranked')
  if (triaged === null || (ranked === null && byRank.length === 0)) return null
  return {
    rankingId: ranked?.rankingId ?? byRank[0]?.rankingId ?? null,
    ranker: ranked?.ranker ?? null,
    candidates: triaged.correct.length,
    chosen: ranked?.chosen.map(({ pathId }) => pathId) ?? byRank.flatMap(({ pathIds }) => pathIds),
    notChosen: ranked?.notChosen ?? byRank.flatMap(({ notChosen }) => notChosen),
  }
}
