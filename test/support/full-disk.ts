/** A disk that is full for as long as a test says, for what is written through SQLite. */
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite } from '../../stack/sqlite.ts'

/** SQLITE_FULL, as `node:sqlite` throws it. */
const FULL = { code: 'ERR_SQLITE_ERROR', errcode: 13, errstr: 'database or disk is full' }

type Statement = ReturnType<DatabaseSync['prepare']>

/** Makes every write of this process find the disk full, until disposed of. */
export class FullDisk implements Disposable {
  readonly #prototype: Statement
  readonly #run: Statement['run']
  #refused = 0

  constructor() {
    const { DatabaseSync } = loadSqlite()
    const database = new DatabaseSync(':memory:')
    this.#prototype = Object.getPrototypeOf(database.prepare('SELECT 1')) as Statement
    database.close()
    this.#run = this.#prototype.run
    this.#prototype.run = () => {
      this.#refused++
      throw Object.assign(new Error('database or disk is full'), FULL)
    }
  }

  /** How many writes found no room. */
  get refused(): number {
    return this.#refused
  }

  [Symbol.dispose](): void {
    this.#prototype.run = this.#run
  }
}
