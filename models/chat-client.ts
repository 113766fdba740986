import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import type { Pool } from 'undici'
import { type ClientFetch, poolFetch } from './pool-fetch.ts'

type Built = Awaited<ReturnType<OpenAI['buildRequest']>>

const PATH = '/chat/completions'
const HEADERS = { 'content-type': 'application/json' }

/** Where to send to, and what lets us in. */
export interface ChatClientOptions {
  readonly baseURL: string
  /** null = the endpoint is let in by a header or query parameter of its own. */
  readonly apiKey: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly pool: Pool
  /** How long a call may take, from here to the last byte of its answer. */
  readonly timeoutMs: number
}

/**
 * The official client, for chat completions whose bodies are text: it makes the request (URL, credentials, headers), once,
 * and the errors. Its way from a request to a response is not taken, for it does a third of the work of a call over again:
 * the same request is made for each, a chain of abort controllers for the time-out, and lines for a log that is off.
 * Nothing is repeated and nothing comes from the environment: what is sent where is decided by whoever asks.
 */
export class ChatClient extends OpenAI {
  readonly #fetch: ClientFetch
  #first: Promise<Built> | null = null

  constructor({ baseURL, apiKey, headers, query, pool, timeoutMs }: ChatClientOptions) {
    const fetch = poolFetch(pool, timeoutMs)
    super({
      baseURL,
      apiKey: apiKey ?? 'none',
      defaultHeaders: apiKey === null ? { authorization: null, ...headers } : headers,
      defaultQuery: query,
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: timeoutMs,
      fetch,
    })
    this.#fetch = fetch
  }

  /**
   * Sends a body as it is, once. @returns the text of a successful response.
   * @throws the client's errors; any error once the signal is aborted.
   */
  async complete(body: string, signal: AbortSignal | null): Promise<string> {
    this.#first ??= this.buildRequest({ method: 'post', path: PATH, headers: HEADERS, body: '' })
    const { req, url } = await this.#first
    const response = await this.#sent(url, { ...req, method: 'POST', body, signal })
    const text = await response.text()
    if (response.ok) return text
    const { status, headers } = response
    const said = parsed(text)
    if (said === null) throw APIError.generate(status, undefined, text, headers)
    throw this.makeStatusError(status, said, undefined, headers)
  }

  async #sent(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, init)
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error))
      if (TIMED_OUT.test(cause.message)) throw new APIConnectionTimeoutError()
      throw new APIConnectionError({ cause })
    }
  }
}

/** As the connections' fetch and undici word it. */
const TIMED_OUT = /timed? ?out/i

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
