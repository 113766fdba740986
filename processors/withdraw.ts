/**
 * Withdraws training records of questions that were corrected or taken back since: for each of them a record of the
 * same id and of kind `withdrawn` follows in `records`, without its texts. Nothing is deleted; whoever reads on in
 * the topic learns that the record counts no more.
 *
 * Stateful: remembers how often a question was revised, and the records that stand. Either may come first, so both make
 * it look for the other; revisions of a question come in order, since one task of admit numbers and writes them. It
 * remembers nothing that its inputs do not say, and is rebuilt from them. Failure: none of its own.
 */
import { CHOSEN } from '../prompts/rank.ts'
import type { Question, TrainingRecord } from '../schemas/types.ts'
import type { Emission, StatefulProcessor, Store } from '../streams/processor.ts'

/** What is remembered of a question that has more than one revision. */
interface Revised {
  /** The newest. */
  readonly revision: number
}

/** What is remembered of a record. */
interface Noted {
  readonly recordId: string
  /** What withdraws it; null once that was written. */
  readonly withdrawal: TrainingRecord | null
}

/** What withdraw remembers. */
export type WithdrawState = Revised | Noted

/** The kind of a record that withdraws another one. */
export const WITHDRAWN = 'withdrawn'

/** What withdraws a record: it says which one that was and where it stood, and none of its texts. */
export function withdrawalOf(record: TrainingRecord): TrainingRecord {
  const { question } = record
  return {
    ...record,
    kind: WITHDRAWN,
    question: { ...question, stem: '', context: [], options: [], answer: { ...question.answer, labels: [] } },
    ...{ cot: '', response: '', answer: [], pathIds: [], verdictIds: [], requestHashes: [] },
  }
}

/** Step `withdraw`. */
export const withdraw: StatefulProcessor<WithdrawState, 'questions' | 'records', 'records'> = {
  kind: 'stateful',
  step: 'withdraw',
  inputs: ['questions', 'records'],
  outputs: ['records'],
  store: {
    changelog: ['questions', 'records'],
    logged: false,
    restore(value) {
      const said = value as Question | TrainingRecord
      if (!('recordId' in said)) return revisedBy(said)
      const withdrawal = said.kind === WITHDRAWN ? null : withdrawalOf(said)
      return { key: keyOfRecord(said), value: { recordId: said.recordId, withdrawal } }
    },
  },
  process(input, store) {
    return input.topic === 'questions' ? revise(input.value, store) : note(input.value, store)
  },
}

function revisedBy({ questionId, revision }: Question): { key: string; value: Revised } | null {
  return revision === 1 ? null : { key: keyOfQuestion(questionId), value: { revision } }
}

/** A question came: what stands of its earlier revisions stands no more. */
function revise(question: Question, store: Store<WithdrawState>): Emission<'records'>[] {
  const revised = revisedBy(question)
  if (revised === null) return []
  const { questionId, revision } = question
  if (newestOf(questionId, store) < revision) store.put(revised.key, revised.value)
  const emissions: Emission<'records'>[] = []
  for (let earlier = 1; earlier < revision; earlier++) {
    for (let rank = 1; rank <= CHOSEN; rank++) {
      const key = keyOfRecord({ question: { questionId, revision: earlier }, rank })
      const noted = store.get(key) as Noted | undefined
      if (noted?.withdrawal) emissions.push(withdrawn(key, noted.withdrawal, store))
    }
  }
  return emissions
}

/** A record came: it stands, or its question was revised while it was made. */
function note(record: TrainingRecord, store: Store<WithdrawState>): Emission<'records'>[] {
  if (record.kind === WITHDRAWN) return []
  const { recordId, question } = record
  const key = keyOfRecord(record)
  const known = store.get(key) as Noted | undefined
  // A store that was rebuilt may know what is read only now.
  if (known?.recordId === recordId && known.withdrawal === null) return []
  const withdrawal = withdrawalOf(record)
  if (newestOf(question.questionId, store) > question.revision) return [withdrawn(key, withdrawal, store)]
  if (known?.recordId !== recordId) store.put(key, { recordId, withdrawal })
  return []
}

function withdrawn(
  key: string,
  withdrawal: TrainingRecord,
  store: Store<WithdrawState>,
): Emission<'records'> {
  const { recordId, question } = withdrawal
  store.put(key, { recordId, withdrawal: null })
  return { topic: 'records', key: question.questionId, value: withdrawal }
}

function newestOf(questionId: string, store: Store<WithdrawState>): number {
  return (store.get(keyOfQuestion(questionId)) as Revised | undefined)?.revision ?? 1
}

function keyOfQuestion(questionId: string): string {
  return `question ${questionId}`
}

/** A revision of a question has one record a rank. */
function keyOfRecord({
  question,
  rank,
}: {
  readonly question: Pick<Question, 'questionId' | 'revision'>
  readonly rank: number
}): string {
  return `record ${question.revision} ${rank} ${question.questionId}`
}
