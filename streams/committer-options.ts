/** What a committer is made with. */
import type { Completion } from '../schemas/types.ts'
import type { Room } from '../stack/room.ts'
import type { Log } from './log.ts'
import type { RecordCodec } from './record-codec.ts'
import type { Result, Task } from './task.ts'
import type { Membership } from './transport/group-protocol.ts'
import type { TopicReader } from './transport/reader.ts'
import type { TransactionalProducer } from './transport/transaction.ts'

/** What transactions are made with: one after the other, and none after one that failed. */
export type Producer = Pick<TransactionalProducer, 'commit' | 'close'>

/** The journal, as far as it is to be published. */
export interface Outbox {
  readonly end: number
  continueFrom(sequence: number): void
  entriesFrom(sequence: number, maxBytes: number): Completion[]
}

/** What the committer needs of its worker. */
export interface CommitterOptions {
  readonly reader: Pick<TopicReader, 'committed'>
  readonly codec: RecordCodec
  readonly journal: Outbox
  /** Where local copies of stores are kept; left out = what finds none fails. */
  readonly room?: Room
  readonly log: Log
  /** Fences the producer before, and aborts the transaction it left open. Waits for a cluster until the signal. */
  openProducer(signal: AbortSignal): Promise<Producer>
  /** The group under which the journal's progress is kept; it has no members. */
  readonly journalGroup: string
  readonly completionsTopic: string
  /** The shortest time from one transaction's start to the next one's, in milliseconds. */
  readonly tickMs: number
  /** Bytes of records after which a transaction takes no further result. */
  readonly maxTransactionBytes?: number
  /** The member's standing in a group, or null while the group is rebalancing. */
  membershipOf(groupId: string): Membership | null
  tasks(): Iterable<Task>
  /** The group has gone on from this membership: nothing of it can be committed until it is joined again. */
  fenced(groupId: string, membership: Membership | null): void
  /** Told between a transaction's first send and its end, and after each commit. */
  sent(): void
  committed(transaction: {
    readonly records: number
    readonly durationMs: number
    readonly results: readonly Result[]
  }): void
}
