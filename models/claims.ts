/**
 * Calls that a worker makes though others may need them, too, in a file beside its journal: whoever works on the
 * partitions next, on this machine, or on another edition, waits for what comes of them in place of paying for the same.
 *
 * A claim holds as long as its worker lives, which the slot's lock tells, and goes on, which a number tells that is
 * counted up meanwhile: a stopped process keeps its lock, and is not waited for. There is no file before there is a claim.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isLocked } from '../stack/lock.ts'
import {
  type DatabaseSync,
  inTransaction,
  openDatabase,
  openForReading,
  type StatementSync,
} from '../stack/sqlite.ts'

const FILE = 'claims.db'
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS claims (request TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS beats (id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
  INSERT OR IGNORE INTO beats VALUES (1, 0);`

/** How often a worker with claims says that it goes on, ms. */
const BEAT_MS = 1_000

/** A worker's own claims. */
export class Claims {
  readonly #path: string
  readonly #requests = new Set<string>()
  /** Those that are claimed before this turn of the event loop ends. */
  readonly #coming = new Set<string>()
  /** Resolves once those are written. */
  #written: Promise<void> | null = null
  readonly #fault: (error: unknown) => void
  #database: DatabaseSync | null = null
  #ended: string[] = []
  #beating: NodeJS.Timeout | null = null

  /**
   * @param folder the journal's: held by one process at a time. What a dead one has claimed there is claimed no more.
   * @param fault told why something could not be claimed after all
   */
  constructor(folder: string, fault: (error: unknown) => void = () => {}) {
    this.#path = join(folder, FILE)
    this.#fault = fault
    if (existsSync(this.#path)) this.#opened().exec('DELETE FROM claims')
  }

  /** Claims these; others see it once this returns. @throws {DiskFault} */
  add(requests: Iterable<string>): void {
    const fresh = [...new Set(requests)].filter((request) => !this.#requests.has(request))
    if (fresh.length === 0) return
    const database = this.#opened()
    const insert = database.prepare('INSERT OR IGNORE INTO claims VALUES (?)')
    inTransaction(database, () => {
      for (const request of fresh) insert.run(request)
    })
    for (const request of fresh) this.#requests.add(request)
    // Asked again before it was removed.
    this.#ended = this.#ended.filter((request) => !this.#requests.has(request))
    this.#beating ??= setInterval(() => this.#beat(), BEAT_MS).unref()
  }

  /** Claims this one, together with others of this turn; resolves once others see it, or never will. */
  addSoon(request: string): Promise<void> {
    if (this.#requests.has(request)) return Promise.resolve()
    this.#coming.add(request)
    this.#written ??= new Promise((resolve) => {
      process.nextTick(() => {
        this.#written = null
        this.#addComing()
        resolve()
      })
    })
    return this.#written
  }

  /** A call has ended, claimed or not; its answer, if one came, is in the journal. Others see it soon. */
  end(request: string): void {
    this.#coming.delete(request)
    if (this.#requests.size === 0 || !this.#requests.delete(request)) return
    if (this.#ended.push(request) === 1) setImmediate(() => this.#remove())
  }

  /** Claims nothing any more. */
  close(): void {
    this.#coming.clear()
    this.#ended.push(...this.#requests)
    this.#requests.clear()
    this.#remove()
    if (this.#beating !== null) clearInterval(this.#beating)
    this.#database?.close()
    this.#database = null
  }

  #addComing(): void {
    try {
      this.add(this.#coming)
    } catch (error) {
      this.#fault(error)
    }
    this.#coming.clear()
  }

  #opened(): DatabaseSync {
    if (this.#database !== null) return this.#database
    const database = openDatabase(this.#path, SCHEMA)
    // A claim means nothing once its process is gone: the disk need not have it, and the log of commits stays short.
    database.exec('PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 100;')
    this.#database = database
    return database
  }

  /** What cannot be removed for want of room is with the next beat; by then others have ceased to wait for it. */
  #remove(): void {
    if (this.#database === null || this.#ended.length === 0) return
    const remove = this.#database.prepare('DELETE FROM claims WHERE request = ?')
    try {
      inTransaction(this.#database, () => {
        for (const request of this.#ended) remove.run(request)
      })
    } catch {
      return
    }
    this.#ended = []
    if (this.#requests.size > 0 || this.#beating === null) return
    clearInterval(this.#beating)
    this.#beating = null
  }

  #beat(): void {
    try {
      this.#database?.exec('UPDATE beats SET count = count + 1')
    } catch {
      // Without room: others take this worker to stand still, and make the calls themselves.
    }
    this.#remove()
  }
}

/** The claims of another worker of this machine. */
export class ClaimsElsewhere {
  readonly #database: DatabaseSync
  readonly #lock: string
  readonly #has: StatementSync
  readonly #count: StatementSync

  private constructor(database: DatabaseSync, lock: string) {
    this.#database = database
    this.#lock = lock
    this.#has = database.prepare('SELECT 1 FROM claims WHERE request = ?')
    this.#count = database.prepare('SELECT count FROM beats')
  }

  /**
   * Opens them; null while there are none.
   * @param folder the other worker's journal
   * @param lock its slot's
   */
  static open(folder: string, lock: string): ClaimsElsewhere | null {
    const path = join(folder, FILE)
    if (!existsSync(path)) return null
    const database = openForReading(path)
    try {
      return new ClaimsElsewhere(database, lock)
    } catch {
      // Its owner has made the file but not yet its tables, so it has claimed nothing yet.
      database.close()
      return null
    }
  }

  /** Whether the worker lives; one that is stopped does. */
  get isAlive(): boolean {
    return isLocked(this.#lock)
  }

  /** Counts up as long as the worker goes on. */
  get beat(): number {
    return Number(this.#count.get()?.count ?? 0)
  }

  has(request: string): boolean {
    return this.#has.get(request) !== undefined
  }

  /** All of them. */
  requests(): string[] {
    const rows = this.#database.prepare('SELECT request FROM claims').all()
    return rows.map(({ request }) => String(request))
  }

  close(): void {
    this.#database.close()
  }
}
