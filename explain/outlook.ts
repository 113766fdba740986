/** Where a question stands, and what it waits for. */
import type { Config } from '../config/config.ts'
import { pathsOf } from './path-story.ts'
import type { QuestionRecords } from './question-records.ts'

/** Where it stands. */
export interface Outlook {
  /**
   * done: its records are there; unsolved: no model could answer it; waiting: some step has not come to it yet;
   * failed: it waits for a dead letter to be redriven; withdrawn: it was taken back.
   */
  readonly state: 'done' | 'unsolved' | 'waiting' | 'failed' | 'withdrawn'
  /** What it waits for, a sentence each; empty when it has come to its end. */
  readonly waitsFor: readonly string[]
  /** Dead letters that stand in its way. */
  readonly blockedBy: readonly string[]
}

/** What is awaited, and the dead letter that keeps it from coming. */
interface Awaited {
  readonly what: string
  readonly deadLetterId: string | null
}

/** Where a question stands by its records. */
export function outlookOf(records: QuestionRecords, config: Config): Outlook {
  if (records.question.kind === 'withdrawn') return { state: 'withdrawn', waitsFor: [], blockedBy: [] }
  const awaited = awaitedOf(records, config)
  const blockedBy = [...new Set(awaited.map(({ deadLetterId }) => deadLetterId).filter((id) => id !== null))]
  return {
    state: stateOf(records, awaited),
    waitsFor: awaited.map(({ what, deadLetterId }) => {
      if (deadLetterId === null) return what
      const letter = records.letters.find((one) => one.letter.deadLetterId === deadLetterId)
      return `${what} (failed${letter?.dismissed ? ', dismissed' : ''})`
    }),
    blockedBy,
  }
}

function stateOf({ unsolved }: QuestionRecords, awaited: readonly Awaited[]): Outlook['state'] {
  if (awaited.length === 0) return unsolved === null ? 'done' : 'unsolved'
  return awaited.every(({ deadLetterId }) => deadLetterId !== null) ? 'failed' : 'waiting'
}

/** What is missing for the next step of its way; nothing once it has come to its end. */
function awaitedOf(records: QuestionRecords, config: Config): Awaited[] {
  const { triaged, ranked, escalated, kept, unsolved } = records
  if (triaged === null) return verdictsAwaited(records, config)
  const routes = new Set(kept.map(({ route }) => route))
  if (triaged.tier !== 'difficult' && ranked === null && !routes.has('ranked')) return [step('rank', records)]
  if (ranked !== null && escalated === null && !routes.has('refined')) return [step('refine', records)]
  if ((escalated ?? (triaged.tier === 'difficult' ? triaged : null)) !== null) {
    if (unsolved === null && !routes.has('regenerated')) return [step('regenerate', records)]
  }
  return summariesAwaited(records)
}

function verdictsAwaited(records: QuestionRecords, config: Config): Awaited[] {
  const named = pathsOf(records, config, []).filter(({ sampler }) => sampler !== null)
  const open = named.flatMap(({ sampler, outcome, missing }): Awaited[] => {
    if (outcome === 'pending') return [{ what: `the path by ${sampler}`, deadLetterId: null }]
    if (outcome === 'unjudged') return [{ what: `the verdict on the path by ${sampler}`, deadLetterId: null }]
    if (outcome !== 'missing') return []
    const deadLetterId = tipOf(records, missing?.deadLetterId ?? null)
    return [{ what: `the path by ${sampler}`, deadLetterId }]
  })
  return open.length > 0 ? open : [step('triage', records)]
}

function summariesAwaited(records: QuestionRecords): Awaited[] {
  const summarized = new Set(records.records.map(({ keptId }) => keptId))
  return records.kept
    .filter(({ keptId }) => !summarized.has(keptId))
    .map(({ keptId, rank }) => ({
      what: `the summary of chain of thought ${rank}`,
      deadLetterId: letterOf(records, 'summarize', keptId),
    }))
}

function step(name: string, records: QuestionRecords): Awaited {
  return { what: `step ${name}`, deadLetterId: letterOf(records, name, null) }
}

/** The last dead letter a step has left about this revision, or about one kept chain of thought of it. */
function letterOf(
  { letters, question }: QuestionRecords,
  name: string,
  keptId: string | null,
): string | null {
  const mine = letters.filter(({ letter, revision, keptId: about }) => {
    const isOfRevision = revision === null || revision === question.revision
    return letter.step === name && isOfRevision && (about === null || about === keptId)
  })
  const last = mine.findLast(
    ({ letter }) => !mine.some((one) => one.letter.redrivenFrom === letter.deadLetterId),
  )
  return last?.letter.deadLetterId ?? null
}

/** The dead letter that a chain of tries has come to. */
function tipOf({ letters }: Pick<QuestionRecords, 'letters'>, deadLetterId: string | null): string | null {
  const next = letters.find(({ letter }) => letter.redrivenFrom === deadLetterId && deadLetterId !== null)
  return next === undefined ? deadLetterId : tipOf({ letters }, next.letter.deadLetterId)
}
