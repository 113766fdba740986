/** An endpoint before another one, whose faults are switched on and off while it runs. */
import type { ServerResponse } from 'node:http'
import { Gate } from './gate.ts'

/** What it can do in place of passing a request on. */
export type EndpointFault = 'storm429' | 'errors500' | 'hang' | 'cut' | 'malformed' | 'gone' | 'wrongKey'

/** How an endpoint that has too much to do says how long to wait. */
export interface StormOptions {
  /** Seconds; null = it does not say. */
  readonly retryAfter: number | null
  /** `Retry-After` as a number or as a date; seconds where left out. */
  readonly as?: 'seconds' | 'date'
}

type Spoil = (model: string, outgoing: ServerResponse) => boolean

/** Answers that are no chat completions, each in its own way. */
const MALFORMED = [
  '{"choices": [{"message": {"content": "half an ans',
  '<html><head><title>502 Bad Gateway</title></head></html>',
  '[]',
  '{}',
  '{"choices": []}',
  '{"choices": [{"index": 0, "finish_reason": "stop"}]}',
  'null',
]
const HALF = '{"id":"cut","object":"chat.completion","choices":[{"index":0,"message":{"content":"A long ans'

/**
 * An endpoint in between; close it. What it spoils it does not pass on: whatever the endpoint behind it has counted as
 * answered was answered, and handed on whole.
 */
export class FaultyEndpoint {
  readonly #counts = new Map<EndpointFault, number>()
  readonly #hanging = new Set<ServerResponse>()
  #spoil: Spoil | null = null
  #gate: Gate | null = null

  private constructor() {}

  /** An endpoint before the one with this base URL, well at first. */
  static async open(target: string): Promise<FaultyEndpoint> {
    const endpoint = new FaultyEndpoint()
    endpoint.#gate = await Gate.open(target, (body, outgoing) => endpoint.#spoils(body, outgoing))
    return endpoint
  }

  /** What requests pass through that are not spoiled; it can hold them back. */
  get gate(): Gate {
    return this.#gate!
  }

  /** Its base URL, the same for as long as it is open. */
  get url(): string {
    return this.gate.url
  }

  /** How many requests each fault has met; of `gone` how often it was so. */
  get counts(): ReadonlyMap<EndpointFault, number> {
    return this.#counts
  }

  /** Requests met by any fault so far. */
  get spoiled(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Every request is refused with 429. */
  storm429({ retryAfter, as = 'seconds' }: StormOptions): void {
    this.#begin('storm429', (outgoing) => {
      if (retryAfter !== null) {
        const date = new Date(Date.now() + retryAfter * 1000).toUTCString()
        outgoing.setHeader('retry-after', as === 'seconds' ? String(retryAfter) : date)
      }
      refuse(outgoing, 429, 'too many requests')
    })
  }

  /** Every request is answered with 500. */
  errors500(): void {
    this.#begin('errors500', (outgoing) => refuse(outgoing, 500, 'something broke'))
  }

  /** Requests are taken and never answered; their connections break when this ends. */
  hang(): void {
    this.#begin('hang', (outgoing) => {
      this.#hanging.add(outgoing)
      outgoing.once('close', () => this.#hanging.delete(outgoing))
    })
  }

  /** Answers end in the middle. */
  cut(): void {
    this.#begin('cut', (outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 * HALF.length })
      outgoing.write(HALF, () => outgoing.destroy())
    })
  }

  /** Answers are no JSON, or no chat completions. */
  malformed(): void {
    this.#begin('malformed', (outgoing, nth) => {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(MALFORMED[nth % MALFORMED.length])
    })
  }

  /** Nobody listens any more. */
  async gone(): Promise<void> {
    this.#end()
    this.#count('gone')
    await this.gate.vanish()
  }

  /** Requests are refused with 401. @param model those for this one only; for any where left out */
  wrongKey(model?: string): void {
    this.#begin('wrongKey', (outgoing) => refuse(outgoing, 401, 'incorrect API key'), model)
  }

  /** All is well again. */
  async heal(): Promise<void> {
    this.#end()
    await this.gate.appear()
  }

  async close(): Promise<void> {
    this.#end()
    await this.gate.close()
  }

  #begin(
    fault: EndpointFault,
    answer: (outgoing: ServerResponse, nth: number) => void,
    onlyModel?: string,
  ): void {
    this.#end()
    this.#spoil = (model, outgoing) => {
      if (onlyModel !== undefined && model !== onlyModel) return false
      answer(outgoing, this.#count(fault))
      return true
    }
  }

  #end(): void {
    this.#spoil = null
    for (const outgoing of this.#hanging) outgoing.destroy()
  }

  /** @returns how many there were before */
  #count(fault: EndpointFault): number {
    const before = this.#counts.get(fault) ?? 0
    this.#counts.set(fault, before + 1)
    return before
  }

  #spoils(body: Buffer, outgoing: ServerResponse): boolean {
    return this.#spoil?.(modelIn(body), outgoing) ?? false
  }
}

function modelIn(body: Buffer): string {
  try {
    return String((JSON.parse(body.toString('utf8')) as { model?: unknown }).model)
  } catch {
    return ''
  }
}

function refuse(outgoing: ServerResponse, status: number, message: string): void {
  outgoing
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { message } }))
}
