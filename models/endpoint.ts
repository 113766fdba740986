import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import { Pool } from 'undici'
import { secretOfVariable } from '../config/secrets.ts'
import type { Endpoint, SentField } from '../config/types.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import { ChatClient } from './chat-client.ts'
import type { Clock } from './clock.ts'
import { CallFailure } from './errors.ts'
import { failureOf } from './failure.ts'
import { redact, serverMessage } from './redact.ts'
import { type ChatReply, ErrorInReply, readReply } from './reply.ts'
import { waitAskedFor } from './retry.ts'
import { readServerError } from './server-error.ts'

/** A server that completes chats. */
export interface ChatEndpoint {
  /**
   * Sends one chat completion request, once.
   * @param body the request as JSON text, sent as it is.
   * @throws {CallFailure} when no answer came.
   * @throws {EndpointRefusedKey} on 401 and 403.
   * @throws {StepHalted} `NF_ENDPOINT_NOT_FOUND` when it has no such model, or answers no chats at this address.
   * @throws the signal's reason once it is aborted.
   */
  send(body: string, signal?: AbortSignal): Promise<ChatReply>
  /** Ends its connections, and what is still under way on them. */
  close(): Promise<void>
}

/** Failures of connections that were never made: no answer was owed. */
const NEVER_REACHED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/**
 * An endpoint of the configuration, through the official client with connections that are kept alive.
 * @throws {NinefoldError} `NF_ENDPOINT_KEY_MISSING` when a variable that `apiKeyEnv`, `headers` or `query` name is
 * not set.
 */
export function connectEndpoint(
  endpoint: Endpoint,
  clock: Clock,
  environment: NodeJS.ProcessEnv = process.env,
): ChatEndpoint {
  const { headers, query, apiKeyEnv } = endpoint
  const secretOf = (variable: string): string => readSecret(endpoint, variable, environment)
  const isSecret = (value: SentField): value is { env: string } => typeof value !== 'string'
  const textOf = (value: SentField): string => (typeof value === 'string' ? value : secretOf(value.env))
  const hidden = [...Object.values(headers), ...Object.values(query)].filter(isSecret)
  const key = apiKeyEnv === null ? null : secretOf(apiKeyEnv)
  const secrets = [...(key === null ? [] : [key]), ...hidden.map(({ env }) => secretOf(env))]
  const filled = (fields: Endpoint['headers']): Record<string, string> =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, textOf(value)]))
  const pool = new Pool(new URL(endpoint.baseURL).origin, {
    connections: endpoint.maxConcurrency,
    allowH2: false,
    // The client's time-out stands for both.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const client = new ChatClient({
    baseURL: endpoint.baseURL,
    // Servers that want no key are content with any; beside a key in another header it would be a wrong one.
    apiKey: key ?? (hidden.length > 0 ? null : 'none'),
    headers: filled(headers),
    query: filled(query),
    pool,
    timeoutMs: Math.ceil(endpoint.timeoutSeconds * 1000),
  })
  return {
    async send(body, signal) {
      try {
        return readReply(await client.complete(body, signal ?? null))
      } catch (error) {
        if (signal?.aborted) throw signal.reason
        throw explain(error, endpoint, secrets, clock.date())
      }
    },
    close: () => pool.destroy(),
  }
}

function readSecret(endpoint: Endpoint, variable: string, environment: NodeJS.ProcessEnv): string {
  const secret = secretOfVariable(variable, environment)
  if (secret !== '') return secret
  throw new NinefoldError(
    'NF_ENDPOINT_KEY_MISSING',
    `endpoint ${endpoint.name}: the environment variable ${variable} is not set`,
    `Put what ${endpoint.name} wants into ${variable}, or take the variable out of the endpoint if the server wants none.`,
  )
}

/** What went wrong, in words that hold no secret. */
function explain(error: unknown, endpoint: Endpoint, secrets: readonly string[], date: number): Error {
  const place = `endpoint ${endpoint.name}`
  if (error instanceof CallFailure) {
    return new CallFailure(error.disposition, `${place}: ${serverMessage(error.message, secrets)}`, error)
  }
  if (error instanceof ErrorInReply) {
    const { status, said } = error
    return failureOf({ status, said, retryAfterMs: null }, endpoint, secrets, date)
  }
  if (error instanceof APIConnectionError) return explainConnection(error, place, endpoint, secrets)
  if (!(error instanceof APIError) || error.status === undefined) {
    return new CallFailure('wait', `${place}: ${redact(messageOf(error), secrets)}`, { owed: true })
  }
  const status: number = error.status
  const { headers } = error
  // A date to come back at is the server's: its clock and ours may differ by hours.
  const now = Date.parse(headers?.get('date') ?? '') || date
  // The client puts the status before a text that is not JSON.
  const said = readServerError(error.error, error.message.replace(/^\d{3} /, ''))
  const wait = headers === undefined ? null : waitAskedFor(headers, now)
  return failureOf({ status, said, retryAfterMs: wait }, endpoint, secrets, now)
}

function explainConnection(
  error: APIConnectionError,
  place: string,
  endpoint: Endpoint,
  secrets: readonly string[],
): CallFailure {
  const cause = error.cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (NEVER_REACHED.test(code)) {
    return new CallFailure('wait', `${place} cannot be reached (${code})`, { owed: false })
  }
  if (error instanceof APIConnectionTimeoutError) {
    return new CallFailure('wait', `${place}: no answer within ${endpoint.timeoutSeconds} s`, { owed: true })
  }
  const detail = redact(messageOf(cause ?? error), secrets)
  return new CallFailure('wait', `${place}: the connection broke (${code || detail})`, { owed: true })
}
