/**
 * A lock held by a process on a file, released by the kernel when the process dies, however it dies.
 *
 * It is an exclusive SQLite transaction that is never committed: SQLite locks through fcntl, so there is no
 * pid inside the file that could go stale, and a second process finds the lock free the moment a kill -9 has
 * taken the first. Node has no flock of its own, and a lock file that is only created cannot tell a live
 * owner from a dead one.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NinefoldError } from '../errors.ts'
import { diskFault, onDisk } from './disk-fault.ts'
import { type DatabaseSync, loadSqlite } from './sqlite.ts'

/** A lock that is held; it ends with `release()`, at the end of a `using` block, or with the process. */
export interface Lock extends Disposable {
  readonly path: string
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Takes the lock on `path` (made if it does not exist, never deleted: a deleted lock file could be locked
 * twice), or returns null at once when another process, or this one, holds it.
 */
export function acquireLock(path: string): Lock | null {
  const database = onDisk(path, () => {
    mkdirSync(dirname(path), { recursive: true })
    const { DatabaseSync } = loadSqlite()
    return new DatabaseSync(path, { timeout: 0 })
  })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null
    throw diskFault(error, path) ?? error
  }
  return heldLock(path, database)
}

/** Keeps what is held from the garbage collector, which would close a database nobody refers to any more. */
const held = new Set<DatabaseSync>()

function heldLock(path: string, database: DatabaseSync): Lock {
  held.add(database)
  const release = () => {
    if (held.delete(database)) database.close()
  }
  return { path, release, [Symbol.dispose]: release }
}

/** Whether a process holds the lock on `path`. To find out it is taken for a moment: who tries just then waits, or goes on. */
export function isLocked(path: string): boolean {
  const lock = acquireLock(path)
  lock?.release()
  return lock === null
}

/** How long `waitForLock` waits, and whom it tells that it waits. */
export interface LockWait {
  timeoutMs: number
  /** Called once, when the lock is found taken. */
  onWait?: () => void
}

/** Takes the lock, waiting for its owner; `NF_LOCK_TIMEOUT` when the owner keeps it for `timeoutMs`. */
export async function waitForLock(path: string, { timeoutMs, onWait }: LockWait): Promise<Lock> {
  const deadline = performance.now() + timeoutMs
  let told = false
  for (;;) {
    const lock = acquireLock(path)
    if (lock) return lock
    if (performance.now() > deadline) {
      throw new NinefoldError(
        'NF_LOCK_TIMEOUT',
        `Another process has held ${path} for more than ${Math.round(timeoutMs / 1000)} s.`,
        `Find it with "fuser ${path}" (or lsof) and end it, then try again.`,
      )
    }
    if (!told) onWait?.()
    told = true
    await sleep(100)
  }
}
