/** A conversation with ClickHouse: SQL of a user's, statement by statement, its answers as ClickHouse writes them. */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ClickHouseClient,
  ClickHouseError,
  type ClickHouseSettings,
  type DataFormat,
} from '@clickhouse/client'
import type { Config } from '../../config/config.ts'
import { openAnalytics, passwordOf } from '../client.ts'
import { explainFailure } from '../failure.ts'
import { explainLimit, type SqlLimits } from './limits.ts'
import { boundParameters } from './parameters.ts'
import { identifier } from './tokens.ts'

/** How to ask. */
export interface SqlSettings {
  readonly config: Pick<Config, 'clickhouse'>
  /** Where ClickHouse answers. */
  readonly url: string
  /** Of answers whose statement names none; any of ClickHouse's. */
  readonly format: string
  /** Statements may change tables. */
  readonly mayWrite: boolean
  readonly limits: SqlLimits
  /** What stands for `{name:Type}` in a statement: ClickHouse reads them, they are no part of its text. */
  readonly parameters: Readonly<Record<string, string>>
}

/** The answer to a statement. */
export interface SqlAnswer {
  /** As ClickHouse calls it; null where it does not say. */
  readonly format: string | null
  readonly rows: Readable
}

/** ClickHouse's codes: it may only read; its session is still busy. */
const READONLY = '164'
const SESSION_IS_LOCKED = '373'
/** A query that was ended leaves its session soon. */
const UNLOCK_TRIES = 100
const UNLOCK_MS = 100
/** Longest that a session may be left alone: ClickHouse's most, seconds. */
const SESSION_SECONDS = 3_600
/** Beyond the limit on a statement's time, for waiting its turn and for sending, ms. */
const GRACE_MS = 60_000
/** Without a limit: somebody waits and can end it. */
const LONGEST_MS = 24 * 3_600_000

/** A conversation; close it. What one statement sets holds for those after it. */
export class SqlSession {
  readonly #settings: SqlSettings
  readonly #client: ClickHouseClient
  readonly #id: string | undefined

  private constructor(settings: SqlSettings, id: string | undefined) {
    const { config, url, limits, mayWrite } = settings
    const timeoutMs = limits.seconds === 0 ? LONGEST_MS : limits.seconds * 1000 + GRACE_MS
    this.#settings = settings
    this.#client = openAnalytics(config, url, { timeoutMs, access: mayWrite ? 'owner' : 'reader' })
    this.#id = id
  }

  /**
   * Begins one.
   * @param isLone whether one statement will be asked only
   * @throws {NinefoldError} NF_CLICKHOUSE_*
   */
  static async open(settings: SqlSettings, { isLone = false } = {}): Promise<SqlSession> {
    const session = new SqlSession(settings, isLone ? undefined : randomUUID())
    try {
      const { clickhouse } = settings.config
      if (clickhouse.kind === 'local') await makeDatabase(settings, clickhouse.database)
      return session
    } catch (error) {
      await session.close()
      throw session.#explained(error)
    }
  }

  /**
   * Asks a statement. The answer must be read before the next is asked.
   * @param signal ends it, at the server too
   * @throws {NinefoldError} NF_SQL_TIME, NF_SQL_MEMORY, NF_CLICKHOUSE_*, with ClickHouse's own words.
   */
  async ask(statement: string, signal?: AbortSignal): Promise<SqlAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#answer(statement, signal)
      } catch (error) {
        signal?.throwIfAborted()
        const isLocked = error instanceof ClickHouseError && error.code === SESSION_IS_LOCKED
        if (!isLocked || attempt >= UNLOCK_TRIES) throw this.#explained(error)
        await sleep(UNLOCK_MS, undefined, { signal })
      }
    }
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.#client.close()
  }

  async #answer(statement: string, signal: AbortSignal | undefined): Promise<SqlAnswer> {
    const { mayWrite, limits } = this.#settings
    const limited = {
      ...(limits.seconds > 0 && { max_execution_time: limits.seconds }),
      ...(limits.memoryBytes !== null && { max_memory_usage: String(limits.memoryBytes) }),
      // Where nobody waits any more, nothing goes on.
      cancel_http_readonly_queries_on_client_close: 1 as const,
    }
    const bound = mayWrite ? limited : { ...limited, readonly: '2' }
    try {
      return await this.#exec(statement, bound, signal)
    } catch (error) {
      if (mayWrite || !isReadonlyAlready(error)) throw error
      return this.#exec(statement, {}, signal)
    }
  }

  async #exec(query: string, bound: object, signal: AbortSignal | undefined): Promise<SqlAnswer> {
    const { format, parameters } = this.#settings
    const { stream, response_headers } = await this.#client.exec({
      query,
      session_id: this.#id,
      abort_signal: signal,
      // The client's types list some of ClickHouse's formats, and not what HTTP sessions know.
      clickhouse_settings: {
        default_format: format as DataFormat,
        // An answer that begins is whole: in the middle of one a failure would look like its end.
        wait_end_of_query: 1,
        ...(this.#id !== undefined && { session_timeout: SESSION_SECONDS }),
        ...boundParameters(query, parameters),
        ...bound,
      } as ClickHouseSettings,
    })
    const named = response_headers['x-clickhouse-format']
    return { format: typeof named === 'string' ? named : null, rows: stream }
  }

  #explained(error: unknown): Error {
    const { config, url, limits, mayWrite } = this.#settings
    const password = passwordOf(config.clickhouse, { access: mayWrite ? 'owner' : 'reader' })
    return explainLimit(error, limits) ?? explainFailure(error, { url, password })
  }
}

/** Where the user may only read, not even limits can be set. */
function isReadonlyAlready(error: unknown): boolean {
  return (
    error instanceof ClickHouseError && error.code === READONLY && /Cannot modify '\w+'/.test(error.message)
  )
}

/** So that there is something to ask before the pipeline has run. */
async function makeDatabase({ config, url }: SqlSettings, database: string): Promise<void> {
  const client = openAnalytics(config, url, { database: 'default' })
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${identifier(database)}` })
  } finally {
    await client.close()
  }
}
