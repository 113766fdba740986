/** Which question an id belongs to: its own, that of one of its records or paths, or the beginning of one. */
import { editDistance } from '../config/nearest.ts'
import { NinefoldError } from '../errors.ts'
import { pathIdOf } from '../processors/generate.ts'
import { verdictIdOf } from '../processors/verify.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import { partitionOf } from '../streams/partition.ts'
import { readLetters } from './question-records.ts'
import { type LogSource, readRecords } from './source.ts'

/** A question an id may belong to. */
export interface Match {
  readonly questionId: string
  /** null where the id is not one revision's. */
  readonly revision: number | null
  /** What of it has the id, e.g. `record`. */
  readonly what: string
  /** The id in full. */
  readonly id: string
}

/** How many ids an error names. */
const NAMED = 8

/** Topics an id is searched in after `questions`, with the ids their records hold; what is made of least comes first. */
const SEARCHED: { readonly [T in TopicName]?: (record: TopicRecords[T]) => readonly Match[] } = {
  records: ({ question, recordId, keptId, attemptId, rankingId, escalatedId, triagedId, verdictIds }) =>
    heldBy(question, {
      record: [recordId],
      'chain of thought': [keptId],
      attempt: [attemptId],
      ranking: [rankingId],
      escalation: [escalatedId],
      'triaged question': [triagedId],
      verdict: verdictIds,
    }),
  kept: ({ question, keptId, attempt, triagedId }) =>
    heldBy(question, {
      'chain of thought': [keptId],
      attempt: [attempt?.attemptId],
      'triaged question': [triagedId],
    }),
  unsolved: ({ question, unsolvedId, attempts }) =>
    heldBy(question, { unsolved: [unsolvedId], attempt: attempts.map(({ attemptId }) => attemptId) }),
  'dead-letters': ({ questionId, deadLetterId }) =>
    questionId === null ? [] : heldBy({ questionId, revision: null }, { 'dead letter': [deadLetterId] }),
}

/** What all ids but those of questions look like, or the beginning of one. */
const HASH = /^[0-9a-f]{1,32}$/

/**
 * The question of an id. One that is a question's own is found in one partition; any other takes a search.
 * @param onSearch told once, when the search begins
 * @throws {NinefoldError} NF_ID_AMBIGUOUS when several questions' ids begin with it; NF_ID_UNKNOWN when none does;
 * NF_QUESTION_REFUSED when it is that of a question that was never admitted
 */
export async function findQuestion(source: LogSource, id: string, onSearch: () => void): Promise<Match> {
  const own = await ownQuestion(source, id)
  if (own !== null) return own
  await refuseUnadmitted(source, id)
  onSearch()
  const search = new Search(id)
  await searchQuestions(source, search)
  if (HASH.test(id)) await searchRecords(source, search)
  return search.result()
}

async function searchQuestions(source: LogSource, search: Search): Promise<void> {
  const { samplers, roles, prompts } = source.config
  for await (const { record: question } of readRecords(source, 'questions')) {
    const { questionId } = question
    search.suggest(questionId)
    search.add(heldBy({ questionId, revision: null }, { question: [questionId] }))
    if (!HASH.test(search.id)) continue
    const path = samplers.map(({ samplerId }) => pathIdOf(question, samplerId))
    const verdict = path.map((pathId) => verdictIdOf(pathId, roles.verify.model.model, prompts.verify.hash))
    search.add(heldBy(question, { path, verdict }))
  }
}

async function searchRecords(source: LogSource, search: Search): Promise<void> {
  for (const topic of Object.keys(SEARCHED) as (keyof typeof SEARCHED)[]) {
    if (search.exact !== null) return
    for await (const { record } of readRecords(source, topic)) search.add(SEARCHED[topic]!(record as never))
  }
}

async function ownQuestion(source: LogSource, id: string): Promise<Match | null> {
  const key = Buffer.from(id)
  for await (const _question of readRecords(source, 'questions', {
    partition: partitionOf(id, source.config.kafka.partitions),
    wanted: (stored) => stored.key?.equals(key) ?? false,
  })) {
    return { questionId: id, revision: null, what: 'question', id }
  }
  return null
}

async function refuseUnadmitted(source: LogSource, id: string): Promise<void> {
  const letter = (await readLetters(source, id)).at(-1)?.letter
  if (letter === undefined) return
  throw new NinefoldError(
    'NF_QUESTION_REFUSED',
    `question ${id} was not admitted: ${letter.class}: ${letter.message}`,
    `\`ninefold dead-letters show ${letter.deadLetterId}\` tells all of it.`,
  )
}

function heldBy(
  { questionId, revision }: Pick<Match, 'questionId' | 'revision'>,
  ids: Readonly<Record<string, readonly (string | null | undefined)[]>>,
): Match[] {
  return Object.entries(ids).flatMap(([what, held]) =>
    held.flatMap((id) => (id ? [{ questionId, revision, what, id }] : [])),
  )
}

/** What was found so far. */
class Search {
  readonly id: string
  exact: Match | null = null
  /** By question: the last of its records whose id begins with what is searched. */
  readonly #begun = new Map<string, Match>()
  #nearest: { id: string; distance: number }[] = []

  constructor(id: string) {
    this.id = id
  }

  /** Takes in ids that records hold. */
  add(held: readonly Match[]): void {
    for (const match of held) {
      if (match.id === this.id) this.exact = match
      else if (match.id.startsWith(this.id)) this.#begun.set(match.questionId, match)
    }
  }

  result(): Match {
    if (this.exact !== null) return this.exact
    const [only, ...others] = [...this.#begun.values()]
    if (only === undefined) throw this.#unknown()
    if (others.length > 0) throw this.#ambiguous([only, ...others])
    return only
  }

  /** An id to name should nothing be found. Long ids differ by their ends: by distance alone a short one would win. */
  suggest(id: string): void {
    if (this.#nearest.some((one) => one.id === id)) return
    const distance =
      editDistance(this.id.toLowerCase(), id.toLowerCase()) / Math.max(this.id.length, id.length)
    this.#nearest = [...this.#nearest, { id, distance }]
      .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
      .slice(0, NAMED)
  }

  #ambiguous(matches: readonly Match[]): NinefoldError {
    const named = matches.slice(0, NAMED).map(({ what, id, questionId }) => {
      return what === 'question' ? `  ${id}` : `  ${what} ${id} of ${questionId}`
    })
    const more = matches.length > NAMED ? [`  and ${matches.length - NAMED} more`] : []
    return new NinefoldError(
      'NF_ID_AMBIGUOUS',
      `${matches.length} questions have an id that begins with ${this.id}:\n${[...named, ...more].join('\n')}`,
      'Give more of the id.',
    )
  }

  #unknown(): NinefoldError {
    const near = this.#nearest.map(({ id }) => `  ${id}`)
    return new NinefoldError(
      'NF_ID_UNKNOWN',
      `no question, record, path, verdict or dead letter has an id that is, or begins with, ${JSON.stringify(this.id)}`,
      near.length === 0
        ? 'No question was admitted yet: load some and start a run.'
        : `The ids of questions nearest to it are:\n${near.join('\n')}`,
    )
  }
}
