/**
 * An endpoint some of whose calls take as long as the test likes: it stands before another one, holds the calls it is
 * told to hold, passes on the others, and remembers of each who made it and how it ended.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The header by which workers say who they are. */
export const WORKER_HEADER = 'x-worker'

/** A call that came. */
export interface SlowCall {
  readonly worker: string
  readonly model: string
  /** The request as it was sent: equal ones are the same call. */
  readonly body: string
  /** `performance.now()`. */
  readonly cameAt: number
  readonly held: boolean
  /** `cut` when who asked has left before there was an answer. */
  state: 'under way' | 'answered' | 'cut'
}

/** A slow endpoint; close it. */
export class SlowEndpoint {
  readonly calls: SlowCall[] = []
  readonly #target: string
  readonly #server: Server
  #toHold = 0
  #held: (() => void)[] = []

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  /** One before the endpoint at this address. */
  static async open(target: string): Promise<SlowEndpoint> {
    const endpoint = new SlowEndpoint(target)
    endpoint.#server.listen(0, '127.0.0.1')
    await once(endpoint.#server, 'listening')
    return endpoint
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Holds so many of the calls that come next. */
  hold(count: number): void {
    this.#toHold = count
  }

  /** Calls that are held now. */
  get held(): number {
    return this.#held.length
  }

  /** Lets all go that are held. */
  release(): void {
    this.#toHold = 0
    for (const release of this.#held.splice(0)) release()
  }

  /** Calls that were made although an equal one had been answered, or was under way. */
  get repeated(): SlowCall[] {
    const seen = new Set<string>()
    return this.calls.filter(({ body }) => seen.size === seen.add(body).size)
  }

  /** Calls of a state. */
  in(state: SlowCall['state']): SlowCall[] {
    return this.calls.filter((call) => call.state === state)
  }

  async close(): Promise<void> {
    this.release()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cameAt = performance.now()
    const body = Buffer.concat(await request.toArray()).toString()
    const held = this.#toHold > 0
    if (held) this.#toHold--
    const { model } = JSON.parse(body) as { model: string }
    const worker = String(request.headers[WORKER_HEADER])
    const call: SlowCall = { worker, model, body, cameAt, held, state: 'under way' }
    this.calls.push(call)
    response.once('close', () => {
      call.state = response.writableFinished ? 'answered' : 'cut'
    })
    if (held) await new Promise<void>((resolve) => this.#held.push(resolve))
    if (response.destroyed) return
    const answer = await fetch(new URL(request.url ?? '/', this.#target), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  }
}
