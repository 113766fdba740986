/** A disk that is full for as long as a test says, for what is written through SQLite. */
import { loadSqlite, type StatementSync } from '../../stack/sqlite.ts'

/** SQLITE_FULL, as `node:sqlite` throws it. */
const FULL = { code: 'ERR_SQLITE_ERROR', errcode: 13, errstr: 'database or disk is full' }

/** The only way SQLite is written here. */
interface Runs {
  run(this: StatementSync, ...values: unknown[]): unknown
}

/** Makes writes of this process find the disk full, until disposed of. */
export class FullDisk implements Disposable {
  readonly #statements: Runs
  readonly #run: Runs['run']
  #refused = 0

  /** @param isFull asked before every write; it always is where left out */
  constructor(isFull: () => boolean = () => true) {
    const { StatementSync } = loadSqlite()
    this.#statements = StatementSync.prototype as unknown as Runs
    const { run } = this.#statements
    this.#run = run
    const refuse = (): void => {
      this.#refused++
    }
    this.#statements.run = function (...values) {
      if (!isFull()) return run.apply(this, values)
      refuse()
      throw Object.assign(new Error('database or disk is full'), FULL)
    }
  }

  /** How many writes found no room. */
  get refused(): number {
    return this.#refused
  }

  [Symbol.dispose](): void {
    this.#statements.run = this.#run
  }
}
