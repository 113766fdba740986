/** An analytics engine of a test's own, to be killed: its data outlives it, as it does in life. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type EngineAccess, makeTokens, readToken, tokenFolder } from '../../stack/engine-tokens.ts'
import { freePort } from './free-port.ts'

const MAIN = join(import.meta.dirname, '../../analytics/engine/main.ts')
const START_MS = 60_000

/** An engine; dispose of it. */
export class ToyEngine implements AsyncDisposable {
  readonly url: string
  readonly #port: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'ninefold-engine-'))
  #process: ChildProcess | null = null

  /** Where its tokens lie; null when it wants none. */
  readonly tokens: string | null

  private constructor(port: number, withTokens: boolean) {
    this.#port = port
    this.tokens = withTokens ? tokenFolder(this.#folder) : null
    this.url = `http://127.0.0.1:${port}`
  }

  /** Starts one on a folder of its own. @param withTokens whether it answers only who has one */
  static async start({ withTokens = false } = {}): Promise<ToyEngine> {
    const engine = new ToyEngine(await freePort(), withTokens)
    if (engine.tokens !== null) makeTokens(engine.tokens)
    await engine.restart()
    return engine
  }

  /** Starts it on the data it has. */
  async restart(): Promise<void> {
    this.#process = spawn(process.execPath, this.command, { stdio: 'ignore' })
    const deadline = Date.now() + START_MS
    while (!(await this.#answers())) {
      if (Date.now() > deadline) throw new Error('the engine has not started')
      await sleep(50)
    }
  }

  /** What Node.js is started with. */
  get command(): string[] {
    const tokens = this.tokens === null ? [] : ['--tokens', this.tokens]
    return [MAIN, '--folder', this.#folder, '--port', String(this.#port), ...tokens]
  }

  /** One of its tokens; empty when it wants none. */
  token(access: EngineAccess): string {
    return this.tokens === null ? '' : readToken(this.tokens, access)!
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Asks it to end. @returns exit code and signal. */
  stop(): Promise<unknown[]> {
    return this.#end('SIGTERM')
  }

  /** The rows of a query. */
  async query<T>(database: string, query: string): Promise<T[]> {
    const log = { level: ClickHouseLogLevel.OFF }
    const client = createClient({ url: this.url, database, password: this.token('owner'), log })
    try {
      return await (await client.query({ query, format: 'JSONEachRow' })).json<T>()
    } finally {
      await client.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<unknown[]> {
    const child = this.#process
    if (child === null) return []
    this.#process = null
    const exit = once(child, 'exit')
    child.kill(signal)
    return exit
  }

  async #answers(): Promise<boolean> {
    return fetch(`${this.url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
}
