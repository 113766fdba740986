/** ClickHouse's official client, set up for the server of the configuration or for the engine of the local stack. */
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { Clickhouse, Config } from '../config/config.ts'
import { secretOfVariable } from '../config/secrets.ts'
import { NinefoldError } from '../errors.ts'
import { type EngineAccess, readToken } from '../stack/engine-tokens.ts'

/** How to open a client; everything has a default. */
export interface AnalyticsOptions {
  /** Default: the configuration's. Name `default` to make that one when it may not be there yet. */
  readonly database?: string
  /** How long the server may be silent within one request, ms; default five minutes. */
  readonly timeoutMs?: number
  /** Where passwords are; default the process's. */
  readonly environment?: NodeJS.ProcessEnv
  /** What the local engine may be asked to do; default all of it. */
  readonly access?: EngineAccess
}

/** A server may aggregate for long before it sends the first byte. */
const TIMEOUT_MS = 5 * 60_000

/**
 * A client for the pipeline's database; nothing is sent yet. Close it. What its methods throw is made readable
 * by `explainFailure`.
 * @param url where the local engine answers (a session's `analyticsUrl`); a server's own address is in the
 *   configuration, and then this may be that one or null
 * @throws {NinefoldError} NF_CLICKHOUSE_OFF, NF_CLICKHOUSE_PASSWORD
 */
export function openAnalytics(
  { clickhouse }: Pick<Config, 'clickhouse'>,
  url: string | null,
  options: AnalyticsOptions = {},
): ClickHouseClient {
  const target = targetOf(clickhouse, url)
  const { origin, pathname } = new URL(target.url)
  return createClient({
    url: origin,
    // Within the URL the client would take a path for the database.
    pathname: pathname === '/' ? '' : pathname,
    username: target.user,
    password: passwordOf(clickhouse, options),
    database: options.database ?? target.database,
    application: 'ninefold',
    request_timeout: options.timeoutMs ?? TIMEOUT_MS,
    // Who catches an error tells it, and once.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

/**
 * The password of the configured server, or the local engine's token; empty where none is wanted.
 * @throws {NinefoldError} NF_CLICKHOUSE_PASSWORD when the variable that should hold it is not set.
 */
export function passwordOf(
  clickhouse: Clickhouse,
  { environment = process.env, access = 'owner' }: Pick<AnalyticsOptions, 'environment' | 'access'> = {},
): string {
  if (clickhouse.kind === 'local' && clickhouse.tokens !== undefined) {
    // One that an earlier version has started wants none, and made none.
    return readToken(clickhouse.tokens, access) ?? ''
  }
  if (clickhouse.kind !== 'server' || clickhouse.passwordEnv === null) return ''
  const password = secretOfVariable(clickhouse.passwordEnv, environment)
  if (password !== '') return password
  throw new NinefoldError(
    'NF_CLICKHOUSE_PASSWORD',
    `the environment variable ${clickhouse.passwordEnv}, which holds ClickHouse's password, is not set`,
    `Put the password of user ${clickhouse.user} into ${clickhouse.passwordEnv}, or delete \`clickhouse.passwordEnv\` if there is none.`,
  )
}

function targetOf(clickhouse: Clickhouse, url: string | null) {
  if (clickhouse.kind === 'server') return clickhouse
  if (clickhouse.kind === 'local' && url !== null) {
    return { url, user: 'default', database: clickhouse.database }
  }
  throw analyticsOff()
}

/** Whoever asks a pipeline that wants no analytics: NF_CLICKHOUSE_OFF. */
export function analyticsOff(): NinefoldError {
  return new NinefoldError(
    'NF_CLICKHOUSE_OFF',
    'this pipeline has no analytics: `clickhouse` is false in its configuration',
    'Delete the line `clickhouse: false` for the local engine, or name a server: `clickhouse: { url: ... }`.',
  )
}
