/** The calls made for a question, and what they cost. */

import { readShape } from '../models/shape.ts'
import { type CallSum, callSumOf, spentOn } from '../models/spent.ts'
import { verifyShape } from '../prompts/verify.ts'
import type { Completion } from '../schemas/types.ts'
import type { QuestionRecords } from './question-records.ts'

/** What is remarkable about a call. */
export type CallNote =
  /** An answer was owed and did not come. */
  | 'failed'
  /** The same request had been answered before. */
  | 'repeated'
  /** Its answer was not of the shape asked for: it went back once, with what was wrong. */
  | 'malformed'
  /** No record is made of its answer. */
  | 'unused'
  /** The edition this one is built on has paid for it. */
  | 'paid before'

/** One call that was paid for, or failed. */
export interface Call extends Completion {
  readonly notes: readonly CallNote[]
}

/** All calls for a question, those that the edition it is built on has paid for first. */
export function callsOf(records: QuestionRecords): Call[] {
  const used = usedBy(records)
  const sentBack = sentBackOf(records)
  const answered = new Set<string>()
  const of = (completion: Completion, paidBefore: boolean): Call => {
    const { requestHash, status } = completion
    const notes: CallNote[] = paidBefore ? ['paid before'] : []
    if (status !== 'answered') notes.push('failed')
    else if (answered.has(requestHash)) notes.push('repeated')
    else if (!used.has(requestHash)) notes.push(isMisshapen(completion) ? 'malformed' : 'unused')
    else if (sentBack.has(requestHash)) notes.push('malformed')
    if (status === 'answered') answered.add(requestHash)
    return { ...completion, notes }
  }
  const before = records.baseCompletions.filter(({ requestHash }) => used.has(requestHash))
  return [...before.map((one) => of(one, true)), ...records.completions.map((one) => of(one, false))]
}

/** The sum of calls; what was paid before counts for nothing here. */
export function sumOf(calls: readonly Call[]): CallSum {
  return callSumOf(spentOn(calls.filter(({ notes }) => !notes.includes('paid before'))))
}

/** The requests whose answers something was made of. */
function usedBy(records: QuestionRecords): Set<string> {
  const { rawPaths, verdicts, ranked, escalated, kept, unsolved, controls } = records
  const attempts = [...(escalated?.attempts ?? []), ...(unsolved?.attempts ?? [])]
  const hashes = [
    ...rawPaths.map(({ path }) => path?.requestHash),
    ...verdicts.flatMap(({ path, requestHash }) => [path?.requestHash, requestHash]),
    ...controls.map(({ requestHash }) => requestHash),
    ranked?.requestHash,
    ...attempts.flatMap(({ requestHashes }) => requestHashes),
    ...[...kept, ...records.records, ...records.scores].flatMap(({ requestHashes }) => requestHashes),
  ]
  return new Set(hashes.filter((hash) => typeof hash === 'string'))
}

/** Rankings, self-checks of edits, and scores, that are named beside the answer that took their place. */
function sentBackOf({ kept, escalated, scores }: QuestionRecords): Set<string> {
  const rankings = kept.filter(({ route }) => route === 'ranked').map(({ requestHashes }) => requestHashes)
  const edits = [...kept.filter(({ route }) => route === 'refined'), ...(escalated?.attempts ?? [])]
  return new Set([
    ...rankings.flatMap((hashes) => hashes.slice(0, -1)),
    ...scores.flatMap(({ requestHashes }) => requestHashes.slice(0, -1)),
    // The edit, the answer that would not do, the one that took its place.
    ...edits.flatMap(({ requestHashes }) => requestHashes.slice(1, -1)),
  ])
}

/** Verdicts, controls and rankings may name the last answer alone. A ranking that nothing was made of would not do. */
function isMisshapen({ step, text }: Completion): boolean {
  const isJudged = step === 'verify' || step === 'control'
  return step === 'rank' || (isJudged && !readShape(text, verifyShape).ok)
}
