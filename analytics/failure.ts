/** What went wrong with ClickHouse, told in its own words to whoever has to mend it. */
import { ClickHouseError } from '@clickhouse/client'
import { messageOf, NinefoldError } from '../errors.ts'

/** Whom a failed request went to. */
export interface FailedRequest {
  /** Address without credentials, as it may be shown. */
  readonly url: string
  /** What must not be shown, wherever the server repeats it. */
  readonly password?: string
}

/** ClickHouse's codes for who may not come in: unknown user, password wrong or missing, access denied. */
const REFUSED = new Set(['192', '193', '194', '497', '516'])
const UNKNOWN_DATABASE = '81'
const READONLY = '164'
/** Longest text of a server that is shown, characters. */
const SHOWN = 2_000

/**
 * The error to show for anything the client threw: NF_CLICKHOUSE_UNREACHABLE, _TIMEOUT, _REFUSED, _NO_DATABASE,
 * _READONLY, _QUERY (with ClickHouse's code and text) or _ANSWER (no ClickHouse answered). What is a
 * NinefoldError already stays; ClickHouse's own error is its `cause`.
 */
export function explainFailure(error: unknown, request: FailedRequest): NinefoldError {
  if (error instanceof NinefoldError) return error
  const text = shown(messageOf(error), request)
  const because = { cause: error }
  if (error instanceof ClickHouseError) return refusal(error, text, request)
  const { url } = request
  if (text.startsWith('Timeout')) {
    return new NinefoldError(
      'NF_CLICKHOUSE_TIMEOUT',
      `ClickHouse at ${url} was silent for too long`,
      'Ask for less (a LIMIT, a WHERE), or look at what keeps the server busy.',
      because,
    )
  }
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (typeof code === 'string') {
    return new NinefoldError(
      'NF_CLICKHOUSE_UNREACHABLE',
      `ClickHouse at ${url} does not answer: ${text === '' ? code : text}`,
      'Start it ("ninefold up" starts the local one), or mend `clickhouse.url`.',
      because,
    )
  }
  return new NinefoldError(
    'NF_CLICKHOUSE_ANSWER',
    `what answers at ${url} is not ClickHouse: ${text}`,
    'Set `clickhouse.url` to the HTTP interface, usually port 8123 (8443 with TLS).',
    because,
  )
}

function refusal(cause: ClickHouseError, text: string, { url }: FailedRequest): NinefoldError {
  const { code, type } = cause
  const said = `${text.trim()} (code ${code}${type === undefined ? '' : `, ${type}`})`
  const error = (nfCode: string, what: string, remedy: string) =>
    new NinefoldError(nfCode, `${what}: ${said}`, remedy, { cause })
  if (REFUSED.has(code)) {
    return error(
      'NF_CLICKHOUSE_REFUSED',
      `ClickHouse at ${url} refuses us`,
      'Check `clickhouse.user`, the variable named by `clickhouse.passwordEnv`, and what that user may do. The local engine reads its tokens when it starts: `ninefold down`, then `ninefold up`.',
    )
  }
  if (code === UNKNOWN_DATABASE) {
    return error(
      'NF_CLICKHOUSE_NO_DATABASE',
      'ClickHouse has no such database',
      'A pipeline makes its database when it runs for the first time; else mend `clickhouse.database`.',
    )
  }
  if (code === READONLY) {
    return error('NF_CLICKHOUSE_READONLY', 'this may only read', 'Pass --write to change tables.')
  }
  return error(
    'NF_CLICKHOUSE_QUERY',
    'ClickHouse could not do this',
    'Its own words are above; "SHOW TABLES" and "DESCRIBE TABLE <name>" say what there is.',
  )
}

function shown(text: string, { password = '' }: FailedRequest): string {
  const safe = password === '' ? text : text.replaceAll(password, '[hidden]')
  return safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe
}
