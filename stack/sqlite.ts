/**
 * SQLite as Node brings it: what this machine remembers between starts (locks, journal, local stores) is kept in
 * it. Commits survive a killed process, readers of other processes never wait for a writer, even a stopped one,
 * and nothing has to be compiled or fetched.
 */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { brokenFile, diskFault, onDisk } from './disk-fault.ts'

export type { DatabaseSync, StatementSync } from 'node:sqlite'

/** How long a statement waits for another process's commit, ms. */
const BUSY_MS = 10_000
/** What every database begins with (https://sqlite.org/fileformat.html#the_database_header). */
const HEADER_BYTES = 100

/** `node:sqlite` without the warning that it is experimental: it would be on every user's screen. */
export function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

/**
 * Opens a database for this process to write, in write-ahead mode: a commit is one append, safe against a killed
 * process. A machine that loses power may lose the last commits, never the database.
 * @throws {DiskFault}
 */
export function openDatabase(path: string, schema: string): DatabaseSync {
  return onDisk(path, () => {
    mkdirSync(dirname(path), { recursive: true })
    refuseCutOff(path)
    const { DatabaseSync } = loadSqlite()
    const database = new DatabaseSync(path, { timeout: BUSY_MS })
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;')
    database.exec(schema)
    return database
  })
}

/**
 * SQLite takes a file that has lost all but its first bytes for a new database, and deletes the log of commits beside
 * it. An empty one without a log is new indeed: its first page is written before there is a log.
 */
function refuseCutOff(path: string): void {
  const bytesOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? null
  const bytes = bytesOf(path)
  if (bytes === null || bytes >= HEADER_BYTES || (bytes === 0 && !bytesOf(`${path}-wal`))) return
  throw brokenFile(path, new Error(`it is cut off after ${bytes} bytes`))
}

/** Opens another process's database for reading. */
export function openForReading(path: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite()
  return new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
}

interface Brackets {
  readonly begin: StatementSync
  readonly commit: StatementSync
}

/** Each database's statements around a transaction: a journal runs thousands a second. */
const brackets = new WeakMap<DatabaseSync, Brackets>()

function bracketsOf(database: DatabaseSync): Brackets {
  const known = brackets.get(database)
  if (known !== undefined) return known
  const made = { begin: database.prepare('BEGIN IMMEDIATE'), commit: database.prepare('COMMIT') }
  brackets.set(database, made)
  return made
}

/** Runs the writes in one transaction: all of them, or none when one throws. @throws {DiskFault} for a full disk */
export function inTransaction(database: DatabaseSync, writes: () => void): void {
  const { begin, commit } = bracketsOf(database)
  try {
    begin.run()
    writes()
    commit.run()
  } catch (error) {
    // A full disk has rolled it back already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw diskFault(error, database.location()) ?? error
  }
}
