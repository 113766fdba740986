/**
 * The monitor's HTTP side: a few paths, read only, no login. It takes requests that were meant for it, and nothing of
 * what they hold.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MonitorAddress } from '../config/types.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import { isMeantFor } from '../stack/request-host.ts'

/** What a path answers. */
export interface Page {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** Pages by path, made when they are asked for. */
export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>

/** A server that listens. */
export interface MonitorServer {
  /** Where it listens, e.g. `http://127.0.0.1:9464`. */
  readonly url: string
  /** The wanted port where another one had to be taken; else null. */
  readonly taken: number | null
  close(): Promise<void>
}

/** A client that takes longer to ask is cut off, ms. */
const REQUEST_TIMEOUT_MS = 10_000
const MOST_CONNECTIONS = 64
/** How many ports are tried from the wanted one on: as many workers may run on one machine. */
const MOST_PORTS = 256
const HIGHEST_PORT = 65_535
const TEXT = 'text/plain; charset=utf-8'

/**
 * Listens; where the port is taken, at the next free one.
 * @throws {NinefoldError} `NF_MONITOR_PORT` when none is free or the address is not this machine's.
 */
export async function startMonitorServer(address: MonitorAddress, pages: Pages): Promise<MonitorServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    // The body, should there be one, is not read.
    request.resume()
    answer(request, address.host, pages).then(
      (page) => send(request, response, page),
      (error) => send(request, response, refusal(500, `This could not be told: ${messageOf(error)}`)),
    )
  })
  server.maxConnections = MOST_CONNECTIONS
  await listenFrom(server, address)
  const { address: ip, port, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${ip}]` : ip}:${port}`,
    taken: address.port === 0 || address.port === port ? null : address.port,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

async function answer(request: IncomingMessage, listensAt: string, pages: Pages): Promise<Page> {
  if (!isMeantFor(listensAt, request)) {
    return refusal(403, 'Not under this name. Ask by address, e.g. 127.0.0.1, and from no web page.')
  }
  const path = (request.url ?? '/').split('?', 1)[0]!
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined
  if (page === undefined) return refusal(404, `There are ${Object.keys(pages).join(', ')}.`)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'Use GET.')
  return page()
}

function refusal(status: number, text: string): Page {
  return { status, contentType: TEXT, body: `${text}\n` }
}

function send({ method, complete }: IncomingMessage, response: ServerResponse, page: Page): void {
  if (response.destroyed) return
  const { status, contentType, body } = page
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    // The rest of a body nobody reads is not waited for.
    ...(complete ? {} : { connection: 'close' }),
  })
  response.end(method === 'HEAD' ? undefined : body)
}

async function listenFrom(server: Server, { host, port }: MonitorAddress): Promise<void> {
  const last = port === 0 ? 0 : Math.min(HIGHEST_PORT, port + MOST_PORTS - 1)
  for (let tried = port; ; tried++) {
    try {
      await listen(server, host, tried)
      return
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'EADDRINUSE' && tried < last) continue
      throw new NinefoldError(
        'NF_MONITOR_PORT',
        `the monitor cannot listen at ${host}:${port} (${code ?? message})`,
        'Choose another port with --monitor or `monitor.port` (0 = any free one), or an address of this machine.',
        { cause: error },
      )
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
