/** Everything the topics hold about one question: of every topic the one partition that its id is kept in. */
import type { Dismissal } from '../letters/letter-list.ts'
import { stateKey } from '../processors/triage-state.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import type {
  Completion,
  Control,
  DeadLetter,
  Escalated,
  Kept,
  Question,
  Ranked,
  RawPath,
  Score,
  TrainingRecord,
  Triaged,
  TriageState,
  Unsolved,
  Verdict,
} from '../schemas/types.ts'
import { partitionOf } from '../streams/partition.ts'
import { DISMISSED } from '../streams/redrive-orders.ts'
import { recordOfLetter } from './letter-record.ts'
import { type LogSource, readRecords } from './source.ts'

/** The records of one revision of a question; calls and dead letters are those of all its revisions. */
export interface QuestionRecords {
  readonly question: Question
  /** How many revisions there are. */
  readonly revisions: number
  readonly rawPaths: readonly RawPath[]
  readonly verdicts: readonly Verdict[]
  /** The last one. */
  readonly state: TriageState | null
  readonly triaged: Triaged | null
  readonly ranked: Ranked | null
  readonly escalated: Escalated | null
  readonly kept: readonly Kept[]
  readonly unsolved: Unsolved | null
  readonly records: readonly TrainingRecord[]
  /** Of its records, and of its paths before they were mended. */
  readonly scores: readonly Score[]
  /** Those run beside its paths, of all its revisions. */
  readonly controls: readonly Control[]
  readonly completions: readonly Completion[]
  /** Calls that the edition this one is built on has paid for. */
  readonly baseCompletions: readonly Completion[]
  readonly letters: readonly QuestionLetter[]
}

/** A dead letter, and what it is about as far as it can be read. */
export interface QuestionLetter {
  readonly letter: DeadLetter
  readonly revision: number | null
  readonly keptId: string | null
  /** Who set it aside for good, and why; null when nobody did. */
  readonly dismissed: Dismissal | null
}

/** A record that carries its question along. */
interface About {
  readonly question: Pick<Question, 'questionId' | 'revision'>
}

/**
 * Reads a question's records.
 * @param revision the last one when left out
 * @returns null when no such question, or no such revision, was admitted
 */
export async function readQuestion(
  source: LogSource,
  questionId: string,
  revision?: number,
): Promise<QuestionRecords | null> {
  const revisions = await recordsOf(source, 'questions', questionId)
  const question =
    revision === undefined ? revisions.at(-1) : revisions.find((one) => one.revision === revision)
  if (question === undefined) return null
  const mine = ({ question: about }: About) => about.revision === question.revision
  const of = async <T extends TopicName>(topic: T) =>
    (await recordsOf(source, topic, questionId)).filter((record) => mine(record as unknown as About))
  const [rawPaths, verdicts, states, easy, medium, difficult] = await Promise.all([
    of('raw-paths'),
    of('verdicts'),
    recordsOf(source, 'triage-state', questionId, stateKey(question)),
    of('triaged-easy'),
    of('triaged-medium'),
    of('triaged-difficult'),
  ])
  const [ranked, escalated, kept, unsolved, records, scores, controls] = await Promise.all([
    of('ranked'),
    of('escalated'),
    of('kept'),
    of('unsolved'),
    of('records'),
    recordsOf(source, 'scores', questionId),
    recordsOf(source, 'controls', questionId),
  ])
  const [completions, baseCompletions, letters] = await Promise.all([
    recordsOf(source, 'completions', questionId),
    source.base === null
      ? []
      : recordsOf(source, 'completions', questionId, questionId, source.base.fullName),
    readLetters(source, questionId),
  ])
  return {
    question,
    revisions: revisions.length,
    rawPaths,
    verdicts,
    state: states.at(-1) ?? null,
    triaged: [...easy, ...medium, ...difficult][0] ?? null,
    ranked: ranked[0] ?? null,
    escalated: escalated[0] ?? null,
    kept: kept.toSorted((a, b) => a.rank - b.rank),
    unsolved: unsolved[0] ?? null,
    // What withdraws one says nothing that its later revision does not.
    records: records.filter(({ kind }) => kind === 'record').toSorted((a, b) => a.rank - b.rank),
    scores: scores
      .filter(({ revision: of }) => of === question.revision)
      .toSorted((a, b) => (placeOfScore(a) < placeOfScore(b) ? -1 : 1)),
    controls,
    completions,
    baseCompletions,
    letters,
  }
}

/** The sides of a pair stand together, that before the mending first. */
function placeOfScore({ pathId, subject, scoreId }: Score): string {
  return `${pathId ?? '~'} ${subject} ${scoreId}`
}

/** The dead letters of a question, those of the edition it is built on among them. */
export async function readLetters(source: LogSource, questionId: string): Promise<QuestionLetter[]> {
  const { base } = source
  const before =
    base === null ? [] : await recordsOf(source, 'dead-letters', questionId, questionId, base.fullName)
  const letters = [...before, ...(await recordsOf(source, 'dead-letters', questionId))]
  const orders = letters.length === 0 ? [] : await recordsOf(source, 'redrive', questionId)
  const dismissals = new Map(
    orders
      .filter(({ kind }) => kind === DISMISSED)
      .map(({ deadLetterId, by, why }) => [deadLetterId, { by: by ?? '', why: why ?? '' }]),
  )
  return Promise.all(
    letters.map((letter) => aboutOf(source, letter, dismissals.get(letter.deadLetterId) ?? null)),
  )
}

async function aboutOf(
  source: LogSource,
  letter: DeadLetter,
  dismissed: Dismissal | null,
): Promise<QuestionLetter> {
  const failed = await recordOfLetter(source, letter)
  const record = failed?.record as { question?: Question; revision?: number; keptId?: string } | undefined
  const revision = record?.question?.revision ?? record?.revision ?? null
  const keptId = failed?.topic === 'kept' ? (record?.keptId ?? null) : null
  return { letter, revision, keptId, dismissed }
}

async function recordsOf<T extends TopicName>(
  source: LogSource,
  topic: T,
  questionId: string,
  key: string = questionId,
  fullName: (topic: TopicName) => string = source.fullName,
): Promise<TopicRecords[T][]> {
  const bytes = Buffer.from(key)
  const found: TopicRecords[T][] = []
  for await (const { record } of readRecords(source, topic, {
    partition: partitionOf(questionId, source.config.kafka.partitions),
    fullName: fullName(topic),
    wanted: (stored) => stored.key?.equals(bytes) ?? false,
  })) {
    found.push(record)
  }
  return found
}
