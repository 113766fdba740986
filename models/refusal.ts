/** What a server's refusal means: whose fault it is, and whether to send the request again. */
import { isWorthWaiting } from './retry.ts'
import type { ServerError } from './server-error.ts'

/**
 * - `wait`: not the request's fault, and it passes.
 * - `key`: the server does not let us in.
 * - `not-found`: it does not have the model, or nothing answers chats at this address.
 * - `content-filter`: its filter refused what the request says.
 * - `context-length`: prompt and answer do not fit into the model's context.
 * - `refused`: this request will never be served.
 */
export type Refusal = 'wait' | 'key' | 'not-found' | 'content-filter' | 'context-length' | 'refused'

/** OpenAI, Azure and DashScope by code; OpenRouter's moderation (under 403) and Azure's older texts by their words. */
const FILTERED =
  /content_filter|content_policy|responsibleaipolicy|data_inspection_failed|content management policy|requires moderation|input was flagged/i
/** OpenAI and llama.cpp by code; vLLM, SGLang, Ollama, OpenRouter, TGI by their words. */
const TOO_LONG =
  /context_length_exceeded|exceed_context_size|maximum context|context (?:length|size|window)|prompt is too long|inputs?`? tokens \+|string_above_max_length|max_tokens must be at least 1, got -/i
/** Gateways that call an unknown model a bad request: OpenRouter, LiteLLM, older servers. */
const NO_SUCH_MODEL =
  /model_not_found|(?:not a valid|invalid|unknown) model(?: id| name)?\b|model\b[^.]{0,120}\b(?:does not exist|not found)/i
/** OpenRouter's 404 for a model nobody serves with these parameters: another form of the request may do. */
const NO_SUCH_PARAMETERS = /requested parameters/i

/** Reads a refusal by status, codes and words, since no two servers put it alike. */
export function refusalOf(status: number, { message, codes }: ServerError): Refusal {
  const said = `${codes} ${message}`
  if (status < 500 && status !== 429 && FILTERED.test(said)) return 'content-filter'
  if (status === 401 || status === 403) return 'key'
  if ((status === 404 && !NO_SUCH_PARAMETERS.test(message)) || status === 405) return 'not-found'
  if ([400, 413, 422, 500].includes(status) && TOO_LONG.test(said)) return 'context-length'
  if ((status === 400 || status === 422) && NO_SUCH_MODEL.test(said)) return 'not-found'
  return isWorthWaiting(status) ? 'wait' : 'refused'
}

/** Statuses of a server that takes no more just now: too many, overloaded or being started, an empty purse. */
const TAKES_NO_MORE = new Set([402, 429, 503, 529])
/** How servers say so under another status, or none: OpenRouter's providers, Hugging Face, gateways. */
const OVERLOADED = /overloaded|(?:over|at|no) capacity|too many requests/i

/** Whether a server turned a call away because it has too much to do, whatever the call says. */
export function isTurnedAway(status: number | null, { codes, message }: ServerError): boolean {
  if (status !== null && status < 500) return TAKES_NO_MORE.has(status)
  return TAKES_NO_MORE.has(status ?? 0) || OVERLOADED.test(`${codes} ${message}`)
}

/** Words for a parameter that a server or model does not take. */
const NOT_TAKEN =
  /unsupported|not supported|does not support|unrecogni[sz]ed|unknown|extra inputs|extra_forbidden|not permitted|not allowed|deprecated|requested parameters/i

/**
 * Which of the parameters sent a refusal is about; null when it is about something else.
 * @param sent the names of what was sent
 */
export function refusedParameter(
  { message, codes, parameter }: Pick<ServerError, 'message' | 'codes' | 'parameter'>,
  sent: readonly string[],
): string | null {
  if (!NOT_TAKEN.test(`${codes} ${message}`)) return null
  const named = parameter?.replace(/^body\./, '').split('.')[0]
  if (named !== undefined && sent.includes(named)) return named
  const places = sent
    .map((name) => ({ name, at: message.search(new RegExp(`(?<![A-Za-z_])${name}(?![A-Za-z_])`)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
  return places[0]?.name ?? null
}
