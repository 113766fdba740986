/** What a request to ClickHouse's HTTP interface asks for, taken from its address and headers. */
import type { IncomingMessage } from 'node:http'
import type { EngineAccess, EngineTokens } from '../../stack/engine-tokens.ts'
import { accessOf } from './access.ts'
import { EngineError } from './failures.ts'

/** A request, as far as it is known before its body. */
export interface EngineRequest {
  readonly queryId: string | null
  readonly database: string | null
  /** Of the answer, where the query does not name one. */
  readonly defaultFormat: string
  /** Settings of this query, and its parameters as `param_<name>`. */
  readonly settings: ReadonlyMap<string, string>
  /** The query that stands in the address; the body is its data, or goes on with it. */
  readonly query: string
  /** Nothing may be changed: by GET outside a session, which would go on to read only, or by whoever may only read. */
  readonly isReadonly: boolean
  /** The answer may be compressed in one of the ways the client takes. */
  readonly mayCompress: boolean
  /** Requests of one session share what is set, and temporary tables. */
  readonly session: {
    readonly id: string
    /** Nobody gets into a session of somebody who may do more, or less. */
    readonly access: EngineAccess
    readonly timeoutMs: number
  } | null
}

/** ClickHouse's own default over HTTP. */
const DEFAULT_FORMAT = 'TabSeparated'
/** Seconds; ClickHouse's default and most. */
const SESSION_TIMEOUT = { usual: 60, most: 3600 } as const

/** What in an address is no setting (ClickHouse's HTTPHandler.cpp), or has no meaning for this engine. */
const RESERVED = new Set([
  ...['query', 'database', 'default_format', 'query_id', 'user', 'password', 'quota_key', 'role', 'compress'],
  ...['decompress', 'stacktrace', 'buffer_size', 'wait_end_of_query', 'client_protocol_version'],
  ...['session_id', 'session_timeout', 'session_check', 'close_session', 'enable_http_compression'],
  ...['send_progress_in_http_headers', 'http_headers_progress_interval_ms', 'http_response_buffer_size'],
  ...['http_zlib_compression_level', 'cancel_http_readonly_queries_on_client_close', 'add_http_cors_header'],
])

/**
 * Reads address and headers.
 * @param tokens who may ask; null = everybody
 * @throws {EngineError} 516 for whom this engine does not know, 48 for ClickHouse's own compression.
 */
export function readRequest(
  { url = '/', method, headers }: IncomingMessage,
  tokens: EngineTokens | null,
): EngineRequest {
  const { searchParams } = new URL(url, 'http://127.0.0.1')
  const header = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : null
  }
  const access = accessOf(searchParams, headers, tokens)
  for (const name of ['compress', 'decompress']) {
    if ((searchParams.get(name) ?? '0') === '0') continue
    throw new EngineError(48, 'NOT_IMPLEMENTED', `${name}=1 is not supported: use Content-Encoding`)
  }
  const id = searchParams.get('session_id')
  const seconds = Number(searchParams.get('session_timeout') ?? SESSION_TIMEOUT.usual)
  return {
    queryId: searchParams.get('query_id'),
    database: searchParams.get('database') ?? header('x-clickhouse-database'),
    defaultFormat: checkedFormat(
      searchParams.get('default_format') ?? header('x-clickhouse-format') ?? DEFAULT_FORMAT,
    ),
    settings: settingsOf(searchParams),
    query: searchParams.get('query') ?? '',
    isReadonly: access === 'reader' || (method === 'GET' && id === null),
    mayCompress: searchParams.get('enable_http_compression') === '1',
    session: id === null ? null : { id, access, timeoutMs: Math.min(seconds, SESSION_TIMEOUT.most) * 1000 },
  }
}

/** The settings and parameters among an address's or a form's pairs. */
export function settingsOf(pairs: Iterable<[string, string]>): Map<string, string> {
  return new Map([...pairs].filter(([name]) => !RESERVED.has(name)))
}

/** It becomes part of a statement. */
function checkedFormat(format: string): string {
  if (/^\w+$/.test(format)) return format
  throw new EngineError(73, 'UNKNOWN_FORMAT', `Unknown format ${format}`)
}
