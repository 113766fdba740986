import { NinefoldError } from '../errors.ts'
import { isTurnedAway } from './refusal.ts'
import type { ServerError } from './server-error.ts'

/**
 * What to do about a failed call: `wait` and send it again, for the fault is not the request's; or give it up,
 * for it was `refused` for good.
 */
export type Disposition = 'wait' | 'refused'

/**
 * Why an endpoint never serves a request, as its dead letter is classed: its filter refused it, it does not fit into
 * the model's context, or anything else.
 */
export type RefusalClass = 'content-filter' | 'context-length' | 'refused'

const NOTHING: ServerError = { message: '', codes: '', parameter: null, resetAt: null }

/** A call that brought no answer. Its message holds no secret. */
export class CallFailure extends Error {
  readonly disposition: Disposition
  /** HTTP status; null when there was no complete response. */
  readonly status: number | null
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null
  /**
   * Whether an answer was owed, so that the failure belongs among the completions. Not so for 429 and for
   * servers that cannot be reached: they cost nothing and come in floods.
   */
  readonly owed: boolean
  readonly refusal: RefusalClass
  /** The server's own words, to be understood and not to be shown: they may hold a secret. */
  readonly said: ServerError

  constructor(
    disposition: Disposition,
    message: string,
    details: {
      status?: number | null
      retryAfterMs?: number | null
      owed: boolean
      refusal?: RefusalClass
      said?: ServerError
      cause?: unknown
    },
  ) {
    super(message, { cause: details.cause })
    this.name = 'CallFailure'
    this.disposition = disposition
    this.status = details.status ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
    this.owed = details.owed
    this.refusal = details.refusal ?? 'refused'
    this.said = details.said ?? NOTHING
  }

  /** Whether the server was never reached. */
  get unreached(): boolean {
    return this.status === null && !this.owed
  }

  /** Whether the server has too much to do: fewer calls at once may do. */
  get turnedAway(): boolean {
    return this.disposition === 'wait' && isTurnedAway(this.status, this.said)
  }
}

/**
 * What keeps a step from working, and is not the record's fault: the record stays unfinished, to be worked on
 * after somebody has mended it.
 */
export class StepHalted extends NinefoldError {
  /** Whether the step's other records may be tried all the same, because some can do without what is missing. */
  readonly othersMayGoOn: boolean

  constructor(
    code: string,
    message: string,
    remedy: string,
    options: { othersMayGoOn?: boolean; cause?: unknown } = {},
  ) {
    super(code, message, remedy, options)
    this.name = 'StepHalted'
    this.othersMayGoOn = options.othersMayGoOn ?? false
  }
}

/** The endpoint does not take our key, or we have none: nothing sent to it can succeed until somebody mends that. */
export class EndpointRefusedKey extends StepHalted {
  /** The endpoint's name in the configuration. */
  readonly endpoint: string

  constructor(endpoint: string, message: string, remedy: string, code = 'NF_ENDPOINT_AUTH') {
    super(code, message, remedy)
    this.name = 'EndpointRefusedKey'
    this.endpoint = endpoint
  }
}

/** Whoever asks, or waits to, after the end: `NF_ASK_CLOSED`. */
export function askClosed(): NinefoldError {
  return new NinefoldError('NF_ASK_CLOSED', 'no model is asked any more', 'Start the worker again.')
}
