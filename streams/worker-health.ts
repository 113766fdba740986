/** How a worker is, for whoever looks after it. Asking costs nothing: it is what the worker knows already. */
import type { Away } from './transport/broker-watch.ts'

/** A worker at one moment. */
export interface WorkerHealth {
  /** False once it has failed for good, or was told to stop. */
  readonly alive: boolean
  /** Why it cannot go on, as told on standard error; null while it can. */
  readonly failure: string | null
  /** No broker answers, and it waits for one; null while one does. */
  readonly kafkaAway: Away | null
  /** The schema registry is needed, and does not answer; null while it does or is not needed. */
  readonly registryAway: Away | null
  /** One a step. */
  readonly groups: readonly GroupHealth[]
}

/** Its part in one step's group. */
export interface GroupHealth {
  readonly step: string
  readonly groupId: string
  /** Whether it stands in the group's generation; false while the group rebalances or is joined again. */
  readonly member: boolean
  /** How many partitions it was dealt. */
  readonly partitions: number
  /** Since the group's coordinator last answered it, ms; null before the first time. */
  readonly heartbeatAgeMs: number | null
  /** How often its consumer crashed or fell silent, and another one took its place. */
  readonly restarts: number
  /** Why the step leaves records unfinished: code and sentence; null while it does not. */
  readonly halted: { readonly code: string; readonly message: string } | null
}
