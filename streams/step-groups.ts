/** The groups of all of a worker's steps. */

import type { AnyProcessor } from './processor.ts'
import { StepGroup, type StepGroupOptions } from './step-group.ts'
import type { Task } from './task.ts'
import type { Membership } from './transport/group-protocol.ts'

/** Groups, by id. */
export class StepGroups {
  readonly #groups: ReadonlyMap<string, StepGroup>

  /** @param groupIdOf the id of a step's group */
  constructor(
    processors: readonly AnyProcessor[],
    groupIdOf: (processor: AnyProcessor) => string,
    options: StepGroupOptions,
  ) {
    const groups = processors.map((processor) => new StepGroup(processor, groupIdOf(processor), options))
    this.#groups = new Map(groups.map((group) => [group.groupId, group]))
  }

  /** Joins all. */
  async start(): Promise<void> {
    await Promise.all(this.all.map((group) => group.start()))
  }

  /** Leaves all. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((group) => group.stop()))
  }

  /** Every group, in the order of the steps. */
  get all(): readonly StepGroup[] {
    return [...this.#groups.values()]
  }

  /** The tasks of all groups. */
  *tasks(): Iterable<Task> {
    for (const { tasks } of this.#groups.values()) yield* tasks
  }

  /** Records being worked on. */
  get working(): number {
    return this.all.reduce((sum, { working }) => sum + working, 0)
  }

  /** The member's standing in a group; null while it is rebalancing. */
  membershipOf(groupId: string): Membership | null {
    return this.#groups.get(groupId)?.membership ?? null
  }

  /** Until the group is joined again, nothing of it is committed. */
  leaveGeneration(groupId: string, left: Membership | null): void {
    this.#groups.get(groupId)?.leaveGeneration(left)
  }
}
