/** Two editions side by side: what differs in their settings, and what that made of their questions and records. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diffEditions, type Edition, type EditionDifference, readEdition } from '../config/edition.ts'
import { currentDossier } from '../export/current.ts'
import type { Dossier } from '../export/dossier.ts'
import { type GatheredTopic, gather } from '../export/gather.ts'
import { asksFor, EVERYTHING, filtered, select } from '../export/select.ts'
import { TIERS } from '../schemas/topics.ts'
import type { TrainingRecord } from '../schemas/types.ts'
import { type EditionView, startedEdition } from './edition-view.ts'

/** Where a question stands in an edition: its tier, or why it has none. */
export type Standing = (typeof STANDINGS)[number]

/** The easiest first. */
export const STANDINGS = [...TIERS, 'not decided', 'not there'] as const

/** So many questions stand here in the one edition and there in the other. */
export interface TierCount {
  readonly a: Standing
  readonly b: Standing
  readonly questions: number
}

/** Training records of both. They are the same when question, chain of thought and conclusion are. */
export interface SharedRecords {
  /** The same in both. */
  readonly both: number
  /** Of these, with another response. */
  readonly otherResponse: number
  readonly onlyA: number
  readonly onlyB: number
}

/** What differs between two editions. */
export interface EditionComparison {
  readonly a: string
  readonly b: string
  readonly configuration: readonly EditionDifference[]
  /** Those that occur, the easiest of `a` first. Questions count in their newest revision, withdrawn ones do not. */
  readonly tiers: readonly TierCount[]
  readonly records: SharedRecords
}

const RUN_CHARACTERS = 32_000_000
const TOPICS: readonly GatheredTopic[] = [
  'questions',
  'triaged-easy',
  'triaged-medium',
  'triaged-difficult',
  'records',
]

/**
 * Compares them, question by question: memory is bounded by two runs of a sort.
 * @throws {NinefoldError} NF_EDITION_UNKNOWN, NF_EDITION_UNREADABLE, NF_EXPORT_CONFLICT
 */
export async function compareEditions(
  editions: readonly EditionView[],
  a: string,
  b: string,
): Promise<EditionComparison> {
  const [first, second] = [startedEdition(editions, a), startedEdition(editions, b)]
  const configOf = ({ recorded }: typeof first) => readEdition(recorded.record.config)
  const [configOfFirst, configOfSecond] = [configOf(first), configOf(second)]
  const work = await mkdtemp(join(tmpdir(), 'ninefold-editions-'))
  try {
    const results = await compareResults(
      dossiersOf(first, configOfFirst, work),
      dossiersOf(second, configOfSecond, work),
    )
    return { a, b, configuration: diffEditions(configOfFirst, configOfSecond), ...results }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The questions that count, in the order of their ids. */
async function* dossiersOf(
  { read }: EditionView,
  { content: { filters = [] } }: Edition,
  workFolder: string,
): AsyncGenerator<Dossier> {
  const selection = filtered(EVERYTHING, filters)
  const topics: GatheredTopic[] = asksFor(selection, 'score') ? [...TOPICS, 'scores'] : [...TOPICS]
  const work = await mkdtemp(join(workFolder, 'questions-'))
  const leftOut = { withdrawn: 0, superseded: 0 }
  for await (const gathered of gather({ read, topics, work, runCharacters: RUN_CHARACTERS })) {
    const dossier = currentDossier(gathered, leftOut)
    if (dossier !== null) yield select(dossier, selection).dossier
  }
}

/** Compares the questions of two editions, each in the order of its ids, as far as results go. */
export async function compareResults(
  a: AsyncIterable<Dossier>,
  b: AsyncIterable<Dossier>,
): Promise<Pick<EditionComparison, 'tiers' | 'records'>> {
  const counts = new Map<string, number>()
  const records = { both: 0, otherResponse: 0, onlyA: 0, onlyB: 0 }
  for await (const [inA, inB] of side(a, b)) {
    const key = `${standingOf(inA)}/${standingOf(inB)}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    countRecords(recordsOf(inA), recordsOf(inB), records)
  }
  const tiers = STANDINGS.flatMap((one) =>
    STANDINGS.map((other) => ({ a: one, b: other, questions: counts.get(`${one}/${other}`) ?? 0 })),
  ).filter(({ questions }) => questions > 0)
  return { tiers, records }
}

/** Brings equal questions of two ordered lists together. */
async function* side(
  a: AsyncIterable<Dossier>,
  b: AsyncIterable<Dossier>,
): AsyncGenerator<readonly [Dossier | null, Dossier | null]> {
  const [ofA, ofB] = [a[Symbol.asyncIterator](), b[Symbol.asyncIterator]()]
  const next = async (from: AsyncIterator<Dossier>) => {
    const { done, value } = await from.next()
    return done ? null : (value as Dossier)
  }
  let [one, other] = [await next(ofA), await next(ofB)]
  while (one !== null || other !== null) {
    const order = orderOf(one, other)
    yield [order <= 0 ? one : null, order >= 0 ? other : null]
    if (order <= 0) one = await next(ofA)
    if (order >= 0) other = await next(ofB)
  }
}

/** Below 0: the first comes alone; above: the second; 0: both are of one question. */
function orderOf(one: Dossier | null, other: Dossier | null): number {
  if (one === null) return 1
  if (other === null) return -1
  const [a, b] = [one.question.questionId, other.question.questionId]
  return a === b ? 0 : a < b ? -1 : 1
}

function standingOf(dossier: Dossier | null): Standing {
  if (dossier === null) return 'not there'
  return (dossier.triaged?.tier as Standing | undefined) ?? 'not decided'
}

function recordsOf(dossier: Dossier | null): TrainingRecord[] {
  return dossier?.records.map(({ record }) => record) ?? []
}

function countRecords(
  ofA: readonly TrainingRecord[],
  ofB: readonly TrainingRecord[],
  sums: { -readonly [K in keyof SharedRecords]: number },
): void {
  for (const content of new Set([...ofA, ...ofB].map(contentOf))) {
    const [a, b] = [ofA, ofB].map((all) => all.filter((one) => contentOf(one) === content)) as [
      TrainingRecord[],
      TrainingRecord[],
    ]
    const both = Math.min(a.length, b.length)
    sums.both += both
    sums.otherResponse += both - inCommon(a, b)
    sums.onlyA += a.length - both
    sums.onlyB += b.length - both
  }
}

/** How many responses of the one are in the other, each counted as often as it is in both. */
function inCommon(a: readonly TrainingRecord[], b: readonly TrainingRecord[]): number {
  const left = b.map(({ response }) => response)
  return a.filter(({ response }) => {
    const at = left.indexOf(response)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  }).length
}

function contentOf({ question, cot, answer }: TrainingRecord): string {
  return JSON.stringify([question.revision, cot, answer])
}
