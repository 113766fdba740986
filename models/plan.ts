/** Requests made ready to be sent: the same hash wherever and however they are sent. */
import type { Message, StructuredRequest, TextRequest } from './ask.ts'
import { type Dialect, FORMS, nextDialect, type Sent, USUAL, withLimitNamed } from './dialect.ts'
import type { CallFailure } from './errors.ts'
import { type BodyFields, bodyFields, bodyText, LIMITS, requestHash, withSeed } from './request.ts'
import { schemaText } from './shape.ts'

/** A request made ready. */
export interface PlannedCall {
  readonly hash: string
  readonly request: TextRequest
  /** The body, as an endpoint of this dialect takes it. */
  body(dialect?: Dialect): string
  /** How to put it after this refusal; null when that is not about the way it was put. */
  next(dialect: Dialect, refusal: CallFailure): Dialect | null
  /** The parameters of the request that change what is answered, by the names they are sent under. */
  parameters(): readonly string[]
}

/** A request for text. */
export function planText(request: TextRequest): PlannedCall {
  const fields = bodyFields(request)
  return plan(request, fields, () => fields, false)
}

/**
 * A request for a shape. Its hash is made of the request in its first form, whichever form the endpoint takes in
 * the end: an answer is found again although the endpoint, or what is known of it, has changed.
 * @param told whether the messages hold the schema already
 */
export function planShaped<T>(
  request: StructuredRequest<T>,
  messages: readonly Message[],
  told: boolean,
): PlannedCall {
  const schema = schemaText(request.shape)
  const plain = bodyFields(request, messages)
  const strict = new Map(plain).set('response_format', schemaFormat(request.shapeName, schema))
  const fieldsOf = ({ form }: Dialect): BodyFields => {
    if (form === 0) return strict
    const described = told ? plain : bodyFields(request, withSchema(messages, schema))
    return FORMS[form] === 'json_object'
      ? new Map(described).set('response_format', '{"type":"json_object"}')
      : described
  }
  return plan(request, strict, fieldsOf, true)
}

/** What tells a model the shape. */
export function instruction(schema: string): string {
  return `Answer with a single JSON object and nothing else. It must be valid against this JSON Schema:\n${schema}`
}

function plan(
  request: TextRequest,
  logical: BodyFields,
  fieldsOf: (dialect: Dialect) => BodyFields,
  shaped: boolean,
): PlannedCall {
  const { sample = 1, try: attempt = 1 } = request
  const logicalText = bodyText(logical)
  const sent = (): Sent => ({
    shaped,
    names: [...logical.keys(), 'seed', ...LIMITS],
    ownSeed: !logical.has('seed'),
  })
  let last = { dialect: USUAL, body: attempt === 1 && sample === 1 ? logicalText : '' }
  return {
    hash: requestHash(logicalText, sample, attempt),
    request,
    body(dialect = USUAL) {
      if (last.dialect === dialect && last.body !== '') return last.body
      const named = withLimitNamed(fieldsOf(dialect), dialect)
      const seeded = dialect.seed ? withSeed(named, sample, attempt) : named
      last = { dialect, body: bodyText(seeded) }
      return last.body
    },
    next: (dialect, refusal) => nextDialect(dialect, refusal, sent()),
    parameters: () => [...logical.keys()].filter((name) => !NOT_PARAMETERS.has(name)),
  }
}

const NOT_PARAMETERS = new Set(['model', 'messages', 'response_format'])

function schemaFormat(name: string, schema: string): string {
  return `{"json_schema":{"name":${JSON.stringify(name)},"schema":${schema},"strict":true},"type":"json_schema"}`
}

/** The messages with the schema told in the last one. */
function withSchema(messages: readonly Message[], schema: string): Message[] {
  return messages.map((message, index) =>
    index === messages.length - 1
      ? { ...message, content: `${message.content}\n\n${instruction(schema)}` }
      : message,
  )
}
