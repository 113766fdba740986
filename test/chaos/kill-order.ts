/** How the test tells a worker to kill itself, and how the worker tells that it did. */

/**
 * The moment of the kill: `transaction` between a transaction's first send and its end, `committed` right after
 * one has ended, `finished` when a record has just been worked on and no transaction is under way.
 */
export const KILL_KINDS = ['transaction', 'finished', 'committed'] as const

/** One of them. */
export type KillKind = (typeof KILL_KINDS)[number]

/** Signals that come without warning. */
export type Blow = 'SIGKILL' | 'SIGSTOP'

/**
 * An order to a worker to send a signal, to itself or to another process, at the first moment of this kind that counts.
 * `insert` is a moment after an insert into ClickHouse was begun; it counts whatever else is under way.
 */
export interface KillOrder {
  readonly kind: KillKind | 'insert'
  readonly signal: Blow
  /** The process to be hit; null = the worker itself. */
  readonly victim: number | null
  /** How long after an insert has begun, ms. */
  readonly afterMs: number
  /** The local port the models answer on. */
  readonly endpointPort: number
  /** Where the kill is written down; JSON lines. */
  readonly log: string
  /**
   * What an endpoint has answered and a killed worker never read is paid for again, and nobody could know. To tell that
   * from what a worker did know, a gate keeps requests and answers back: the worker says it is ready to be killed,
   * the gate that the endpoint has answered all it was asked and the answers are handed over.
   */
  readonly whenQuiet: boolean
}

/** A kill that counts, as figures taken in the very moment before it. */
export interface Kill {
  readonly kind: KillOrder['kind']
  readonly signal: Blow
  readonly callsInFlight: number
  /** Finished records whose transaction had not ended. */
  readonly uncommitted: number
  /** Of the calls in flight, how many were answered already without the worker having read it; null: not known. */
  readonly unread: number | null
  /** Records this worker had published. */
  readonly published: number
  /** Milliseconds since the worker was started. */
  readonly age: number
}

/** A kill counts only while so many calls to models are in flight. */
export const MIN_CALLS_IN_FLIGHT = 50

/** The variable that carries how a worker is tuned, as JSON. */
export const TUNING = 'NINEFOLD_CHAOS_TUNING'

/** What a worker is told while it runs. */
export type ToWorker =
  | { readonly order: KillOrder | null }
  /** Whether no answer is on its way. */
  | { readonly quiet: boolean }

/** What a worker tells while it runs. */
export type FromWorker =
  /** It has committed a transaction with so many records. */
  | { readonly committed: number }
  /** The moment of the order has come, but for the quiet. */
  | { readonly ready: true }
  /** It knows that it is quiet no longer. */
  | { readonly heard: true }
