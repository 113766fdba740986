/** What the demo counts of the records it reads from the topics. Whatever order they come in, the counts are the same. */
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import type { TrainingRecord } from '../schemas/types.ts'

/** The topics that are counted. */
export const COUNTED = [
  'questions',
  'raw-paths',
  'verdicts',
  'triaged-easy',
  'triaged-medium',
  'triaged-difficult',
  'records',
  'unsolved',
  'dead-letters',
] as const satisfies readonly TopicName[]

/** A topic that is counted. */
export type CountedTopic = (typeof COUNTED)[number]

/** Records that went one way. */
export interface RouteCount {
  records: number
  readonly questions: Set<string>
}

/** Counts records by topic. */
export class Tally {
  questions = 0
  paths = 0
  verdicts = 0
  unsolved = 0
  deadLetters = 0
  records = 0
  readonly tiers = { easy: 0, medium: 0, difficult: 0 }
  readonly routes = new Map<string, RouteCount>()
  /** A record that is short enough to show. */
  example: TrainingRecord | null = null

  readonly #takers: { readonly [T in CountedTopic]: (record: TopicRecords[T]) => void } = {
    questions: () => this.questions++,
    'raw-paths': ({ path }) => {
      if (path !== null) this.paths++
    },
    verdicts: ({ path }) => {
      if (path !== null) this.verdicts++
    },
    'triaged-easy': () => this.tiers.easy++,
    'triaged-medium': () => this.tiers.medium++,
    'triaged-difficult': () => this.tiers.difficult++,
    records: (record) => this.#record(record),
    unsolved: () => this.unsolved++,
    'dead-letters': () => this.deadLetters++,
  }

  /** Counts a record. */
  add<T extends CountedTopic>(topic: T, record: TopicRecords[T]): void {
    this.#takers[topic](record)
  }

  #record(record: TrainingRecord): void {
    if (record.kind !== 'record') return
    this.records++
    const route = entry(this.routes, record.route, () => ({ records: 0, questions: new Set<string>() }))
    route.records++
    route.questions.add(record.question.questionId)
    if (this.example === null || isBetterExample(record, this.example)) this.example = record
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** English first, then the shorter question; ids decide between equals, so that every run shows the same one. */
function isBetterExample(one: TrainingRecord, other: TrainingRecord): boolean {
  const [a, b] = [weight(one), weight(other)]
  return a === b ? one.recordId < other.recordId : a < b
}

const FOREIGN = 1e6

function weight({ question: { language, stem, context, options } }: TrainingRecord): number {
  const texts = [stem, ...context, ...options.map(({ text }) => text)]
  return (language === 'en' ? 0 : FOREIGN) + texts.join('').length
}
