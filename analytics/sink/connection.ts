/**
 * The way to the database, kept up: made and migrated when it is new, found again when it was away. While it is away
 * nobody else waits: the records stay in their topics.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Clickhouse } from '../../config/config.ts'
import { NinefoldError } from '../../errors.ts'
import type { Log } from '../../streams/log.ts'
import { openAnalytics } from '../client.ts'
import { layoutOf } from '../ddl.ts'
import { explainFailure } from '../failure.ts'
import { migrate } from '../migrations.ts'
import { ClickhouseDatabase, type Database, DatabaseFailure, tablesGone } from './database.ts'

/** How the database is reached. */
export interface ConnectionOptions {
  readonly clickhouse: Clickhouse
  /** Where the database answers; the local engine is started for it where it does not run. */
  locate(): Promise<string | null>
  readonly log: Log
  /** Told once when the database is away, and once when it is back. */
  readonly say: (line: string) => void
}

/** The database and the id it has. */
export interface Connected {
  readonly database: Database
  readonly id: string
}

/** How long an insert or a look may take until it counts as failed, ms. */
const TIMEOUT_MS = 60_000
const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 10_000

/** A connection; close it. */
export class Connection {
  readonly #options: ConnectionOptions
  #client: ClickHouseClient | null = null
  #away: NinefoldError | null = null
  #retryMs = FIRST_RETRY_MS

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Why the database is away; null while nothing is known to be wrong. */
  get away(): NinefoldError | null {
    return this.#away
  }

  /**
   * Connects, however long it takes. That it helped shows only when the database has done something: see `works`.
   * @param failure what has ended the connection before
   * @returns null when the signal has ended it.
   * @throws {NinefoldError} what waiting does not mend: NF_CLICKHOUSE_PASSWORD, NF_CLICKHOUSE_OFF.
   */
  async connect(signal: AbortSignal, failure?: DatabaseFailure): Promise<Connected | null> {
    if (failure !== undefined) this.#tell(failure.cause)
    for (;;) {
      if (this.#away !== null) await this.#rest(signal)
      if (signal.aborted) return null
      try {
        return await this.#open()
      } catch (error) {
        if (isForGood(error)) throw error
        this.#tell(error instanceof DatabaseFailure ? error.cause : error)
      }
    }
  }

  /** The database does what it is asked. */
  works(): void {
    this.#retryMs = FIRST_RETRY_MS
    if (this.#away === null) return
    this.#away = null
    this.#options.log.info({}, 'analytics: the database is back')
    this.#options.say('analytics go on')
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    await this.#client?.close()
    this.#client = null
  }

  async #open(): Promise<Connected> {
    const { clickhouse, locate, log } = this.#options
    await this.close()
    const url = await locate()
    const open = (database?: string) =>
      openAnalytics({ clickhouse }, url, { database, timeoutMs: TIMEOUT_MS })
    const client = open()
    this.#client = client
    const layout = layoutOf(clickhouse)
    const applied = await migrate(open, layout)
    if (applied.length > 0) log.info({ ...layout, applied: applied.length }, 'analytics: tables are made')
    const connected = new ClickhouseDatabase(client, layout)
    const id = await connected.id()
    if (id === null) throw tablesGone()
    return { database: connected, id }
  }

  #tell(cause: unknown): void {
    const { log, say, clickhouse } = this.#options
    const url = clickhouse.kind === 'server' ? clickhouse.url : 'the local engine'
    const isNews = this.#away === null
    this.#away = explainFailure(cause, { url })
    if (!isNews) return
    log.warn({ error: this.#away.message, code: this.#away.code }, 'analytics: the database is away')
    say(`analytics wait: ${this.#away.message}. The pipeline goes on; nothing is lost.`)
  }

  async #rest(signal: AbortSignal): Promise<void> {
    await sleep(this.#retryMs, undefined, { signal }).catch(() => {})
    this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS)
  }
}

/** What only the user can mend, and a new start needs. */
function isForGood(error: unknown): boolean {
  return (
    error instanceof NinefoldError && ['NF_CLICKHOUSE_PASSWORD', 'NF_CLICKHOUSE_OFF'].includes(error.code)
  )
}
