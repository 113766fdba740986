/** The machine's other workers, as far as their claims tell: who they are, whether they live and go on. */
import type { SlotPlaces } from './budget.ts'
import { ClaimsElsewhere } from './claims.ts'

/**
 * A worker that has given no sign of life for so long is taken to stand still, ms. Until then its calls, and no others,
 * wait for it, as they would for a slow endpoint: that costs nothing.
 */
const SILENT_MS = 60_000

/** Where a worker keeps what others look at. */
export type WorkerPlaces = Pick<SlotPlaces, 'lock' | 'journalFolder'>

/** Another worker. */
export class Claimant {
  /** Its journal's. */
  readonly folder: string
  readonly #claims: ClaimsElsewhere
  #beat: number
  /** When its beat was seen to be another one; at first, when its claims were looked at. */
  #beatAt = 0
  /** The beat at which it was found to stand still. */
  #stoodStillAt: number | null = null

  constructor(folder: string, claims: ClaimsElsewhere) {
    this.folder = folder
    this.#claims = claims
    this.#beat = claims.beat
  }

  /** It is waited for from now on. Before that, without claims, it gave no sign of life. */
  waitedFor(now: number): void {
    this.#beatAt = now
  }

  /** Whether it has died, gives no sign of life, or what it says cannot be read. */
  isGone(now: number): boolean {
    try {
      const { beat } = this.#claims
      if (beat !== this.#beat) {
        this.#beat = beat
        this.#beatAt = now
      }
      if (!this.#claims.isAlive || beat === this.#stoodStillAt) return true
      if (now - this.#beatAt < SILENT_MS) return false
      this.#stoodStillAt = beat
      return true
    } catch {
      return true
    }
  }

  /** Whether it claims this call; not when what it says cannot be read. */
  hasClaimed(request: string): boolean {
    try {
      return this.#claims.has(request)
    } catch {
      return false
    }
  }

  /** All that it claims. */
  requests(): string[] {
    return this.#claims.requests()
  }

  close(): void {
    this.#claims.close()
  }
}

/** Those that have claimed anything so far; each is opened once. */
export class Claimants {
  readonly #known = new Map<string, Claimant>()

  /** The worker there; null while it has never claimed anything. */
  at({ journalFolder, lock }: WorkerPlaces): Claimant | null {
    const known = this.#known.get(journalFolder)
    if (known !== undefined) return known
    const claims = ClaimsElsewhere.open(journalFolder, lock)
    if (claims === null) return null
    const claimant = new Claimant(journalFolder, claims)
    this.#known.set(journalFolder, claimant)
    return claimant
  }

  close(): void {
    for (const claimant of this.#known.values()) claimant.close()
    this.#known.clear()
  }
}
