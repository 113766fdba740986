import { type ZodType, z } from 'zod'
import { canonicalJson } from '../schemas/ids.ts'
import { jsonValuesIn } from './json-text.ts'

type Schema = Record<string, unknown>

/** Keywords some strict endpoints refuse, or that say nothing to a model; zod checks them in any case. */
const LEFT_OUT = ['default', 'minLength', 'maxLength', 'propertyNames']

const schemas = new WeakMap<ZodType, string>()

/**
 * The JSON schema of a shape, as canonical JSON, in the form strict structured outputs ask for: objects hold
 * their named properties, all of them, and nothing else.
 */
export function schemaText(shape: ZodType): string {
  const known = schemas.get(shape)
  if (known !== undefined) return known
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ jsonSchema }) => makeStrict(jsonSchema as Schema),
  })
  const text = canonicalJson(JSON.parse(JSON.stringify(schema)))
  schemas.set(shape, text)
  return text
}

function makeStrict(schema: Schema): void {
  for (const keyword of LEFT_OUT) delete schema[keyword]
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (Array.isArray(schema.oneOf)) {
    schema.anyOf = schema.oneOf
    delete schema.oneOf
  }
  if (schema.type === 'object' && typeof schema.properties === 'object' && schema.properties !== null) {
    schema.additionalProperties = false
    schema.required = Object.keys(schema.properties)
  }
}

/** A value of the shape, or what is wrong, in words for the model that wrote the text. */
export type ShapeResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly complaint: string }

/**
 * Reads a value of the shape from a model's text. A text that holds several different ones says nothing: which of
 * them was meant, an example or a draft among them, is not for us to guess.
 */
export function readShape<T>(
  text: string,
  shape: ZodType<T>,
  check?: (value: T) => string | null,
): ShapeResult<T> {
  let values: [unknown, ...unknown[]]
  try {
    values = jsonValuesIn(text)
  } catch (error) {
    return { ok: false, complaint: `it is not JSON: ${error instanceof Error ? error.message : error}` }
  }
  const results = values.map((value) => readValue(value, shape, check)) as [
    ShapeResult<T>,
    ...ShapeResult<T>[],
  ]
  if (results.length === 1) return results[0]
  const fitting = results.filter((result) => result.ok)
  const different = new Set(fitting.map(({ value }) => JSON.stringify(value)))
  if (different.size > 1) {
    return { ok: false, complaint: `it holds ${different.size} different objects, and one was asked for` }
  }
  return fitting[0] ?? results[0]
}

function readValue<T>(
  value: unknown,
  shape: ZodType<T>,
  check?: (value: T) => string | null,
): ShapeResult<T> {
  const result = shape.safeParse(value)
  if (!result.success) return { ok: false, complaint: result.error.issues.map(issueText).join('; ') }
  const complaint = check?.(result.data) ?? null
  return complaint === null ? { ok: true, value: result.data } : { ok: false, complaint }
}

function issueText(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
