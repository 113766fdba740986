/** What counts of a question: its latest revision, nothing that was withdrawn, each id once. */
import { NinefoldError } from '../errors.ts'
import { canonicalJson } from '../schemas/ids.ts'
import type { Kept, Question, Score, TrainingRecord, Triaged, Verdict } from '../schemas/types.ts'
import { Revisions } from '../sinks/revisions.ts'
import type { Dossier, ScoredRecord } from './dossier.ts'
import type { Gathered } from './gather.ts'

/** Records left out before anything is selected. */
export interface Outdated {
  /** Withdrawn, or of a question that is. */
  withdrawn: number
  /** Of a question that has a later revision. */
  superseded: number
}

/**
 * The dossier of a question; null where it is withdrawn or nothing but earlier revisions is there.
 * @param outdated counts what is left out
 * @throws {NinefoldError} NF_EXPORT_CONFLICT when two records of one id say different things
 */
export function currentDossier(gathered: Gathered, outdated: Outdated): Dossier | null {
  const revisions = new Revisions()
  for (const question of gathered.questions) revisions.add(question)
  const current: TrainingRecord[] = []
  for (const { record, withdrawn } of withoutRepeats(gathered.records)) {
    const standing = revisions.standingOf(record.question)
    if (standing !== 'current') outdated[standing]++
    else if (withdrawn) outdated.withdrawn++
    else current.push(record)
  }
  const question = latestOf(gathered, current)
  if (question === null || revisions.standingOf(question) === 'withdrawn') return null
  const isCurrent = (one: { readonly question: Question }) => one.question.revision === question.revision
  const triaged = triagedOf(gathered).find(isCurrent) ?? null
  return {
    question,
    records: scored(current.filter(isCurrent), gathered.scores),
    triaged,
    verdicts: countedVerdicts(gathered.verdicts, triaged),
    kept: firstOfEach(gathered.kept.filter(isCurrent), ({ keptId }: Kept) => keptId),
  }
}

/** What is known of the question at its highest revision. */
function latestOf(gathered: Gathered, records: readonly TrainingRecord[]): Question | null {
  const known = [
    ...gathered.questions,
    ...records.map(({ question }) => question),
    ...triagedOf(gathered).map(({ question }) => question),
  ]
  return known.reduce<Question | null>(
    (latest, one) => (latest === null || one.revision > latest.revision ? one : latest),
    null,
  )
}

function triagedOf(gathered: Gathered): Triaged[] {
  return [...gathered['triaged-easy'], ...gathered['triaged-medium'], ...gathered['triaged-difficult']]
}

/** One record an id; what was withdrawn is so whatever else stands under its id. */
function withoutRepeats(records: readonly TrainingRecord[]) {
  const namesakes = Map.groupBy(records, ({ recordId }) => recordId)
  return [...namesakes.values()].map((same) => {
    const [record] = same as [TrainingRecord]
    const withdrawn = same.some(({ kind }) => kind === 'withdrawn')
    const differ = same.length > 1 && new Set(same.map((one) => canonicalJson(one))).size > 1
    if (differ && !withdrawn) throw conflict(record.recordId)
    return { record, withdrawn }
  })
}

function conflict(recordId: string): NinefoldError {
  return new NinefoldError(
    'NF_EXPORT_CONFLICT',
    `two records with the id ${recordId} say different things; an id is made of what a record says`,
    'Find out with `ninefold audit` where the second one comes from.',
  )
}

function scored(records: readonly TrainingRecord[], scores: readonly Score[]): ScoredRecord[] {
  const ofRecord = Map.groupBy(
    scores.filter(({ subject }) => subject === 'record'),
    ({ subjectId }) => subjectId,
  )
  return records
    .map((record) => ({ record, score: meanOf(ofRecord.get(record.recordId) ?? []) }))
    .sort((a, b) => a.record.rank - b.record.rank || (a.record.recordId < b.record.recordId ? -1 : 1))
}

/** Several scorers may have scored one record. */
function meanOf(scores: readonly Score[]): number | null {
  if (scores.length === 0) return null
  return scores.reduce((sum, { overall }) => sum + overall, 0) / scores.length
}

/** An edition may share verdicts of which it counts only some: those that triage named. */
function countedVerdicts(verdicts: readonly Verdict[], triaged: Triaged | null): Verdict[] {
  if (triaged === null) return []
  const counted = new Set([...triaged.correctVerdictIds, ...triaged.wrong.map(({ verdictId }) => verdictId)])
  const judged = verdicts.filter(({ kind, verdictId }) => kind === 'verdict' && counted.has(verdictId))
  return firstOfEach(judged, ({ verdictId }) => verdictId).sort((a, b) =>
    a.samplerId < b.samplerId ? -1 : 1,
  )
}

function firstOfEach<T>(items: readonly T[], idOf: (item: T) => string): T[] {
  const first = new Map<string, T>()
  for (const item of items) if (!first.has(idOf(item))) first.set(idOf(item), item)
  return [...first.keys()].sort().map((id) => first.get(id) as T)
}
