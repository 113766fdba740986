/**
 * A seat in a consumer group that is kept taken: by one KafkaJS consumer after the other. One that crashes because the
 * cluster is away, or falls silent, is let go, and the next one sits down where it sat; what was dealt to the seat
 * stays with it as long as the group has not gone on without it.
 *
 * Calls its listener synchronously and in order: `joined` before anything of the new generation is delivered;
 * `rebalancing` when the group has begun to move on, or nobody sits in the seat.
 */
import { type Clock, systemClock } from '../../models/clock.ts'
import type { Log } from '../log.ts'
import { backOff } from './back-off.ts'
import type { KafkaClient } from './client.ts'
import { CrashRecord } from './crash-record.ts'
import { GroupMember, type GroupMemberOptions } from './group-member.ts'
import type { Membership } from './group-protocol.ts'
import type { KafkaMessage } from './kafkajs.ts'
import { Lease } from './lease.ts'
import { generationOf, type Seat } from './member-generations.ts'
import { isPassing } from './outlook.ts'
import { Silence } from './silence.ts'
import { NEVER_JOINED } from './sticky-assigner.ts'

/** A run of a partition as fetched. All offsets from `from` to `through` are delivered or hold no record. */
export interface Chunk {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly through: number
  readonly records: readonly KafkaMessage[]
}

/** What a consumer tells the worker. */
export interface ConsumerListener {
  /**
   * A new generation.
   * @param kept those of the partitions that nobody else can have worked on since this member last had them
   */
  joined(membership: Membership, partitions: readonly number[], kept: ReadonlySet<number>): void
  rebalancing(): void
  /** @returns the offset to fetch on from: behind the chunk when it was taken, its beginning when it was not. */
  deliver(chunk: Chunk): number
  /** It cannot go on, whatever is tried. */
  crashed(error: Error): void
}

/** Settings of one consumer. */
export interface GroupConsumerOptions extends GroupMemberOptions {
  /** Default: the machine's clock. */
  readonly clock?: Pick<Clock, 'now' | 'sleep'>
  /** Makes the consumers that sit in the seat; default: KafkaJS's. */
  readonly memberOf?: typeof kafkaMember
}

/** A consumer as this one needs it. */
export type Member = Pick<GroupMember, 'start' | 'setPaused' | 'seek' | 'leave' | 'letGo'>

const kafkaMember = (...args: ConstructorParameters<typeof GroupMember>): Member => new GroupMember(...args)

const PAUSES = { firstMs: 100, maxMs: 5_000 }
/** A consumer that has not heard of its coordinator for so many sessions is let go: a group waits for one at most. */
const SILENT_SESSIONS = 3
/** How often that is looked at, a session. */
const CHECKS_A_SESSION = 4

/** A group member; `start` joins, `stop` leaves. */
export class GroupConsumer {
  readonly #client: KafkaClient
  readonly #options: GroupConsumerOptions
  readonly #listener: ConsumerListener
  readonly #log: Log
  readonly #clock: Pick<Clock, 'now' | 'sleep'>
  readonly #seat: Seat = { memberId: null, leaves: false }
  readonly #crashes: CrashRecord
  readonly #silence: Silence
  readonly #lease: Lease
  readonly #stop = new AbortController()
  #member: Member | null = null
  #owned: readonly number[] = []
  /** The generation the owned partitions were dealt in. */
  #generation = NEVER_JOINED
  #restarts = 0

  constructor(client: KafkaClient, options: GroupConsumerOptions, listener: ConsumerListener, log: Log) {
    const { clock = systemClock } = options
    this.#client = client
    this.#options = options
    this.#listener = listener
    this.#log = log
    this.#clock = clock
    this.#crashes = new CrashRecord(() => clock.now())
    this.#silence = new Silence(this.#checkMs, () => clock.now())
    this.#lease = new Lease(options.sessionTimeoutMs, () => clock.now())
  }

  /** Joins the group, or goes on trying to. */
  async start(): Promise<void> {
    void this.#watch()
    await this.#join()
  }

  /** Stops fetching from a partition of all topics, or goes on; membership is kept. */
  setPaused(topic: string, partition: number, paused: boolean): void {
    this.#member?.setPaused(topic, partition, paused)
  }

  /** Fetches a partition from this offset on. */
  seek(topic: string, partition: number, offset: number): void {
    this.#member?.seek(topic, partition, offset)
  }

  /** Since the coordinator was last heard of, ms; null before the first join. */
  get heartbeatAgeMs(): number | null {
    return this.#lease.heardAgeMs
  }

  /** Null while what it was dealt can be nobody else's; otherwise resolves when it is known whose it is. */
  leased(): Promise<void> | null {
    return this.#lease.renewed()
  }

  /** How often a consumer had to be let go. */
  get restarts(): number {
    return this.#restarts
  }

  /** Leaves the group. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the consumer was stopped'))
    const member = this.#member
    this.#member = null
    await member?.leave().catch((error) => {
      this.#log.warn({ group: this.#options.groupId, error: String(error) }, 'leaving a group failed')
    })
  }

  get #checkMs(): number {
    return this.#options.sessionTimeoutMs / CHECKS_A_SESSION
  }

  async #join(): Promise<void> {
    const { memberOf = kafkaMember } = this.#options
    const member = memberOf(this.#client, this.#options, this.#seat, {
      claim: () => {
        // Not every join is told before: KafkaJS also joins anew when it finds its metadata to be old.
        this.#listener.rebalancing()
        return { generation: this.#generation, owned: this.#owned }
      },
      joined: (memberId, partitions) => this.#joined(memberId, partitions),
      rebalancing: () => this.#listener.rebalancing(),
      deliver: (chunk) => this.#told(() => this.#listener.deliver(chunk)) ?? chunk.from,
      heard: () => {
        this.#lease.heard()
        this.#silence.excuse()
      },
      crashed: (error) => this.#lost(member, error),
    })
    this.#member = member
    this.#silence.excuse()
    try {
      await member.start()
    } catch (error) {
      this.#lost(member, error as Error)
    }
  }

  /** A consumer has crashed, or is taken for dead. What was finished waits for the next one. */
  #lost(member: Member, error: Error): void {
    if (this.#member !== member) return
    this.#member = null
    member.letGo()
    this.#listener.rebalancing()
    const failures = this.#crashes.note(error)
    if (failures === null) {
      this.#listener.crashed(error)
      return
    }
    this.#restarts++
    this.#log.warn(
      { group: this.#options.groupId, failures, error: String(error) },
      'a group is joined again',
    )
    // Only `stop` ends the waiting.
    this.#joinAgain(error, failures).catch(() => {})
  }

  async #joinAgain(error: Error, failures: number): Promise<void> {
    const { signal } = this.#stop
    if (isPassing(error)) await this.#client.watch.answers(signal)
    await this.#clock.sleep(backOff(failures, PAUSES), signal)
    await this.#join()
  }

  /** Looks after a consumer that neither works nor crashes (KafkaJS issue 659), until it is stopped. */
  async #watch(): Promise<void> {
    const { signal } = this.#stop
    const longest = SILENT_SESSIONS * this.#options.sessionTimeoutMs
    while (!signal.aborted) {
      await this.#clock.sleep(this.#checkMs, signal).catch(() => {})
      const silentMs = this.#silence.check()
      const member = this.#member
      if (signal.aborted || member === null) continue
      // Of a cluster that is away nobody hears anything.
      if (this.#client.watch.away !== null) this.#silence.excuse()
      else if (silentMs > longest) this.#lost(member, new FellSilent(silentMs))
    }
  }

  /**
   * Partitions are kept when generations follow one another. When one was missed, others may have worked on all
   * of them in it, and what this member knows of their progress is old.
   */
  #joined(memberId: string, partitions: readonly number[]): void {
    const generationId = generationOf(this.#options.groupId, memberId)
    // A smaller number is another count: the group was forgotten and began anew.
    const step = generationId - this.#generation
    const before = step === 0 || step === 1 ? this.#owned : []
    this.#owned = [...partitions].sort((a, b) => a - b)
    this.#generation = generationId
    const kept = new Set(this.#owned).intersection(new Set(before))
    this.#told(() => this.#listener.joined({ generationId, memberId }, this.#owned, kept))
    this.#lease.dealt()
  }

  /** What the listener throws is told at once: KafkaJS would hide it behind a minute of retries. */
  #told<T>(tell: () => T): T | undefined {
    try {
      return tell()
    } catch (error) {
      this.#listener.crashed(error as Error)
      return undefined
    }
  }
}

/** A consumer was silent for too long. */
class FellSilent extends Error {
  /** A next one may do better. */
  readonly retriable = true
  readonly type = 'SILENT'

  constructor(silentMs: number) {
    super(`nothing was heard of the coordinator for ${Math.round(silentMs / 1_000)} s`)
    this.name = 'FellSilent'
  }
}
