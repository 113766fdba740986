/**
 * Hands calls over when partitions go from one worker to another of the same machine.
 *
 * A worker claims every call it makes: partitions may be taken from it without its knowing, when it was too slow or stood
 * still. Before it asks to join its group anew, it claims also the calls of the group's tasks that wait for their turn,
 * and begins no other one until it knows what it keeps. Nobody is given a partition before all members have asked, or
 * have not been heard of for a session, in which case they begin no call (see the lease); so who is given one finds every
 * call of its last owner claimed, or ended, with the answer in that worker's journal. It waits for those that are
 * claimed, and makes a call itself only when the claim has ended without an answer, or its worker has died or stands
 * still.
 */
import { messageOf } from '../errors.ts'
import type { Log } from '../streams/log.ts'
import type { SlotPlaces } from './budget.ts'
import { Claims, ClaimsElsewhere } from './claims.ts'
import type { Clock } from './clock.ts'
import type { StoredAnswer } from './journal-port.ts'

/** How often claims that are waited for are looked at, ms. */
const LOOK_MS = 100
/**
 * A worker that has given no sign of life for so long is taken to stand still, ms. Until then its calls, and no others,
 * wait for it, as they would for a slow endpoint: that costs nothing.
 */
const SILENT_MS = 60_000

/** What handing over needs. */
export interface HandoverOptions {
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly log: Pick<Log, 'warn'>
  /** The folder of the worker's own journal. */
  readonly folder: string
  /** The machine's other slots in the same pipeline and edition, free ones among them. */
  others(): Iterable<Pick<SlotPlaces, 'lock' | 'journalFolder'>>
  /** The other workers' answers; `lookForOthers` finds journals that were made a moment ago. */
  readonly journal: {
    findElsewhere(requestHash: string): StoredAnswer | null
    lookForOthers(): void
  }
}

/** What asking needs of it. */
export type HandoverPort = Pick<Handover, 'awaited' | 'begins' | 'ended'>

interface Claimant {
  readonly claims: ClaimsElsewhere
  beat: number
  /** When its beat was seen to be another one; at first, when its claims were read. */
  beatAt: number
}

interface Waiting {
  readonly request: string
  readonly claimant: Claimant
  readonly resolve: (answer: StoredAnswer | null) => void
}

/** A worker's part in it. */
export class Handover {
  readonly #options: HandoverOptions
  readonly #own: Claims
  readonly #claimants = new Map<string, Claimant>()
  /** Who has claimed what, as of the last time partitions were gained. */
  #claimed = new Map<string, Claimant>()
  readonly #waiting = new Set<Waiting>()
  /** Groups that do not know yet which partitions they keep. */
  readonly #moving = new Map<string, PromiseWithResolvers<void>>()
  readonly #over = new AbortController()
  #looking = false

  constructor(options: HandoverOptions) {
    this.#options = options
    this.#own = new Claims(options.folder, (error) => this.#unclaimed(error))
  }

  /** A group is about to move on; these requests are asked for its partitions now. May be told again and again. */
  moving(groupId: string, requests: Iterable<string>): void {
    if (!this.#moving.has(groupId)) this.#moving.set(groupId, Promise.withResolvers())
    this.#claim(requests)
  }

  /** Claims calls, in so far as this worker makes them itself. */
  #claim(requests: Iterable<string>): void {
    const waiting = new Set([...this.#waiting].map(({ request }) => request))
    try {
      this.#own.add([...requests].filter((request) => !waiting.has(request)))
    } catch (error) {
      this.#unclaimed(error)
    }
  }

  /** Without room on the disk others will pay for them, too. */
  #unclaimed(error: unknown): void {
    this.#options.log.warn({ error: messageOf(error) }, 'calls under way cannot be claimed')
  }

  /** The group knows what it keeps; what it gave up is aborted by now. @param gained whether it has new partitions */
  settled(groupId: string, gained: boolean): void {
    try {
      if (gained) this.#learn()
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, 'calls of other workers are not known')
    }
    this.#moving.get(groupId)?.resolve()
    this.#moving.delete(groupId)
  }

  /** Resolves once the group knows what it keeps; null when it does. */
  ready(groupId: string): Promise<void> | null {
    return this.#moving.get(groupId)?.promise ?? null
  }

  /**
   * What comes of a call that another worker makes: null when it came to nothing. Null at once when nobody is known
   * to make it.
   * @throws the signal's reason once it is aborted.
   */
  awaited(request: string, signal: AbortSignal): Promise<StoredAnswer | null> | null {
    const claimant = this.#claimed.get(request)
    if (claimant === undefined) return null
    const { promise, resolve, reject } = Promise.withResolvers<StoredAnswer | null>()
    const waiting = { request, claimant, resolve }
    const leave = (): void => {
      this.#waiting.delete(waiting)
      reject(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    this.#waiting.add(waiting)
    void this.#look()
    return promise.finally(() => signal.removeEventListener('abort', leave))
  }

  /** A call of this worker is sent now. */
  begins(request: string): void {
    this.#own.addSoon(request)
  }

  /** A call of this worker has ended, or was given up; its answer, if one came, is in the journal. */
  ended(request: string): void {
    this.#own.end(request)
  }

  /** Claims nothing any more, and waits for nobody. */
  close(): void {
    this.#over.abort()
    for (const { resolve } of this.#moving.values()) resolve()
    this.#moving.clear()
    this.#own.close()
    for (const { claims } of this.#claimants.values()) claims.close()
    this.#claimants.clear()
  }

  #learn(): void {
    const { others, journal } = this.#options
    journal.lookForOthers()
    this.#claimed = new Map()
    for (const { journalFolder, lock } of others()) {
      const claimant = this.#claimantIn(journalFolder, lock)
      if (claimant === null || !claimant.claims.isAlive) continue
      // Without claims it gave no sign of life.
      claimant.beatAt = this.#options.clock.now()
      for (const request of claimant.claims.requests()) this.#claimed.set(request, claimant)
    }
  }

  #claimantIn(folder: string, lock: string): Claimant | null {
    const known = this.#claimants.get(folder)
    if (known !== undefined) return known
    const claims = ClaimsElsewhere.open(folder, lock)
    if (claims === null) return null
    const claimant = { claims, beat: claims.beat, beatAt: 0 }
    this.#claimants.set(folder, claimant)
    return claimant
  }

  /** Looks at what is waited for, again and again until nothing is. */
  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      while (this.#waiting.size > 0) {
        // The turn in which the first one began to wait brings the others, too.
        await this.#options.clock.sleep(LOOK_MS, this.#over.signal)
        this.#lookOnce()
      }
    } catch (error) {
      if (!this.#over.signal.aborted) throw error
    } finally {
      this.#looking = false
    }
  }

  #lookOnce(): void {
    const gone = new Map<Claimant, boolean>()
    for (const { claimant } of this.#waiting) {
      if (!gone.has(claimant)) gone.set(claimant, isGone(claimant, this.#options.clock.now()))
    }
    for (const waiting of this.#waiting) {
      const { request, claimant, resolve } = waiting
      if (!gone.get(claimant) && isClaimed(claimant, request)) continue
      const answer = this.#options.journal.findElsewhere(request)
      // Who does not know what it keeps begins no call: the partition may be another one's by now.
      if (answer === null && this.#moving.size > 0) continue
      this.#waiting.delete(waiting)
      this.#claimed.delete(request)
      resolve(answer)
    }
  }
}

/** Whether a worker has died, gives no sign of life, or what it says cannot be read. */
function isGone(claimant: Claimant, now: number): boolean {
  const { claims } = claimant
  try {
    const { beat } = claims
    if (beat !== claimant.beat) {
      claimant.beat = beat
      claimant.beatAt = now
    }
    return now - claimant.beatAt >= SILENT_MS || !claims.isAlive
  } catch {
    return true
  }
}

function isClaimed({ claims }: Claimant, request: string): boolean {
  try {
    return claims.has(request)
  } catch {
    return false
  }
}
