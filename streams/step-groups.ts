/** The groups of all of a worker's steps. */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import type { AnyProcessor } from './processor.ts'
import { StepGroup, type StepGroupOptions } from './step-group.ts'
import type { Task } from './task.ts'
import type { Membership } from './transport/group-protocol.ts'

/** How long others are looked for, and how often, ms. */
const LOOK_MS = 2_000
/** How long what is finished has to be committed, ms; what is not is finished again elsewhere, and not paid again. */
const LAST_COMMIT_MS = 500
const COMMITTED_MS = 20

/** Groups, by id. */
export class StepGroups {
  readonly #groups: ReadonlyMap<string, StepGroup>
  readonly #options: Pick<StepGroupOptions, 'client' | 'log'>

  /** @param groupIdOf the id of a step's group */
  constructor(
    processors: readonly AnyProcessor[],
    groupIdOf: (processor: AnyProcessor) => string,
    options: StepGroupOptions,
  ) {
    const groups = processors.map((processor) => new StepGroup(processor, groupIdOf(processor), options))
    this.#options = options
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

  /**
   * Leaves all at once, with calls under way, where other workers go on with the partitions, or as soon as some do.
   * @param callsEnded resolves when no call is under way any more: nobody is waited for then
   * @param isCommitted whether all that was finished is
   */
  async leaveToOthers(callsEnded: Promise<unknown>, isCommitted: () => boolean): Promise<void> {
    const ended = callsEnded.then(() => true)
    while (!(await this.#isShared())) {
      if (await Promise.race([ended, sleep(LOOK_MS, false, { ref: false })])) return
    }
    const deadline = performance.now() + LAST_COMMIT_MS
    while (!isCommitted() && performance.now() < deadline) await sleep(COMMITTED_MS)
    await Promise.all(this.all.map((group) => group.handOver()))
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

  /** Null while a step's partitions can be nobody else's; otherwise resolves when it is known whose they are. */
  leased(step: string): Promise<void> | null {
    return this.all.find(({ processor }) => processor.step === step)?.leased() ?? null
  }

  /** Until the group is joined again, nothing of it is committed. */
  leaveGeneration(groupId: string, left: Membership | null): void {
    this.#groups.get(groupId)?.leaveGeneration(left)
  }

  /** Whether other workers are in these groups, too, as far as the cluster tells soon. */
  async #isShared(): Promise<boolean> {
    const { client, log } = this.#options
    if (client.watch.away !== null) return false
    const described = client.describeGroups([...this.#groups.keys()]).catch((error) => {
      log.warn({ error: messageOf(error) }, 'who else works is not known')
      return []
    })
    const groups = await Promise.race([described, sleep(LOOK_MS, [], { ref: false })])
    return groups.some(({ members }) => members.length > 1)
  }
}
