import type { Config } from '../config/config.ts'
import type { EndedCall } from '../models/physical-call.ts'
import type { Codec } from '../schemas/codec.ts'
import type { TopicName } from '../schemas/topics.ts'
import type { Absence } from './absence.ts'
import type { CommittedTransaction } from './diagnostics.ts'
import type { Log } from './log.ts'
import type { AnyProcessor } from './processor.ts'
import type { KafkaClient } from './transport/client.ts'
import type { WorkerTuning } from './worker-tuning.ts'

/** What a worker is made of. */
export interface WorkerOptions {
  readonly config: Config
  readonly processors: readonly AnyProcessor[]
  readonly client: KafkaClient
  readonly codec: Codec
  /** Full names of the edition's topics. */
  readonly fullName: (topic: TopicName) => string
  readonly log: Log
  readonly tuning?: Partial<WorkerTuning>
  /** What this worker may spend until it ends, in USD; null = no limit of its own. */
  readonly runLimitUsd?: number | null
  /** Told of each call that has ended, and of each transaction that has committed: for who counts them. */
  readonly onCallEnded?: (call: EndedCall) => void
  readonly onCommitted?: (transaction: Pick<CommittedTransaction, 'records' | 'durationMs'>) => void
  /** Knows when the schema registry is away; it is waited for in any case. */
  readonly registry?: Absence
  /** Told when the worker cannot go on; it must be stopped then. */
  readonly failed: (error: Error) => void
}
