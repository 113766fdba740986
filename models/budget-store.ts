/**
 * What an edition has spent, and what is set aside for calls under way: one database a machine, shared by all of
 * its workers.
 *
 * Spent is the sum over distinct payments of the reported cost, or of what was reserved where the cost is
 * unknown. A payment counts once, whether its own worker settles it, or it is met again in a journal or in
 * `completions`; so the database may be deleted, and is made again from the topic. Money is in billionths of a
 * US dollar.
 */
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import type { Completion } from '../schemas/types.ts'
import { waitForLock } from '../stack/lock.ts'
import { type DatabaseSync, inTransaction, openDatabase, type StatementSync } from '../stack/sqlite.ts'
import { roleOf } from './budget-limits.ts'
import { sumOf } from './purses.ts'

/** Spent and set aside, in billionths of a US dollar. */
export interface Spending {
  readonly spent: number
  /** The part of `spent` that stands for calls whose cost was not reported. */
  readonly assumed: number
  /** For calls under way, of all workers of this machine. */
  readonly reserved: number
}

/** A payment as far as the budget minds it. */
export type Payment = Pick<Completion, 'journal' | 'sequence' | 'step' | 'costNanoUsd' | 'atMostNanoUsd'>

/** What a payment counts for: its cost, or what was set aside for it where that is not known. */
export function countedOf({ costNanoUsd, atMostNanoUsd }: Pick<Payment, 'costNanoUsd' | 'atMostNanoUsd'>): {
  readonly spent: number
  readonly assumed: number
} {
  const assumed = costNanoUsd === null ? (atMostNanoUsd ?? 0) : 0
  return { spent: costNanoUsd ?? assumed, assumed }
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sums (role TEXT PRIMARY KEY, spent INTEGER NOT NULL, assumed INTEGER NOT NULL)
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reserved (slot TEXT, role TEXT, nano INTEGER NOT NULL, PRIMARY KEY (slot, role))
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS journals (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS payments (journal INTEGER, sequence INTEGER, PRIMARY KEY (journal, sequence))
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS positions (place TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;`

/** An account of an older form is thrown away, and made again from the topic and the journals. */
const VERSION = 2
const OLDER_FORM = `
  DROP TABLE IF EXISTS totals; DROP TABLE IF EXISTS slots; DROP TABLE IF EXISTS journals;
  DROP TABLE IF EXISTS payments; DROP TABLE IF EXISTS positions;`

/** The first number of a journal that is not among its payments. */
const FIRST_GAP = `
  SELECT min(next) AS next FROM (
    SELECT 0 AS next WHERE NOT EXISTS (SELECT 1 FROM payments WHERE journal = :journal AND sequence = 0)
    UNION ALL
    SELECT sequence + 1 FROM payments AS paid WHERE journal = :journal AND NOT EXISTS
      (SELECT 1 FROM payments WHERE journal = :journal AND sequence = paid.sequence + 1))`

interface Sum {
  readonly role: string
  readonly spent: number
  readonly assumed: number
}

interface Reserved {
  readonly role: string
  readonly reserved: number
}

/** Another worker holds the database for microseconds; one that was stopped in between must not stop all others. */
const BUSY_MS = 500
const OPEN_TIMEOUT_MS = 60_000
const SQLITE_BUSY = 5

/** Whether another process kept the database too long: trying again will do. */
export function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY
}

/** Where this machine keeps the account of an edition. */
export function budgetPath({ dataDir, pipeline, edition }: Config): string {
  return join(dataDir, 'budget', `${pipeline}.${edition}.db`)
}

/** One process's access to the machine's account of an edition. Several may be open at once. */
export class BudgetStore {
  readonly #database: DatabaseSync
  readonly #sums: StatementSync
  readonly #reserved: StatementSync
  readonly #addSums: StatementSync
  readonly #setReserved: StatementSync
  readonly #journal: StatementSync
  readonly #addJournal: StatementSync
  readonly #addPayment: StatementSync
  readonly #journals = new Map<string, number>()

  private constructor(path: string) {
    const database = openDatabase(path, '')
    if (database.prepare('PRAGMA user_version').get()?.user_version !== VERSION) {
      database.exec(`${OLDER_FORM} ${SCHEMA} PRAGMA user_version = ${VERSION};`)
    }
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    this.#database = database
    this.#sums = database.prepare('SELECT role, spent, assumed FROM sums')
    this.#reserved = database.prepare('SELECT role, sum(nano) AS reserved FROM reserved GROUP BY role')
    this.#addSums = database.prepare(
      `INSERT INTO sums VALUES (?, ?, ?) ON CONFLICT (role) DO UPDATE
       SET spent = spent + excluded.spent, assumed = assumed + excluded.assumed`,
    )
    this.#setReserved = database.prepare('INSERT OR REPLACE INTO reserved VALUES (?, ?, ?)')
    this.#journal = database.prepare('SELECT id FROM journals WHERE name = ?')
    this.#addJournal = database.prepare('INSERT OR IGNORE INTO journals (name) VALUES (?)')
    this.#addPayment = database.prepare('INSERT OR IGNORE INTO payments VALUES (?, ?)')
  }

  /** Opens the account, made if it is not there. Two processes that make it at once would disturb each other. */
  static async open(path: string): Promise<BudgetStore> {
    using _lock = await waitForLock(`${path}.lock`, { timeoutMs: OPEN_TIMEOUT_MS })
    return new BudgetStore(path)
  }

  /** What is spent and set aside now, in all. */
  spending(): Spending {
    return sumOf(this.spendings().values())
  }

  /** The same, a role; calls of other steps are found under the name of the step. */
  spendings(): Map<string, Spending> {
    const spendings = new Map<string, Spending>()
    for (const row of this.#sums.all() as unknown as Sum[]) {
      spendings.set(row.role, { spent: row.spent, assumed: row.assumed, reserved: 0 })
    }
    for (const { role, reserved } of this.#reserved.all() as unknown as Reserved[]) {
      spendings.set(role, { ...(spendings.get(role) ?? { spent: 0, assumed: 0 }), reserved })
    }
    return spendings
  }

  /** Does several things as one, before any other process does something. @throws what `isBusy` knows. */
  atomically<T>(changes: () => T): T {
    try {
      let result: T
      inTransaction(this.#database, () => {
        result = changes()
      })
      return result!
    } catch (error) {
      // Journals that were entered just now are not there any more.
      this.#journals.clear()
      throw error
    }
  }

  /** What a slot has set aside for a role from now on. */
  setReserved(slot: string, role: string, reserved: number): void {
    this.#setReserved.run(slot, role, reserved)
  }

  /** Nothing is set aside by this slot any more. */
  freeReserved(slot: string): void {
    this.#database.prepare('DELETE FROM reserved WHERE slot = ?').run(slot)
  }

  /** The other slots that have something set aside. */
  reservingSlots(own: string): string[] {
    const rows = this.#database
      .prepare('SELECT DISTINCT slot FROM reserved WHERE nano > 0 AND slot <> ?')
      .all(own)
    return rows.map(({ slot }) => String(slot))
  }

  /** Counts payments, those that are counted already excepted. To be called within `atomically`. */
  count(payments: Iterable<Payment>): void {
    const added = new Map<string, { spent: number; assumed: number }>()
    for (const payment of payments) {
      const { journal, sequence, step } = payment
      if (this.#addPayment.run(this.#journalId(journal), sequence).changes === 0) continue
      const sum = added.get(roleOf(step)) ?? { spent: 0, assumed: 0 }
      added.set(roleOf(step), sum)
      const { spent, assumed } = countedOf(payment)
      sum.spent += spent
      sum.assumed += assumed
    }
    for (const [role, { spent, assumed }] of added) this.#addSums.run(role, spent, assumed)
  }

  /** Counts a call that could not be entered anywhere. To be called within `atomically`. */
  countLost(role: string, nanoUsd: number): void {
    this.#addSums.run(role, nanoUsd, nanoUsd)
  }

  /** Whether payments are known from journals whose names begin otherwise. */
  knowsOthers(prefix: string): boolean {
    const others = 'SELECT 1 FROM journals WHERE substr(name, 1, length(:prefix)) <> :prefix LIMIT 1'
    return this.#database.prepare(others).get({ prefix }) !== undefined
  }

  /** The number from which on a journal's payments have to be gone through again. */
  firstUncounted(journal: string): number {
    const id = this.#knownJournal(journal)
    if (id === undefined) return 0
    return Number(this.#database.prepare(FIRST_GAP).get({ journal: id })?.next ?? 0)
  }

  /** Up to where a place, e.g. a partition, has been read; 0 for one never read. */
  positionOf(place: string): number {
    return Number(this.#database.prepare('SELECT next FROM positions WHERE place = ?').get(place)?.next ?? 0)
  }

  /** Counts what was read, and remembers up to where; both or neither. */
  countRead(place: string, payments: Iterable<Payment>, next: number): void {
    this.atomically(() => {
      this.count(payments)
      this.#database.prepare('INSERT OR REPLACE INTO positions VALUES (?, ?)').run(place, next)
    })
  }

  close(): void {
    this.#database.close()
  }

  #journalId(name: string): number {
    const known = this.#journals.get(name)
    if (known !== undefined) return known
    this.#addJournal.run(name)
    const id = this.#knownJournal(name)!
    this.#journals.set(name, id)
    return id
  }

  #knownJournal(name: string): number | undefined {
    return this.#journal.get(name)?.id as number | undefined
  }
}
