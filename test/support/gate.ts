/** A gate before an endpoint: counts what it lets through, and can be shut, so that a test knows what is under way. */
import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** How often a pace lets requests through, ms, and how much it may make up for at once. */
const PACE_MS = 10
const BURST_SECONDS = 0.25

/**
 * Answers a request in the endpoint's place.
 * @returns whether it has; the endpoint never hears of the request then
 */
export type Instead = (body: Buffer, outgoing: ServerResponse) => boolean

/** A gate; close it. */
export class Gate {
  readonly #target: URL
  readonly #instead: Instead
  readonly #server: Server
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1_024 })
  readonly #held = new Set<() => void>()
  readonly #sockets = new Set<Socket>()
  /** Answers that have come while the gate is being hushed. */
  #kept: (() => void)[] = []
  #onQuiet: (() => void) | null = null
  #shut = false
  /** Requests that may pass now, where a pace is set. */
  #credit = 0
  #lastIsNext = true
  #pace: NodeJS.Timeout | null = null
  #forwarded = 0
  #underWay = 0

  #port = 0

  private constructor(target: string, instead: Instead) {
    this.#target = new URL(target)
    this.#instead = instead
    this.#server = createServer((incoming, outgoing) => void this.#arrive(incoming, outgoing))
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** A gate before the endpoint with this base URL. */
  static async open(target: string, instead: Instead = () => false): Promise<Gate> {
    const gate = new Gate(target, instead)
    await gate.appear()
    return gate
  }

  /** The base URL of the endpoint behind the gate. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#target.pathname}`
  }

  /** Nobody listens at its address any more; what is under way breaks off. */
  async vanish(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  /** Listens at its address, again if it had vanished. */
  async appear(): Promise<void> {
    if (this.#server.listening) return
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Requests let through so far. */
  get forwarded(): number {
    return this.#forwarded
  }

  /** Requests let through and not answered in full. */
  get underWay(): number {
    return this.#underWay
  }

  /** Requests that wait before the gate. */
  get held(): number {
    return this.#held.size
  }

  /** Holds every request from now on. */
  shut(): void {
    this.#shut = true
  }

  /**
   * Holds every request from now on, and every answer too, until the endpoint has answered all it was asked. Then it
   * hands all answers over at once and tells so: from there on whoever asked knows of every answer there is as soon
   * as it has read what has arrived.
   */
  hush(onQuiet: () => void): void {
    this.#shut = true
    this.#onQuiet = onQuiet
    this.#settle()
  }

  /** Lets requests through again, those that wait first. */
  reopen(): void {
    this.#shut = false
    this.#onQuiet = null
    this.#handOver()
    this.#release()
  }

  /** Lets no more than so many requests a second through from now on, evenly; null: as many as come. */
  pace(perSecond: number | null): void {
    if (this.#pace !== null) clearInterval(this.#pace)
    this.#pace = null
    if (perSecond !== null) {
      let last = performance.now()
      this.#pace = setInterval(() => {
        const now = performance.now()
        const most = Math.max(1, perSecond * BURST_SECONDS)
        this.#credit = Math.min(most, this.#credit + (perSecond * (now - last)) / 1_000)
        last = now
        this.#release()
      }, PACE_MS)
    }
    this.#release()
  }

  /** Breaks off the connections from these ports; what waits on them before the gate is never asked. */
  drop(ports: ReadonlySet<number>): void {
    for (const socket of this.#sockets) if (ports.has(socket.remotePort ?? 0)) socket.destroy()
  }

  async close(): Promise<void> {
    this.pace(null)
    this.#agent.destroy()
    if (this.#server.listening) await this.vanish()
  }

  async #arrive(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const parts = await incoming.toArray().catch(() => null)
    if (parts === null) return
    const body = Buffer.concat(parts)
    if (this.#instead(body, outgoing)) return
    // Who has left, by then perhaps killed, does not ask any more; a connection is broken before anybody is told so.
    const forward = (): void => {
      if (!incoming.socket.destroyed) this.#forward(incoming, body, outgoing)
    }
    this.#held.add(forward)
    outgoing.once('close', () => this.#held.delete(forward))
    this.#release()
  }

  /** Forwards what waits, as far as it may. */
  #release(): void {
    if (this.#shut) return
    if (this.#pace === null) for (const forward of this.#held) this.#let(forward)
    else this.#releaseSome()
  }

  /**
   * The last come and the first in turn: behind a long queue of others a worker that has just been started would hear
   * nothing for minutes.
   */
  #releaseSome(): void {
    if (this.#credit < 1) return
    const waiting = [...this.#held]
    for (; this.#credit >= 1 && waiting.length > 0; this.#credit--) {
      this.#let((this.#lastIsNext ? waiting.pop() : waiting.shift())!)
      this.#lastIsNext = !this.#lastIsNext
    }
  }

  #let(forward: () => void): void {
    this.#held.delete(forward)
    forward()
  }

  #forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
    const { method, url, headers } = incoming
    this.#forwarded++
    this.#underWay++
    const onward = request(
      {
        host: this.#target.hostname,
        port: this.#target.port,
        agent: this.#agent,
        method,
        path: url,
        headers,
      },
      (answer) => void this.#answer(answer, outgoing),
    )
    onward.on('error', () => outgoing.destroy())
    outgoing.once('close', () => {
      this.#underWay--
      onward.destroy()
      this.#settle()
    })
    onward.end(body)
  }

  async #answer(answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await answer.toArray().catch(() => null)
    if (body === null) {
      outgoing.destroy()
      return
    }
    this.#kept.push(() =>
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(body)),
    )
    if (this.#onQuiet === null) this.#handOver()
    else this.#settle()
  }

  /** Quiet is when every request let through has its answer here. */
  #settle(): void {
    const onQuiet = this.#onQuiet
    if (onQuiet === null || this.#kept.length < this.#underWay) return
    this.#onQuiet = null
    this.#handOver()
    onQuiet()
  }

  #handOver(): void {
    for (const answer of this.#kept.splice(0)) answer()
  }
}
