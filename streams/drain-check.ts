/** Whether the topics of steps are worked off, by whoever did the work, or as far as this worker could. */

import { committedOf, endsOf } from './step-ends.ts'
import type { StepGroup } from './step-group.ts'
import type { StepGroups } from './step-groups.ts'
import type { TopicReader } from './transport/reader.ts'

/** What is looked at. */
export interface DrainCheckOptions {
  readonly reader: TopicReader
  readonly groups: StepGroups
  readonly partitions: number
  /** Nothing is under way in this worker, and all that was done is committed. */
  isQuiet(): boolean
}

/** Compares the progress of a worker's groups with the ends of their topics. */
export class DrainCheck {
  readonly #options: DrainCheckOptions

  constructor(options: DrainCheckOptions) {
    this.#options = options
  }

  /**
   * Whether every group's committed progress stands at the end of its topics, and no transaction on them is open. Of a
   * step that was halted only what this worker could still do is waited for.
   */
  async isDrained(): Promise<boolean> {
    const { groups, reader, partitions, isQuiet } = this.#options
    if (!isQuiet()) return false
    const halted = groups.all.filter((group) => group.halted !== null)
    const others = groups.all.filter((group) => group.halted === null)
    const committed = await Promise.all(
      others.map(({ groupId, topics }) => committedOf(reader, groupId, topics, partitions)),
    )
    // Ends are read after progress: what is at the end by then has nothing before it that could still move.
    const ends = await this.#endsOf([...halted, ...others])
    return (
      halted.every((group) => group.isAtRest(ends)) &&
      committed
        .flat()
        .every(({ topic, partition, offset }) => offset >= (ends.get(`${topic}/${partition}`) ?? -1))
    )
  }

  /** Whether this worker has nothing left that it could do on its own partitions, and has committed all it did. */
  async isAtRest(): Promise<boolean> {
    const { groups, isQuiet } = this.#options
    if (!isQuiet()) return false
    const ends = await this.#endsOf(groups.all)
    return isQuiet() && groups.all.every((group) => group.isAtRest(ends))
  }

  #endsOf(groups: readonly StepGroup[]): Promise<Map<string, number>> {
    return endsOf(
      this.#options.reader,
      groups.flatMap(({ topics }) => topics),
    )
  }
}
