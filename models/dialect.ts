/**
 * How an endpoint wants to be told what a request means. Learnt from its refusals, once an endpoint and model, and
 * kept while the process runs. Nothing here changes what is asked: a parameter that does is never left out.
 */
import type { CallFailure } from './errors.ts'
import { refusedParameter } from './refusal.ts'
import { type BodyFields, LIMITS } from './request.ts'

/**
 * How an endpoint is told the shape of an answer, best first: by its schema, enforced; as some JSON object, with the
 * schema in the prompt; in the prompt alone.
 */
export const FORMS = ['json_schema', 'json_object', 'prompt'] as const

/** What an endpoint says when it does not know a form. */
const ABOUT_FORM =
  /response_?format|json_?schema|json_?object|structured[ _-]?output|guided|grammar|requested parameters/i
/** Statuses under which servers refuse a form: the last two are those of servers that fail over it. */
const FORM_REFUSED = new Set([400, 404, 415, 422, 500, 501])

/** One way to put a request. */
export interface Dialect {
  /** Index into {@link FORMS}. */
  readonly form: number
  /** What the longest answer is called; null = as the configuration has it. */
  readonly limit: (typeof LIMITS)[number] | null
  /** Whether it takes a seed of ours. */
  readonly seed: boolean
}

/** The way to begin with. */
export const USUAL: Dialect = { form: 0, limit: null, seed: true }

/** What is known of each model of each endpoint. */
export class Dialects {
  readonly #known = new Map<string, Dialect>()

  get(endpoint: string, model: string): Dialect {
    // Asked for every call, and almost never is there anything to know.
    if (this.#known.size === 0) return USUAL
    return this.#known.get(`${endpoint} ${model}`) ?? USUAL
  }

  /** This one was answered: joined with what others have learnt meanwhile. */
  learn(endpoint: string, model: string, dialect: Dialect): void {
    const known = this.get(endpoint, model)
    this.#known.set(`${endpoint} ${model}`, {
      form: Math.max(known.form, dialect.form),
      limit: dialect.limit ?? known.limit,
      seed: known.seed && dialect.seed,
    })
  }
}

/** What tells which part of a request a refusal is about. */
export interface Sent {
  /** Whether an answer of a shape was asked for. */
  readonly shaped: boolean
  /** The names of all fields sent. */
  readonly names: readonly string[]
  /** Whether the seed among them is ours, and not the configuration's. */
  readonly ownSeed: boolean
}

/** The way to try after a refusal; null when it is not about the way. */
export function nextDialect(dialect: Dialect, refusal: CallFailure, sent: Sent): Dialect | null {
  const name = refusedParameter(refusal.said, sent.names)
  if (name === 'seed' && sent.ownSeed && dialect.seed) return { ...dialect, seed: false }
  const other = LIMITS.find((limit) => limit !== name)
  if (LIMITS.some((limit) => limit === name) && other !== undefined && dialect.limit === null) {
    return { ...dialect, limit: other }
  }
  const { status, message } = refusal
  const aboutForm = status !== null && FORM_REFUSED.has(status) && ABOUT_FORM.test(message)
  if (!sent.shaped || !aboutForm || dialect.form + 1 >= FORMS.length) return null
  return { ...dialect, form: dialect.form + 1 }
}

/** The fields with the limit under the name this dialect has for it. */
export function withLimitNamed(fields: BodyFields, { limit }: Dialect): BodyFields {
  const other = LIMITS.find((name) => name !== limit)
  const value = other === undefined ? undefined : fields.get(other)
  if (limit === null || other === undefined || value === undefined) return fields
  const named = new Map(fields).set(limit, value)
  named.delete(other)
  return named
}
