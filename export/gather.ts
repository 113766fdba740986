/**
 * Brings the topics of an edition together by question: one external sort, so that memory is bounded by a run of it and
 * by one question, and so that the order in which records arrived decides nothing.
 */
import { canonicalJson } from '../schemas/ids.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import { sorted } from '../sinks/external-sort.ts'
import type { Keyed } from '../sinks/run-file.ts'

/** How the question of a record is found, for each topic that can be gathered. */
const QUESTION_OF = {
  questions: ({ questionId }: TopicRecords['questions']) => questionId,
  'triaged-easy': ({ question }: TopicRecords['triaged-easy']) => question.questionId,
  'triaged-medium': ({ question }: TopicRecords['triaged-medium']) => question.questionId,
  'triaged-difficult': ({ question }: TopicRecords['triaged-difficult']) => question.questionId,
  verdicts: ({ question }: TopicRecords['verdicts']) => question.questionId,
  kept: ({ question }: TopicRecords['kept']) => question.questionId,
  records: ({ question }: TopicRecords['records']) => question.questionId,
  scores: ({ questionId }: TopicRecords['scores']) => questionId,
} as const satisfies { [T in TopicName]?: (record: TopicRecords[T]) => string }

/** A topic whose records can be gathered by question. */
export type GatheredTopic = keyof typeof QUESTION_OF

/** Reads a topic from its beginning to its end as it stands now, in any order. */
export type ReadTopic = <T extends GatheredTopic>(topic: T) => AsyncIterable<TopicRecords[T]>

/** One question's records of each gathered topic: equal ones once, in an order that their content decides. */
export type Gathered = { readonly [T in GatheredTopic]: readonly TopicRecords[T][] }

/** What to gather, and how. */
export interface GatherOptions {
  readonly read: ReadTopic
  readonly topics: readonly GatheredTopic[]
  /** An empty folder for the sort's own files. */
  readonly work: string
  /** Characters of records sorted in memory at a time. */
  readonly runCharacters: number
  readonly signal?: AbortSignal
}

/** Every question once, in the order of question ids (by UTF-16 code unit). */
export async function* gather(options: GatherOptions): AsyncGenerator<Gathered> {
  const { work: folder, runCharacters, signal } = options
  let key: string | null = null
  let texts = new Set<string>()
  for await (const item of sorted(keyed(options), { folder, runCharacters })) {
    signal?.throwIfAborted()
    if (key !== null && item.key !== key) {
      yield parsed(texts)
      texts = new Set()
    }
    key = item.key
    texts.add(item.text)
  }
  if (key !== null) yield parsed(texts)
}

async function* keyed({ read, topics, signal }: GatherOptions): AsyncGenerator<Keyed> {
  for (const topic of topics) {
    const questionOf = QUESTION_OF[topic] as (record: TopicRecords[GatheredTopic]) => string
    for await (const record of read(topic)) {
      signal?.throwIfAborted()
      yield { key: questionOf(record), text: canonicalJson([topic, record]) }
    }
  }
}

/** By text, so that neither partitions nor time decide what comes first. */
function parsed(texts: ReadonlySet<string>): Gathered {
  const none = Object.keys(QUESTION_OF).map((topic) => [topic, []])
  const all = Object.fromEntries(none) as Record<GatheredTopic, unknown[]>
  for (const text of [...texts].sort()) {
    const [topic, record] = JSON.parse(text) as [GatheredTopic, unknown]
    all[topic].push(record)
  }
  return all as Gathered
}
