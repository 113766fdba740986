/** The analytics engine: embedded ClickHouse in a process of our own, spoken to through ClickHouse's HTTP interface. */
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NinefoldError } from '../errors.ts'
import type { Component, ComponentSettings } from './component.ts'
import { makeTokens, tokenFolder } from './engine-tokens.ts'
import { markOf } from './orphans.ts'

const MAIN = new URL(`../analytics/engine/main${extname(import.meta.url)}`, import.meta.url)

/** Each query takes one of Node's threads; waiting ones cost nothing. */
const THREADS = 32

/** The address of the engine's HTTP interface at this port. */
export function clickhouseUrlAt(port: number): string {
  return `http://127.0.0.1:${port}`
}

/** ClickHouse as a part of the stack. */
export function clickhouseComponent({ dataDir, ports }: ComponentSettings): Component {
  const port = ports.clickhouse
  const folder = join(dataDir, 'clickhouse')
  const logFile = join(dataDir, 'logs', 'clickhouse.log')
  return {
    name: 'clickhouse',
    address: clickhouseUrlAt(port),
    dataFolder: folder,
    logFile,
    listens: 'listening on 127.0.0.1:',
    async prepare() {
      checkLibrary()
      mkdirSync(folder, { recursive: true })
      makeTokens(tokenFolder(dataDir))
    },
    command: async () => ({
      command: process.execPath,
      // The mark is no option of the engine's, whatever its folder is named; and never the last argument.
      args: [
        fileURLToPath(MAIN),
        '--folder',
        folder,
        '--port',
        String(port),
        '--tokens',
        tokenFolder(dataDir),
        '--',
        markOf(dataDir),
        'engine',
      ],
      cwd: folder,
      env: { UV_THREADPOOL_SIZE: String(THREADS) },
      logFile,
    }),
    isReady: () => answersPing(port),
  }
}

/** @throws {NinefoldError} NF_CLICKHOUSE_LIBRARY where the embedded engine was not built for this machine. */
function checkLibrary(): void {
  const library = `@chdb/lib-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`
  try {
    const chdb = createRequire(import.meta.url).resolve('chdb')
    createRequire(chdb).resolve(library)
  } catch {
    throw new NinefoldError(
      'NF_CLICKHOUSE_LIBRARY',
      `the embedded ClickHouse is not installed: the package ${library} is missing`,
      'Install with optional packages (npm install --include=optional). On a platform it is not built for, name a server in ninefold.yaml, `clickhouse: { url: ... }`, or go without analytics: `clickhouse: false`.',
    )
  }
}

async function answersPing(port: number): Promise<boolean> {
  try {
    const response = await fetch(`${clickhouseUrlAt(port)}/ping`, { signal: AbortSignal.timeout(2000) })
    return response.ok && (await response.text()) === 'Ok.\n'
  } catch {
    return false
  }
}
