/**
 * ClickHouse's HTTP interface on loopback, in front of the embedded engine: the official client and any tool that
 * speaks HTTP to ClickHouse can connect.
 *
 * Data of inserts comes, and rows of answers go, through files beside the engine's own. chdb would take inline data
 * only up to its first empty line, hand out answers whole and in memory, and plan a streamed query on the thread that
 * all requests share. An answer is complete before its first byte is sent, so a failure always has its status.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { EngineTokens } from '../../stack/engine-tokens.ts'
import { isLocalRequest } from '../../stack/request-host.ts'
import { receive } from './body.ts'
import type { Outcome } from './chdb.ts'
import type { Connections } from './connections.ts'
import { failureOf } from './failures.ts'
import { sendFailure, sendRows, sendText } from './reply.ts'
import { type EngineRequest, readRequest } from './request.ts'

/** Above the two and a half seconds after which ClickHouse's client lets go of a connection by itself. */
const KEEP_ALIVE_MS = 10_000

/** What the server works with. */
export interface EngineSettings {
  readonly connections: Connections
  /** For data and answers under way; emptied. */
  readonly folder: string
  readonly timezone: string
  /** Who may ask; null = every process of this machine. */
  readonly tokens: EngineTokens | null
}

/** Starts nothing by itself: `listen` on it. */
export function engineServer(settings: EngineSettings): Server {
  rmSync(settings.folder, { recursive: true, force: true })
  mkdirSync(settings.folder, { recursive: true })
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    response.setHeader('X-ClickHouse-Server-Display-Name', 'ninefold')
    response.setHeader('X-ClickHouse-Timezone', settings.timezone)
    answer(request, response, settings).catch((error) => {
      // What is left of the body would be taken for the next request.
      if (!request.complete && !response.headersSent) response.setHeader('Connection', 'close')
      request.resume()
      sendFailure(response, failureOf(error))
    })
  })
  // A query may take as long as it takes, and so may its data.
  server.requestTimeout = 0
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  settings: EngineSettings,
): Promise<void> {
  if (!isLocalRequest(request)) return sendText(response, 403, 'Requests of web pages are not answered.\n')
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname === '/ping' || pathname === '/replicas_status') return sendText(response, 200, 'Ok.\n')
  if (pathname !== '/') return sendText(response, 404, `There is no handle ${pathname}\n`)
  if (request.method !== 'POST' && !searchParams.has('query')) return sendText(response, 200, 'Ok.\n')
  const asked = readRequest(request, settings.tokens)
  response.setHeader('X-ClickHouse-Query-Id', asked.queryId ?? randomUUID())
  await run(request, response, asked, settings)
}

async function run(
  request: IncomingMessage,
  response: ServerResponse,
  asked: EngineRequest,
  { connections, folder }: EngineSettings,
): Promise<void> {
  await using received = await receive(request, asked, folder)
  const { statement, dataFile } = received
  const mark = randomUUID()
  const rowsFile = join(folder, mark)
  const mine = [rowsFile, ...(dataFile === null ? [] : [dataFile])]
  const setup = { ...asked, settings: new Map([...asked.settings, ...received.settings]), mark }
  const query = async (sql: string): Promise<Outcome> => {
    // Who has gone while waiting for a turn wants nothing any more; data that has come is inserted all the same.
    if (response.destroyed && dataFile === null) throw new Error('the client has gone')
    return connections.with(setup, (connection) => connection.query(sql, asked.defaultFormat))
  }
  try {
    if (statement.kind === 'rows') {
      const gone = () => void connections.kill(mark).catch(() => {})
      response.once('close', gone)
      const outcome = await query(statement.into(rowsFile, asked.defaultFormat))
      response.off('close', gone)
      const format = statement.format ?? asked.defaultFormat
      await sendRows(request, response, rowsFile, { ...asked, format, outcome, isInsert: false })
      return
    }
    const outcome = await query(statement.sql)
    const format = statement.format ?? asked.defaultFormat
    await sendRows(request, response, outcome.bytes, {
      ...asked,
      format,
      outcome,
      isInsert: dataFile !== null,
    })
  } catch (error) {
    sendFailure(response, failureOf(error, mine))
  } finally {
    await rm(rowsFile, { force: true })
  }
}
