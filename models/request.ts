import { hash } from 'node:crypto'
import { canonicalJson, contentId } from '../schemas/ids.ts'
import type { Answer, Message, TextRequest } from './ask.ts'
import { isCut } from './finish.ts'

/** What the limit of an answer is called: by most servers, and by OpenAI since its models reason. */
export const LIMITS = ['max_tokens', 'max_completion_tokens'] as const

/** The fields of a request body, each as canonical JSON, so that nothing long is written out twice. */
export type BodyFields = ReadonlyMap<string, string>

/**
 * The body of a chat completion request, without a seed. Parameters of the model go through as they stand
 * (null = leave the field out), except that
 * - `temperature` and `top_p` come from the request where it names them and `temperature: null` does not forbid it;
 * - a number in `max_tokens` or `max_completion_tokens` wins over the request's own limit, because a reasoning
 *   model must be given room for its thoughts; and `max_completion_tokens`, also null, takes the place of `max_tokens`.
 */
export function bodyFields(
  request: TextRequest,
  messages: readonly Message[] = request.messages,
): BodyFields {
  const { model } = request
  const fields = new Map<string, string>()
  for (const [name, value] of Object.entries(model.params)) {
    if (value !== null && value !== undefined) fields.set(name, canonicalJson(value))
  }
  sampling(fields, 'temperature', request.temperature, model.params)
  sampling(fields, 'top_p', request.topP, model.params)
  const limit = limitName(model.params)
  if (request.maxTokens !== null && !fields.has(limit)) fields.set(limit, String(request.maxTokens))
  if (limit === 'max_completion_tokens') fields.delete('max_tokens')
  fields.set('model', JSON.stringify(model.model))
  fields.set('messages', `[${messages.map(messageJson).join(',')}]`)
  return fields
}

/** The longest answer that the body allows, in tokens; null when it says nothing about it. */
export function answerLimit({ model, maxTokens }: Pick<TextRequest, 'model' | 'maxTokens'>): number | null {
  const named = model.params[limitName(model.params)]
  return typeof named === 'number' ? named : maxTokens
}

/** The request with more room, after an answer that was cut; null when there is none to give. */
export function roomierAfter<R extends TextRequest>({ finishReason }: Answer, request: R): R | null {
  const { retryMaxTokens = null } = request
  return retryMaxTokens !== null && isCut(finishReason) ? withRoomFor(request, retryMaxTokens) : null
}

/** The same request with room for an answer of so many tokens, whatever the model's own limit. */
export function withRoomFor<R extends TextRequest>(request: R, maxTokens: number): R {
  const { model } = request
  // null keeps the name under which this model takes its limit.
  const limits = LIMITS.filter((name) => name in model.params).map((name) => [name, null])
  const params = { ...model.params, ...Object.fromEntries(limits) }
  return { ...request, maxTokens, model: { ...model, params } }
}

/** The body as canonical JSON: keys sorted, no white space. */
export function bodyText(fields: BodyFields): string {
  const names = [...fields.keys()].sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${fields.get(name)}`).join(',')}}`
}

/**
 * The request's id: `contentId('request', body, sample, try)`, computed over the body's text as it is rather
 * than over a copy of it.
 */
export function requestHash(body: string, sample: number, attempt: number): string {
  return hash('sha256', `["request",${body},${sample},${attempt}]`).slice(0, 32)
}

/**
 * The body with a seed of its own where an equal request has been sent before it, so that a server that always
 * gives the likeliest answer, or keeps answers, gives another one. Not part of the hash, which knows sample and
 * try themselves. A seed among the model's parameters is varied, not lost.
 */
export function withSeed(fields: BodyFields, sample: number, attempt: number): BodyFields {
  if (sample === 1 && attempt === 1) return fields
  const seed = Number.parseInt(contentId('seed', fields.get('seed') ?? null, sample, attempt).slice(0, 7), 16)
  return new Map(fields).set('seed', String(seed))
}

function limitName(params: Readonly<Record<string, unknown>>): string {
  return 'max_completion_tokens' in params ? 'max_completion_tokens' : 'max_tokens'
}

function sampling(
  fields: Map<string, string>,
  name: 'temperature' | 'top_p',
  value: number | null,
  params: Readonly<Record<string, unknown>>,
): void {
  if (value !== null && params[name] !== null) fields.set(name, JSON.stringify(value))
}

function messageJson(message: Message): string {
  return `{"content":${JSON.stringify(message.content)},"role":"${message.role}"}`
}
