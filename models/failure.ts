/** What to do about an error an endpoint answered with, in words that hold no secret. */
import type { Endpoint } from '../config/types.ts'
import { CallFailure, EndpointRefusedKey, StepHalted } from './errors.ts'
import { serverMessage } from './redact.ts'
import { refusalOf } from './refusal.ts'
import { isAnswerOwed, within } from './retry.ts'
import type { ServerError } from './server-error.ts'

/** An error as it came. */
export interface Answered {
  /** HTTP status; null for an error under a successful one that names none. */
  readonly status: number | null
  readonly said: ServerError
  /** From its headers. */
  readonly retryAfterMs: number | null
}

/** @returns a {@link CallFailure}, or what halts the step since no other request would fare better. */
export function failureOf(
  { status, said, retryAfterMs }: Answered,
  endpoint: Endpoint,
  secrets: readonly string[],
  now: number,
): Error {
  const words = serverMessage(said.message, secrets)
  const place = `endpoint ${endpoint.name}`
  if (status === null) return new CallFailure('wait', `${place}: ${words}`, { owed: true, said })
  const message = `${place}: HTTP ${status}: ${words}`
  const refusal = refusalOf(status, said)
  switch (refusal) {
    case 'key':
      return refusedKey(endpoint, status, words)
    case 'not-found':
      return notFound(endpoint, message)
    case 'wait': {
      const wait = retryAfterMs ?? (said.resetAt === null ? null : within(said.resetAt - now))
      return new CallFailure('wait', message, {
        status,
        said,
        retryAfterMs: wait,
        owed: isAnswerOwed(status),
      })
    }
    default:
      return new CallFailure('refused', message, { status, said, refusal, owed: true })
  }
}

/** A server's refusal of a key often shows parts of it; its words are passed on only where they may say more. */
function refusedKey(endpoint: Endpoint, status: number, message: string): EndpointRefusedKey {
  const words = status === 403 ? `: ${message}` : ''
  const variables = [endpoint.apiKeyEnv, ...Object.values(endpoint.headers).map(nameOf)].filter(
    (name) => name !== null,
  )
  return new EndpointRefusedKey(
    endpoint.name,
    `endpoint ${endpoint.name} does not let us in (HTTP ${status})${words}`,
    variables.length === 0
      ? `Name the environment variable that holds its key in \`apiKeyEnv\` of endpoint ${endpoint.name}, then start again.`
      : `Put a valid key with access to the configured models into ${variables.join(', ')}, then start again.`,
  )
}

function nameOf(field: Endpoint['headers'][string]): string | null {
  return typeof field === 'string' ? null : field.env
}

function notFound(endpoint: Endpoint, message: string): StepHalted {
  return new StepHalted(
    'NF_ENDPOINT_NOT_FOUND',
    message,
    `Check the names of the models of endpoint ${endpoint.name} and its \`baseURL\` (${endpoint.baseURL}; most end with /v1, and Azure wants a deployment's name and perhaps \`query: { api-version: ... }\`), then start again.`,
  )
}
