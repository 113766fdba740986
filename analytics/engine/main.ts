/**
 * The analytics engine of the local stack, as a process of its own: one process may hold a data folder, and a query
 * that needs too much memory must not end a worker.
 *
 *   node main.ts --folder <absolute folder> --port <port> [--tokens <folder>]
 *
 * With a folder of tokens only who has one of them is answered.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, NinefoldError } from '../../errors.ts'
import { type EngineTokens, readToken } from '../../stack/engine-tokens.ts'
import { acquireLock } from '../../stack/lock.ts'
import { Chdb, loadChdb } from './chdb.ts'
import { engineConfig } from './config.ts'
import { Connections } from './connections.ts'
import { engineServer } from './server.ts'

const {
  folder,
  port,
  tokens: tokenFolder,
} = parseArgs({
  options: { folder: { type: 'string' }, port: { type: 'string' }, tokens: { type: 'string' } },
  // The stack's mark is an argument, too.
  strict: false,
}).values as { folder: string; port: string; tokens?: string }

/** Below the stack's patience, after which it kills, ms. */
const STOP_MS = 10_000

mkdirSync(folder, { recursive: true })
const lock = acquireLock(join(folder, 'engine.lock'))
if (lock === null) fail(`another engine works on ${folder}, and only one can: stop that one first`)

const configFile = join(folder, 'config.xml')
writeFileSync(configFile, engineConfig())
const args = [`--config-file=${configFile}`, `--users_config=${configFile}`]
const chdb = openData()
const timezone = await askTimezone()
// Queries run on Node's threads; some are left for files and compression.
const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
const connections = new Connections(chdb, Math.max(1, Math.floor(threads * 0.75)))
const server = engineServer({ connections, folder: join(folder, 'under-way'), timezone, tokens: tokensOf() })
server.once('error', (error) => fail(messageOf(error)))
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on 127.0.0.1:${port}`))

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)

/** Lets what runs end for a while: an insert that is cut off would only have to be sent again. */
function stop(): void {
  server.close(() => {
    connections.close()
    chdb.close()
    process.exit(0)
  })
  server.closeIdleConnections()
  // What still runs then is cut off; the data is safe at any moment.
  setTimeout(() => process.exit(0), STOP_MS).unref()
}

function openData(): Chdb {
  try {
    return new Chdb(loadChdb(), join(folder, 'data'), args)
  } catch (error) {
    return fail(error instanceof NinefoldError ? `${error.message}\n${error.remedy}` : messageOf(error))
  }
}

/** It would rather not start than answer everybody. */
function tokensOf(): EngineTokens | null {
  if (tokenFolder === undefined) return null
  const [owner, reader] = [readToken(tokenFolder, 'owner'), readToken(tokenFolder, 'reader')]
  if (owner === null || reader === null) fail(`the tokens in ${tokenFolder} are gone`)
  return { owner, reader }
}

async function askTimezone(): Promise<string> {
  const connection = chdb.connect()
  const { bytes } = await connection.query('SELECT timezone()')
  connection.close()
  return Buffer.from(bytes).toString().trim()
}

function fail(what: string): never {
  console.error(what)
  process.exit(1)
}
