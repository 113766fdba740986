/** A database in memory that fails as one may: before it has done what it was asked, after, or long after. */
import { type Database, DatabaseFailure } from '../../analytics/sink/database.ts'
import type { Origin, Row } from '../../analytics/sink/rows.ts'
import type { Table } from '../../analytics/tables/table.ts'

/** The process that asked is gone; nothing of it is heard any more. */
export class Killed extends Error {}

/**
 * How a request ends. `late`: whoever asked hears of a failure, and it happens at some later time all the same. `lost`:
 * the database is killed when it has written down the token, and nothing else.
 */
export type Ending =
  | 'well'
  | 'failed before'
  | 'failed after'
  | 'late'
  | 'lost'
  | 'killed before'
  | 'killed after'

export class FakeDatabase implements Database {
  keepsTokensWithRows = false
  readonly tables = new Map<string, Row[]>()
  /** Inserts on their way, which nobody waits for. */
  readonly underWay: (() => void)[] = []
  readonly #tokens = new Set<string>()
  readonly #endingOf: () => Ending
  readonly #isRefused: (row: Row) => boolean
  databaseId = 'first'
  /** Whether inserts of one token are one; a database forgets them in the end. */
  remembers = true

  constructor(endingOf: () => Ending = () => 'well', isRefused: (row: Row) => boolean = () => false) {
    this.#endingOf = endingOf
    this.#isRefused = isRefused
  }

  /** The rows of a table. */
  rows(table: string): readonly Row[] {
    return this.tables.get(table) ?? []
  }

  async insert(table: Table, rows: readonly Row[], token: string): Promise<void> {
    const takesAll = table.name === 'undecodable' || !rows.some(this.#isRefused)
    const effect = () => {
      if (!takesAll || (this.remembers && this.#tokens.has(`${table.name} ${token}`))) return
      this.#tokens.add(`${table.name} ${token}`)
      this.tables.set(table.name, [...this.rows(table.name), ...rows])
    }
    const lost = () => {
      if (takesAll) this.#tokens.add(`${table.name} ${token}`)
    }
    await this.#end(effect, lost)
    if (!takesAll) throw new DatabaseFailure('rows', new Error('this does not fit'))
  }

  async offsetsIn(
    tables: readonly Table[],
    { topic, partition }: Origin,
    first: number,
    last: number,
  ): Promise<Set<number>> {
    await this.#end(() => {})
    const its = tables
      .flatMap(({ name }) => this.rows(name))
      .filter(
        ({ values, offset }) =>
          values._topic === topic && values._partition === partition && offset >= first && offset <= last,
      )
    return new Set(its.map(({ offset }) => offset))
  }

  async holdsAny(_edition: string, partition: number): Promise<boolean> {
    await this.#end(() => {})
    return [...this.tables.values()].flat().some(({ values }) => values._partition === partition)
  }

  async id(): Promise<string> {
    await this.#end(() => {})
    return this.databaseId
  }

  async #end(effect: () => void, lost: () => void = () => {}): Promise<void> {
    const ending = this.#endingOf()
    if (ending === 'lost') {
      lost()
      // What was under way dies with it.
      this.underWay.length = 0
    } else if (ending === 'late') this.underWay.push(effect)
    else if (!ending.endsWith('before')) effect()
    if (ending.startsWith('killed')) throw new Killed()
    if (ending !== 'well') throw new DatabaseFailure('database', new Error(ending))
  }
}
