/** A kind of thing that goes wrong, and what came of it each time. */
import type { Chance } from './chance.ts'
import type { ChaosRun } from './chaos-run.ts'
import type { Kill } from './kill-order.ts'

/** The parts of the whole that faults happen to. */
export type Area = 'workers' | 'broker' | 'registry' | 'clickhouse' | 'models' | 'machine' | 'input'

/** One kind of fault; a row of the table in docs/guarantees.md. */
export interface Fault {
  /** What happens, e.g. `worker killed (SIGKILL)`. */
  readonly name: string
  readonly area: Area
  /** How often it is drawn among those that are much alike: 1 where left out; less where it takes long. */
  readonly weight?: number
  /**
   * Makes it happen, waits until the pipeline is well again, and tells. One at a time.
   * @param chance everything left to chance comes from here, so that a seed repeats it.
   * @throws when the pipeline does not become well again: the run has failed.
   */
  inject(run: ChaosRun, chance: Chance): Promise<Injection>
}

/** A fault that has been injected. */
export interface Injection {
  /** In words, what was done, e.g. `in a transaction, 96 calls in flight`. */
  readonly what: string
  /** From the moment the fault was there (or taken away, where it lasts) until the pipeline was well again. */
  readonly recoverySeconds: number | null
  /** The moment of a worker's death, where the fault is one. */
  readonly kill?: Kill
  /** What the judge must find of it in the topics; nothing where left out. */
  readonly leaves?: Leftovers
}

/** What a fault puts into the topics for good, and what the pipeline must have made of it. */
export interface Leftovers {
  /** Records that cannot be decoded, by the topic's short name. */
  readonly undecodable?: Readonly<Record<string, number>>
  /** Dead letters that must stand there because of it, each once. */
  readonly deadLetters?: number
}
