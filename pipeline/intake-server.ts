/**
 * Takes questions over HTTP: `POST /questions` with JSON lines. A request is answered when the broker has its
 * questions, never before: who got no answer sends it again, and what was known already costs nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, NinefoldError } from '../errors.ts'
import { readBody, sendJson } from '../simulate/http-json.ts'
import { isBatchName } from '../sources/batch-name.ts'
import type { LineProblem } from '../sources/line-problem.ts'
import { parseQuestions } from '../sources/read-questions.ts'
import { IntakeWriter } from './intake-writer.ts'
import type { RecordSink } from './publish.ts'

/** How to serve. */
export interface IntakeServerOptions {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  /** What a request must carry. */
  readonly token: string
  /** Longest body, bytes. */
  readonly maxBodyBytes: number
  /** Where the questions go; belongs to the server from now on. */
  readonly sink: RecordSink
  /** The batch of requests that name none. */
  readonly batch: string
  /** The source of questions that name none. */
  readonly source?: string
  /** Told what went wrong on this side. */
  onFailure(message: string): void
}

/** A server that listens. */
export interface IntakeServer {
  readonly url: string
  /** Takes no new requests, and ends when those under way have been answered. */
  close(): Promise<void>
}

/** Requests whose bodies are held at once; more are told to come again. */
const MOST_REQUESTS = 16
const RETRY_AFTER_S = '1'
/** Problems an answer names. */
const MOST_PROBLEMS = 1_000
/** A client that takes longer to send its request is cut off, ms. */
const REQUEST_TIMEOUT_MS = 60_000

/** Listens. @throws {NinefoldError} `NF_SERVE_PORT` when the address is taken or is not this machine's. */
export async function startIntakeServer(options: IntakeServerOptions): Promise<IntakeServer> {
  let underWay = 0
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, async (request, response) => {
    underWay++
    try {
      const reply = await answer(request, options, underWay)
      // The rest of a body nobody reads is not waited for.
      if (!request.complete) response.setHeader('connection', 'close')
      send(response, reply)
    } catch (error) {
      if (request.errored === null) options.onFailure(messageOf(error))
      send(response, unavailable('The questions could not be written. Send the request again.'))
    } finally {
      underWay--
    }
  })
  await listen(server, options)
  const { address, port, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/questions`,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      })
      await options.sink.close()
    },
  }
}

interface Reply {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

async function answer(
  request: IncomingMessage,
  options: IntakeServerOptions,
  underWay: number,
): Promise<Reply> {
  if (!isAllowed(request, options.token)) {
    const headers = { 'www-authenticate': 'Bearer' }
    return refusal(401, 'Send the token: "Authorization: Bearer …".', headers)
  }
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (url?.pathname !== '/questions') return refusal(404, 'Questions go to POST /questions.')
  if (request.method !== 'POST') return refusal(405, 'Use POST.', { allow: 'POST' })
  const coding = request.headers['content-encoding'] ?? 'identity'
  if (coding !== 'identity') return refusal(415, 'Send the body as it is, without content-encoding.')
  if (underWay > MOST_REQUESTS) return unavailable('Too many requests at once. Send this one again.')
  const tooLong = refusal(413, `A body may have ${options.maxBodyBytes} bytes. Send fewer questions at once.`)
  if (Number(request.headers['content-length'] ?? 0) > options.maxBodyBytes) return tooLong
  const body = await readBody(request, options.maxBodyBytes)
  return body === null ? tooLong : await take(body, url.searchParams, options)
}

/** Loads the questions of a body, and says what came of each bad line. */
async function take(body: Buffer, query: URLSearchParams, options: IntakeServerOptions): Promise<Reply> {
  const batch = query.get('batch') ?? options.batch
  if (!isBatchName(batch)) return refusal(400, 'The batch has no name that can be shown. Give ?batch=NAME.')
  const problems: LineProblem[] = []
  // Not disposed of: the sink is the server's.
  const writer = new IntakeWriter(options.sink)
  const items = parseQuestions(piecesOf(body), 'body', { batch, source: options.source })
  const { loaded, bad } = await writer.write(items, (problem) => problems.push(problem))
  if (loaded === 0 && bad === 0) return refusal(400, 'The body is empty. Send one JSON question a line.')
  return {
    status: loaded > 0 ? 202 : 422,
    body: { batch, loaded, bad, problems: problems.slice(0, MOST_PROBLEMS).map(told) },
  }
}

async function* piecesOf(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body
}

function told({ severity, line, what, remedy }: LineProblem) {
  return { severity, line, what, remedy }
}

/** Compared by hashes, so that the time it takes says nothing about the token. */
function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function refusal(status: number, error: string, headers?: Reply['headers']): Reply {
  return { status, body: { error }, headers }
}

function unavailable(error: string): Reply {
  return refusal(503, error, { 'retry-after': RETRY_AFTER_S })
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  if (!response.destroyed) sendJson(response, status, body, headers)
}

async function listen(server: Server, { host, port }: IntakeServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  }).catch((error: NodeJS.ErrnoException) => {
    throw new NinefoldError(
      'NF_SERVE_PORT',
      `nothing can listen at ${host}:${port} (${error.code ?? error.message})`,
      'Choose another port with --port (0 = any free one), or an address of this machine with --host.',
      { cause: error },
    )
  })
}
