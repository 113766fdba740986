import { join } from 'node:path'
import type { Completion } from '../schemas/types.ts'
import { type DatabaseSync, inTransaction, openDatabase, type StatementSync } from '../stack/sqlite.ts'
import { FILE, SCHEMA } from './journal.ts'

/** How far each partition was read, and the numbers of the journals whose answers are not kept here, too. */
const OWN_SCHEMA = `
  CREATE TABLE IF NOT EXISTS positions (place TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS relied (journal INTEGER PRIMARY KEY);`

/** A journal rebuilt from `completions`: what this machine has lost, or another one paid for. */
export class RebuiltJournal {
  readonly #database: DatabaseSync
  readonly #position: StatementSync

  constructor(folder: string) {
    this.#database = openDatabase(join(folder, FILE), SCHEMA + OWN_SCHEMA)
    this.#position = this.#database.prepare('SELECT next FROM positions WHERE place = ?')
  }

  /** Up to where a partition of `completions` has been read. */
  positionOf(topic: string, partition: number): number {
    return Number(this.#position.get(`${topic}/${partition}`)?.next ?? 0)
  }

  /**
   * What these journals hold is not kept here, too. Where one that was relied on is gone, whoever deleted it, everything
   * is to be read from the beginning.
   */
  relyOn(journals: ReadonlySet<number>): void {
    const relied = this.#database.prepare('SELECT journal FROM relied').all()
    const isGone = relied.some(({ journal }) => !journals.has(Number(journal)))
    const add = this.#database.prepare('INSERT INTO relied VALUES (?)')
    inTransaction(this.#database, () => {
      if (isGone) this.#database.exec('DELETE FROM positions')
      this.#database.exec('DELETE FROM relied')
      for (const journal of journals) add.run(journal)
    })
  }

  /** Takes in a run of completions; the position moves with them, or not at all. Failed calls answer nothing. */
  add(topic: string, partition: number, completions: readonly Completion[], next: number): void {
    const entry = this.#database.prepare('INSERT INTO entries (completion) VALUES (?)')
    const answer = this.#database.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?)')
    const position = this.#database.prepare('INSERT OR REPLACE INTO positions VALUES (?, ?)')
    inTransaction(this.#database, () => {
      for (const completion of completions) {
        if (completion.status !== 'answered') continue
        const { lastInsertRowid } = entry.run(JSON.stringify(completion))
        answer.run(completion.requestHash, lastInsertRowid)
      }
      position.run(`${topic}/${partition}`, next)
    })
  }

  close(): void {
    this.#database.close()
  }
}
