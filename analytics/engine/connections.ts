/**
 * Queries on one data folder. A connection runs one query after the other, and what was set on it stays set: each
 * query has a connection of its own, unless it belongs to a session.
 */
import { identifier, literal } from '../sql/tokens.ts'
import type { Chdb, Connection } from './chdb.ts'
import { EngineError } from './failures.ts'
import type { EngineRequest } from './request.ts'
import { RunningQueries } from './running-queries.ts'

/** What a query may use and see. */
export type QuerySetup = Pick<
  EngineRequest,
  'queryId' | 'database' | 'settings' | 'isReadonly' | 'session'
> & {
  /** By which it can be killed. */
  readonly mark: string
}

interface HeldSession {
  readonly connection: Connection
  isBusy: boolean
  /** Ends it when nobody has come for as long as it was asked to wait. */
  timer: NodeJS.Timeout | undefined
}

/** Opens connections, and lets only so many queries run at once. */
export class Connections {
  readonly #chdb: Chdb
  readonly #atOnce: number
  readonly #waiting: (() => void)[] = []
  readonly #running = new RunningQueries()
  readonly #sessions = new Map<string, HeldSession>()
  #active = 0

  /** @param atOnce queries at the same time, below the number of threads there are; further ones wait */
  constructor(chdb: Chdb, atOnce: number) {
    this.#chdb = chdb
    this.#atOnce = atOnce
  }

  /**
   * Runs something on a connection that is set up for it.
   * @throws what ClickHouse says against the setup; {EngineError} 216 while another query of the same id runs, or waits.
   */
  async with<T>(setup: QuerySetup, run: (connection: Connection) => Promise<T>): Promise<T> {
    using _query = this.#running.begin(setup.queryId)
    await this.#turn()
    try {
      const { connection, release } = this.#open(setup)
      try {
        const sql = setupStatements(setup)
        if (sql !== '') await connection.query(sql)
        return await run(connection)
      } finally {
        release()
      }
    } finally {
      // The turn goes from hand to hand, so that nobody comes in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#active--
      else next()
    }
  }

  /** Ends what runs under a mark, soon; what runs no more stays as it is. */
  async kill(mark: string): Promise<void> {
    const connection = this.#chdb.connect()
    // Not SYNC: the query stands in the list until its connection is closed.
    const sql = `KILL QUERY WHERE Settings['log_comment'] = ${literal(mark)} ASYNC`
    await connection.query(sql).finally(() => connection.close())
  }

  /** Ends sessions; nothing may run. */
  close(): void {
    for (const { connection, timer } of this.#sessions.values()) {
      clearTimeout(timer)
      connection.close()
    }
    this.#sessions.clear()
  }

  async #turn(): Promise<void> {
    if (this.#active >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#active++
  }

  #open({ session }: QuerySetup): { connection: Connection; release: () => void } {
    if (session === null) {
      const connection = this.#chdb.connect()
      return { connection, release: () => connection.close() }
    }
    const { id, access, timeoutMs } = session
    const key = `${access} ${id}`
    const held = this.#sessions.get(key) ?? {
      connection: this.#chdb.connect(),
      isBusy: false,
      timer: undefined,
    }
    this.#sessions.set(key, held)
    if (held.isBusy) {
      throw new EngineError(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`)
    }
    held.isBusy = true
    clearTimeout(held.timer)
    const release = () => {
      held.isBusy = false
      held.timer = setTimeout(() => {
        this.#sessions.delete(key)
        held.connection.close()
      }, timeoutMs)
      held.timer.unref()
    }
    return { connection: held.connection, release }
  }
}

function setupStatements({ database, settings, isReadonly, mark }: QuerySetup): string {
  const use = database === null ? [] : [`USE ${identifier(database)}`]
  const wanted = new Map([['log_comment', mark], ...settings])
  const asked = wanted.get('readonly') ?? null
  const readonly = isReadonly && (asked === null || asked === '0') ? '2' : asked
  wanted.delete('readonly')
  const pairs = [...wanted].map(([name, value]) => `${checkedName(name)} = ${literal(value)}`)
  // Readonly last: nothing can be set after it.
  const last = readonly === null ? [] : [`SET readonly = ${literal(readonly)}`]
  return [...use, `SET ${pairs.join(', ')}`, ...last].join('; ')
}

function checkedName(name: string): string {
  if (/^\w+$/.test(name)) return name
  throw new EngineError(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`)
}
