/**
 * The breakers of a worker's steps. How often a step was stopped is in the log, so that the next worker knows it,
 * wherever it runs: as the committed offset of a group of its own, which has no members.
 */
import type { LetterLimits } from '../config/types.ts'
import { messageOf } from '../errors.ts'
import type { Producer } from './committer-options.ts'
import { LetterBreaker } from './letter-breaker.ts'
import type { Log } from './log.ts'
import type { AnyProcessor } from './processor.ts'
import type { TopicReader } from './transport/reader.ts'

/** What they need of their worker. */
export interface LetterBreakersOptions {
  readonly limits: LetterLimits
  readonly reader: Pick<TopicReader, 'committed'>
  /** The topic of dead letters by its full name. */
  readonly topic: string
  readonly log: Log
  /** Opens what the number of stops is written with. */
  openProducer(transactionalId: string): Promise<Producer>
}

/** The breakers, a step each. */
export class LetterBreakers {
  readonly #options: LetterBreakersOptions
  readonly #breakers = new Map<string, Promise<LetterBreaker>>()
  readonly #writing = new Set<Promise<void>>()

  constructor(options: LetterBreakersOptions) {
    this.#options = options
  }

  /** The breaker of a step, the same for all its partitions. */
  of(groupId: string, { step, title = step }: AnyProcessor): Promise<LetterBreaker> {
    const known = this.#breakers.get(groupId)
    if (known !== undefined) return known
    const breaker = this.#open(groupId, title)
    this.#breakers.set(groupId, breaker)
    // What could not be read now may be at the next partition.
    breaker.catch(() => this.#breakers.delete(groupId))
    return breaker
  }

  /** Until all stops are in the log, or cannot get there. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing)
  }

  async #open(groupId: string, step: string): Promise<LetterBreaker> {
    const { limits } = this.#options
    const trips = await this.#tripsOf(groupId)
    return new LetterBreaker({ step, limits, trips, tripped: () => this.#remember(groupId) })
  }

  async #tripsOf(groupId: string): Promise<number> {
    const { reader, topic } = this.#options
    const [stored] = await reader.committed(stopsGroup(groupId), [{ topic, partitions: [0] }])
    return Math.max(0, stored?.offset ?? 0)
  }

  #remember(groupId: string): void {
    const writing = this.#write(groupId)
      .catch((error) =>
        this.#options.log.warn({ groupId, error: messageOf(error) }, 'a stop could not be noted'),
      )
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  async #write(groupId: string): Promise<void> {
    const { topic, openProducer } = this.#options
    const own = stopsGroup(groupId)
    const offset = (await this.#tripsOf(groupId)) + 1
    const producer = await openProducer(own)
    try {
      const topics = [{ topic, partitions: [{ partition: 0, offset, metadata: '' }] }]
      await producer.commit([], [{ groupId: own, membership: null, topics }])
    } finally {
      await producer.close()
    }
  }
}

/** The group that holds how often a step was stopped. */
function stopsGroup(groupId: string): string {
  return `${groupId}.stops`
}
