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
 *
 * Other workers may need the same call in the same moment, though they own other partitions: those of other editions,
 * and those of its own, where a question is there twice, under two ids. Nobody deals calls out among them. So a worker
 * first claims a call, so that all others see it, and then looks whether another one has. Of two that have, the
 * one whose folder comes first holds on to its claim, waits until the other's has ended, and looks again; the other one
 * takes its claim back, and waits for the first one's. That is Lamport's one-bit solution to mutual exclusion ("The
 * Mutual Exclusion Problem: Part II", JACM 33:2, 1986, section 3.2).
 */
import { messageOf } from '../errors.ts'
import type { Log } from '../streams/log.ts'
import { type Claimant, Claimants, type WorkerPlaces } from './claimants.ts'
import { Claims } from './claims.ts'
import type { Clock } from './clock.ts'
import type { StoredAnswer } from './journal-port.ts'
import { Siblings, type SiblingsOptions } from './siblings.ts'

/** How often claims that are waited for are looked at, ms. */
const LOOK_MS = 100

/** What handing over needs. */
export interface HandoverOptions {
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly log: Pick<Log, 'warn'>
  /** The folder of the worker's own journal. */
  readonly folder: string
  /** The machine's other slots in the same pipeline and edition, free ones among them. */
  others(): Iterable<WorkerPlaces>
  /** All other workers of the machine, those of other editions among them; left out where there are none. */
  readonly siblings?: SiblingsOptions
  /** The other workers' answers; `lookForOthers` finds journals that were made a moment ago. */
  readonly journal: {
    findElsewhere(requestHash: string): StoredAnswer | null
    lookForOthers(): void
  }
}

/** What asking needs of it. */
export type HandoverPort = Pick<Handover, 'awaited' | 'begins' | 'rests' | 'ended'>

/** What comes of a call that another worker makes: null when it came to nothing. @throws the signal's reason */
export type Elsewhere = (signal: AbortSignal) => Promise<StoredAnswer | null>

interface Waiting {
  readonly request: string
  readonly claimant: Claimant
  readonly resolve: (answer: StoredAnswer | null) => void
}

/** A worker's part in it. */
export class Handover {
  readonly #options: HandoverOptions
  readonly #own: Claims
  readonly #claimants = new Claimants()
  readonly #siblings: Siblings | null
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
    this.#siblings = options.siblings ? new Siblings(options.siblings, this.#claimants) : null
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
    return claimant === undefined ? null : this.#outcome(request, claimant, signal)
  }

  /** A call is about to be sent. @returns null when it may be; otherwise somebody else makes it, or has made it */
  async begins(request: string): Promise<Elsewhere | null> {
    await this.#own.addSoon(request)
    try {
      return this.#siblings === null ? null : this.#madeBySibling(request, this.#siblings)
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, 'calls of other workers cannot be looked for')
      return null
    }
  }

  #madeBySibling(request: string, siblings: Siblings): Elsewhere | null {
    const { journal, folder, clock } = this.#options
    if (siblings.look()) journal.lookForOthers()
    if (!siblings.areThere) return null
    for (const claimant of siblings.claiming(request)) {
      const now = clock.now()
      if (!this.#isWaitedFor(claimant)) claimant.waitedFor(now)
      if (claimant.isGone(now)) continue
      if (claimant.folder < folder) this.#own.end(request)
      return (signal) => this.#outcome(request, claimant, signal)
    }
    // Its claim may have ended before it was looked for; its answer was in the journal by then.
    const known = journal.findElsewhere(request)
    return known === null ? null : () => Promise.resolve(known)
  }

  #isWaitedFor(claimant: Claimant): boolean {
    return this.#waiting.values().some((waiting) => waiting.claimant === claimant)
  }

  #outcome(request: string, claimant: Claimant, signal: AbortSignal): Promise<StoredAnswer | null> {
    if (signal.aborted) return Promise.reject(signal.reason)
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

  /**
   * A call of this worker has failed and rests: others may try meanwhile. Who does not know what it keeps holds on to
   * its claim: it was the last to own the partition.
   */
  rests(request: string): void {
    if (this.#moving.size === 0) this.#own.end(request)
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
    this.#claimants.close()
  }

  #learn(): void {
    const { others, journal, clock } = this.#options
    const now = clock.now()
    journal.lookForOthers()
    this.#claimed = new Map()
    for (const places of others()) {
      const claimant = this.#claimants.at(places)
      if (claimant === null) continue
      claimant.waitedFor(now)
      if (claimant.isGone(now)) continue
      for (const request of claimant.requests()) this.#claimed.set(request, claimant)
    }
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
    const now = this.#options.clock.now()
    const claimants = new Set([...this.#waiting].map(({ claimant }) => claimant))
    const gone = new Set([...claimants].filter((claimant) => claimant.isGone(now)))
    for (const waiting of this.#waiting) {
      const { request, claimant, resolve } = waiting
      if (!gone.has(claimant) && claimant.hasClaimed(request)) continue
      const answer = this.#options.journal.findElsewhere(request)
      // Who does not know what it keeps begins no call: the partition may be another one's by now.
      if (answer === null && this.#moving.size > 0) continue
      this.#waiting.delete(waiting)
      this.#claimed.delete(request)
      resolve(answer)
    }
  }
}
