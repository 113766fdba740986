import type { Config } from '../config/config.ts'
import type { Codec } from '../schemas/codec.ts'
import type { ControlsDue } from './controls.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Findings } from './findings.ts'
import type { Payments } from './payments.ts'
import type { Scorables } from './scorables.ts'
import type { AuditSource } from './source.ts'

/** What every check reads from and writes to. */
export interface Books {
  readonly config: Config
  readonly codec: Codec
  readonly source: AuditSource
  readonly findings: Findings
  readonly deadLetters: DeadLetters
  readonly payments: Payments
  readonly scorables: Scorables
  readonly controlsDue: ControlsDue
}
