/**
 * The machine's other workers: they may need the same calls in the same moment.
 *
 * Each worker adds a byte to a file when it comes, before it claims anything. Who has claimed a call looks at the
 * file's size: whoever is not in it yet will look for claims later, and find that one.
 */
import { appendFileSync, existsSync, statSync } from 'node:fs'
import { onDisk } from '../stack/disk-fault.ts'
import { isLocked } from '../stack/lock.ts'
import type { Claimant, Claimants, WorkerPlaces } from './claimants.ts'

/** Where they are found. */
export interface SiblingsOptions {
  /** The file of arrivals, one a machine. */
  readonly arrivals: string
  /** The slots of all others, free ones among them. */
  list(): Iterable<WorkerPlaces>
}

/** Those that live. */
export class Siblings {
  readonly #options: SiblingsOptions
  readonly #claimants: Claimants
  #arrived: number
  #living: WorkerPlaces[] = []

  /** Tells the others that this worker is there. @throws {DiskFault} */
  constructor(options: SiblingsOptions, claimants: Claimants) {
    this.#options = options
    this.#claimants = claimants
    onDisk(options.arrivals, () => appendFileSync(options.arrivals, '.'))
    this.#arrived = this.#arrivals()
    this.#learn()
  }

  /** Finds those that have come meanwhile. @returns whether any has */
  look(): boolean {
    const arrived = this.#arrivals()
    if (arrived === this.#arrived) return false
    this.#arrived = arrived
    this.#learn()
    return true
  }

  /** Whether there is any. */
  get areThere(): boolean {
    return this.#living.length > 0
  }

  /** Those that claim a call. */
  *claiming(request: string): Iterable<Claimant> {
    for (const places of this.#living) {
      const claimant = this.#claimants.at(places)
      if (claimant?.hasClaimed(request)) yield claimant
    }
  }

  #learn(): void {
    this.#living = [...this.#options.list()].filter(({ lock }) => existsSync(lock) && isLocked(lock))
  }

  #arrivals(): number {
    return statSync(this.#options.arrivals, { throwIfNoEntry: false })?.size ?? 0
  }
}
