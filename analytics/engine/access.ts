/** Who may ask the engine, and what: told by a token that stands where tools of ClickHouse's put a password. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { EngineAccess, EngineTokens } from '../../stack/engine-tokens.ts'
import { EngineError } from './failures.ts'

/** The one user there is; tools that name none mean this one. */
const USERS = ['', 'default']

/**
 * What a request may do, by its token: in `X-ClickHouse-Key`, as password of `Authorization: Basic`, after
 * `Authorization: Bearer`, or as `password` in the address.
 * @param tokens null = everybody is the owner, and nobody has a password
 * @throws {EngineError} 516 for any other user, and without a token; it tells neither
 */
export function accessOf(
  query: URLSearchParams,
  headers: IncomingMessage['headers'],
  tokens: EngineTokens | null,
): EngineAccess {
  const { user, password } = credentialsOf(query, headers)
  if (USERS.includes(user)) {
    if (tokens === null && password === '') return 'owner'
    if (tokens !== null && isSame(password, tokens.owner)) return 'owner'
    if (tokens !== null && isSame(password, tokens.reader)) return 'reader'
  }
  const wanted =
    tokens === null ? 'without a password' : 'whose password is a token ("ninefold analytics access")'
  throw new EngineError(
    516,
    'AUTHENTICATION_FAILED',
    `Authentication failed: this engine has the user default only, ${wanted}`,
  )
}

function credentialsOf(
  query: URLSearchParams,
  headers: IncomingMessage['headers'],
): { user: string; password: string } {
  const [scheme = '', encoded = ''] = (headers.authorization ?? '').split(' ')
  const basic = scheme.toLowerCase() === 'basic' ? Buffer.from(encoded, 'base64').toString() : ':'
  const colon = basic.indexOf(':')
  const bearer = scheme.toLowerCase() === 'bearer' ? encoded : null
  return {
    user: String(query.get('user') ?? headers['x-clickhouse-user'] ?? basic.slice(0, colon)),
    password: String(
      query.get('password') ?? headers['x-clickhouse-key'] ?? bearer ?? basic.slice(colon + 1),
    ),
  }
}

/** In a time that tells nothing of how much of it is right. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(token))
}
