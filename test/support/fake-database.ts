/** A database in memory that fails as one may: before it has done what it was asked, after, or long after. */
import { type Database, DatabaseFailure } from '../../analytics/sink/database.ts'
import type { Row } from '../../analytics/sink/rows.ts'
import { queryIdOf, type Span } from '../../analytics/sink/span.ts'
import type { Table } from '../../analytics/tables/table.ts'

/** The process that asked is gone; nothing of it is heard any more. */
export class Killed extends Error {}

/**
 * How a request ends. `late`: whoever asked hears of a failure, and it happens at some later time all the same. `lost`:
 * the database is killed when it has written down the token, and nothing else. `too large`: it has no memory for it now.
 */
export type Ending =
  | 'well'
  | 'failed before'
  | 'failed after'
  | 'late'
  | 'lost'
  | 'too large'
  | 'killed before'
  | 'killed after'

export class FakeDatabase implements Database {
  keepsTokensWithRows = false
  readonly tables = new Map<string, Row[]>()
  /** Requests on their way, which nobody waits for. */
  readonly #underWay: { readonly id: string; readonly effect: () => void }[] = []
  readonly #tokens = new Set<string>()
  readonly #endingOf: () => Ending
  readonly #isRefused: (row: Row) => boolean
  databaseId = 'first'
  /** Whether inserts of one token are one; a database forgets them in the end. */
  remembers = true
  /** Whether it runs one query of an id at a time; servers of a cluster know nothing of one another's. */
  isAlone = true

  constructor(endingOf: () => Ending = () => 'well', isRefused: (row: Row) => boolean = () => false) {
    this.#endingOf = endingOf
    this.#isRefused = isRefused
  }

  /** The rows of a table. */
  rows(table: string): readonly Row[] {
    return this.tables.get(table) ?? []
  }

  /** The request that has been on its way for longest comes to its end. */
  arrive(): void {
    this.#underWay.shift()?.effect()
  }

  /** All of them do. */
  arriveAll(): void {
    while (this.#underWay.length > 0) this.arrive()
  }

  async insert(table: Table, rows: readonly Row[], token: string, span: Span): Promise<void> {
    const takesAll = table.name === 'undecodable' || !rows.some(this.#isRefused)
    const effect = () => {
      if (!takesAll || (this.remembers && this.#tokens.has(`${table.name} ${token}`))) return
      this.#tokens.add(`${table.name} ${token}`)
      this.tables.set(table.name, [...this.rows(table.name), ...rows])
    }
    const lost = () => {
      if (takesAll) this.#tokens.add(`${table.name} ${token}`)
    }
    await this.#end(queryIdOf('', span), effect, lost)
    if (!takesAll) throw new DatabaseFailure('rows', new Error('this does not fit'))
  }

  async offsetsIn(tables: readonly Table[], span: Span): Promise<Set<number>> {
    await this.#end(queryIdOf('', span))
    const { first, last, origin } = span
    const { topic, partition } = origin
    const its = tables
      .flatMap(({ name }) => this.rows(name))
      .filter(
        ({ values, offset }) =>
          values._topic === topic && values._partition === partition && offset >= first && offset <= last,
      )
    return new Set(its.map(({ offset }) => offset))
  }

  async holdsAny(_edition: string, partition: number): Promise<boolean> {
    await this.#end('a look')
    return [...this.tables.values()].flat().some(({ values }) => values._partition === partition)
  }

  async id(): Promise<string> {
    await this.#end('its id')
    return this.databaseId
  }

  /** Of an id one request at a time. */
  async #end(id: string, effect: () => void = () => {}, lost: () => void = () => {}): Promise<void> {
    const ending = this.#endingOf()
    if (this.isAlone && ending !== 'lost' && this.#underWay.some((one) => one.id === id)) {
      throw new DatabaseFailure('database', new Error('an earlier one is under way'))
    }
    if (ending === 'lost') {
      lost()
      // What was under way dies with it.
      this.#underWay.length = 0
    } else if (ending === 'late') this.#underWay.push({ id, effect })
    else if (ending !== 'too large' && !ending.endsWith('before')) effect()
    if (ending.startsWith('killed')) throw new Killed()
    if (ending !== 'well')
      throw new DatabaseFailure(ending === 'too large' ? 'size' : 'database', new Error(ending))
  }
}
