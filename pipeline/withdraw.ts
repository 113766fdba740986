/** Takes questions back: a withdrawal of each goes into `intake`, and from there the way of every correction. */
import { NinefoldError } from '../errors.ts'
import type { Intake, Question } from '../schemas/types.ts'
import { readTopic } from '../sinks/session-records.ts'
import { usualBatchName } from '../sources/batch-name.ts'
import { Publisher } from './publish.ts'
import type { Session } from './session.ts'

/** Withdrawals a transaction. */
const BATCH = 500
/** Ids that a message names. */
const MOST_NAMED = 5

/** Which questions to take back: those of these ids, and all of a source. */
export interface WithdrawSelection {
  readonly ids: readonly string[]
  readonly source?: string
}

/** What was done. */
export interface WithdrawSummary {
  /** What `ninefold batches` calls it. */
  readonly batch: string
  /** Questions taken back now. */
  readonly withdrawn: number
  /** Those that had been before. */
  readonly already: number
}

/**
 * Takes them back, or none of them where one is not known.
 * @throws {NinefoldError} NF_WITHDRAW_NOTHING when nothing is selected, NF_WITHDRAW_UNKNOWN when a selected id, or
 * source, has no admitted question
 */
export async function withdrawQuestions(
  session: Session,
  selection: WithdrawSelection,
): Promise<WithdrawSummary> {
  const batch = usualBatchName('withdrawn', new Date())
  const found = await selectedQuestions(session, selection, batch)
  const standing = [...found.values()].filter(({ isWithdrawn }) => !isWithdrawn)
  const publisher = await Publisher.open(session)
  try {
    for (let from = 0; from < standing.length; from += BATCH) {
      const some = standing.slice(from, from + BATCH)
      await publisher.publish(some.map(({ questionId: key, value }) => ({ topic: 'intake', key, value })))
    }
  } finally {
    await publisher.close()
  }
  return { batch, withdrawn: standing.length, already: found.size - standing.length }
}

/** A question in its newest revision, without its texts. */
interface Selected {
  readonly questionId: string
  readonly revision: number
  readonly isWithdrawn: boolean
  /** What takes it back. */
  readonly value: Intake
}

async function selectedQuestions(
  session: Session,
  { ids, source }: WithdrawSelection,
  batch: string,
): Promise<ReadonlyMap<string, Selected>> {
  if (ids.length === 0 && source === undefined) {
    throw new NinefoldError(
      'NF_WITHDRAW_NOTHING',
      'it is not said which questions are to be taken back',
      'Name their ids, or all of a source with --source.',
    )
  }
  const wanted = new Set(ids)
  const found = new Map<string, Selected>()
  let ofSource = source === undefined
  for await (const question of readTopic(session, 'questions')) {
    const { questionId, revision } = question
    if (!wanted.has(questionId) && question.source !== source) continue
    ofSource ||= question.source === source
    if ((found.get(questionId)?.revision ?? 0) > revision) continue
    const isWithdrawn = question.kind === 'withdrawn'
    found.set(questionId, { questionId, revision, isWithdrawn, value: withdrawalOf(question, batch) })
  }
  const unknown = [...wanted].filter((id) => !found.has(id))
  if (unknown.length === 0 && ofSource) return found
  const more = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : ''
  throw new NinefoldError(
    'NF_WITHDRAW_UNKNOWN',
    ofSource
      ? `no question has been admitted as ${unknown.slice(0, MOST_NAMED).join(', ')}${more}; nothing was taken back`
      : `no question of source ${JSON.stringify(source)} has been admitted; nothing was taken back`,
    'An id begins with its source, e.g. medqa:0042; `ninefold read questions` shows all.',
  )
}

/** Names the question and says where it came from; what it asks is not said again. */
function withdrawalOf(question: Question, batch: string): Intake {
  const { questionId, source, split, language, licence, labels, parentId, form } = question
  return {
    ...{ kind: 'withdrawn', id: questionId.slice(`${source}:`.length), batch, revise: false },
    ...{ source, split, language, licence, labels, parentId, form },
    ...{ stem: '', context: [], options: [] },
    answer: { ...question.answer, labels: [], texts: [] },
  }
}
