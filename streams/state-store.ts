/**
 * A processor's memory for one partition.
 *
 * What is put is visible at once and staged; it reaches the local database only after the transaction that
 * carries it has committed. The database is a cache: it remembers up to which offset of the changelog it is
 * true, is brought up to date from there at open, and can be deleted at any time. Of changelogs that others write, too,
 * that is the end they had when it was opened last: what came since may have been read elsewhere.
 */
import type { TopicName } from '../schemas/topics.ts'
import type { Room } from '../stack/room.ts'
import { type DatabaseSync, inTransaction, openDatabase, type StatementSync } from '../stack/sqlite.ts'
import type { Store, StoreSpec } from './processor.ts'

/** What a processed record did to the store; applied after its transaction committed. */
export interface StoreChanges {
  readonly puts: readonly { readonly key: string; readonly value: unknown }[]
  readonly retain: readonly { readonly offset: number; readonly bytes: Buffer }[]
  readonly release: readonly number[]
  /** By how many more entries still name inputs; negative when fewer do. */
  readonly unsettled: number
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (store TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (store, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bodies (store TEXT, place INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (store, place));
  CREATE TABLE IF NOT EXISTS positions (store TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;`

/** The local database that holds all stores of one worker. */
export class StateDatabase {
  /** Where restoring waits while the disk is full; null = it fails. */
  readonly room: Room | null
  readonly #database: DatabaseSync
  readonly #statements: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

  constructor(path: string, room: Room | null = null) {
    this.room = room
    this.#database = openDatabase(path, SCHEMA)
    const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, this.#database.prepare(sql)])
    this.#statements = Object.fromEntries(prepared) as Record<keyof typeof STATEMENTS, StatementSync>
  }

  transaction(writes: () => void): void {
    inTransaction(this.#database, writes)
  }

  position(store: string): number | undefined {
    return this.#statements.position.get(store)?.next as number | undefined
  }

  setPosition(store: string, next: number): void {
    this.#statements.setPosition.run(store, next)
  }

  value(store: string, key: string): unknown {
    const row = this.#statements.value.get(store, key)
    return row === undefined ? undefined : JSON.parse(row.value as string)
  }

  *values(store: string): Iterable<unknown> {
    for (const row of this.#statements.values.iterate(store)) yield JSON.parse(row.value as string)
  }

  setValue(store: string, key: string, value: unknown): void {
    this.#statements.setValue.run(store, key, JSON.stringify(value))
  }

  body(store: string, place: number): Buffer | undefined {
    const row = this.#statements.body.get(store, place)
    return row === undefined ? undefined : Buffer.from(row.bytes as Uint8Array)
  }

  setBody(store: string, place: number, bytes: Buffer): void {
    this.#statements.setBody.run(store, place, bytes)
  }

  removeBody(store: string, place: number): void {
    this.#statements.removeBody.run(store, place)
  }

  /** How the bodies that are kept begin: what tells their writers' schemas. */
  bodyHeads(store: string): Buffer[] {
    return this.#statements.heads.all(store).map(({ head }) => Buffer.from(head as Uint8Array))
  }

  /** Where the bodies that are kept stood. */
  places(store: string): number[] {
    return this.#statements.places.all(store).map(({ place }) => place as number)
  }

  /** Forgets a store. */
  clear(store: string): void {
    for (const statement of ['clearValues', 'clearBodies', 'clearPosition'] as const) {
      this.#statements[statement].run(store)
    }
  }

  close(): void {
    this.#database.close()
  }
}

const STATEMENTS = {
  position: 'SELECT next FROM positions WHERE store = ?',
  setPosition: 'INSERT OR REPLACE INTO positions VALUES (?, ?)',
  value: 'SELECT value FROM entries WHERE store = ? AND key = ?',
  values: 'SELECT value FROM entries WHERE store = ?',
  setValue: 'INSERT OR REPLACE INTO entries VALUES (?, ?, ?)',
  body: 'SELECT bytes FROM bodies WHERE store = ? AND place = ?',
  setBody: 'INSERT OR REPLACE INTO bodies VALUES (?, ?, ?)',
  removeBody: 'DELETE FROM bodies WHERE store = ? AND place = ?',
  heads: 'SELECT DISTINCT substr(bytes, 1, 5) AS head FROM bodies WHERE store = ?',
  places: 'SELECT place FROM bodies WHERE store = ?',
  clearValues: 'DELETE FROM entries WHERE store = ?',
  clearBodies: 'DELETE FROM bodies WHERE store = ?',
  clearPosition: 'DELETE FROM positions WHERE store = ?',
} as const

/** What a store needs of the log to be rebuilt. */
export interface StoreSource {
  /** Aborted when the partition went elsewhere: the local copy is then somebody else's to bring up to date. */
  readonly signal: AbortSignal
  /** Where a changelog ends, once no transaction on it is open any more. */
  end(changelog: TopicName): Promise<number>
  /** A changelog's values in a range of offsets, with where to go on. */
  changelog(
    from: number,
    to: number,
    changelog: TopicName,
  ): AsyncIterable<{ values: readonly unknown[]; next: number }>
  /** The input records at these offsets, as bytes. */
  inputs(offsets: readonly number[]): AsyncIterable<{ offset: number; bytes: Buffer }>
  /** Makes `decode` able to read inputs that begin with these bytes, as their writer's schema makes them begin. */
  learn(head: Buffer): Promise<void>
  /** Reads an input's bytes. */
  decode(bytes: Buffer): unknown
}

/** A store with its staging; owned by one task. */
export class StateStore<S> implements Store<S> {
  readonly #database: StateDatabase
  readonly #name: string
  readonly #spec: StoreSpec<S>
  readonly #source: StoreSource
  /** Values put and not yet committed, a key, newest last: a put that is taken back uncovers the one before. */
  readonly #staged = new Map<string, S[]>()
  readonly #stagedBodies = new Map<number, Buffer>()
  #puts: { key: string; value: S }[] = []
  #current: { offset: number; bytes: Buffer } | null = null
  #retain: { offset: number; bytes: Buffer }[] = []
  #release: number[] = []
  #unsettledBy = 0
  #unsettled = 0

  constructor(database: StateDatabase, name: string, spec: StoreSpec<S>, source: StoreSource) {
    this.#database = database
    this.#name = name
    this.#spec = spec
    this.#source = source
  }

  /**
   * Brings the local copy up to date with the log. Nothing else may be called before.
   * @throws the signal's reason when the partition went elsewhere meanwhile.
   */
  async restore(): Promise<void> {
    const changelogs = await Promise.all(
      this.#changelogs().map(async (log) => ({ ...log, end: await this.#source.end(log.topic) })),
    )
    // A changelog shorter than what is known of it is another one, made anew under the same name.
    if (changelogs.some(({ place, end }) => (this.#database.position(place) ?? 0) > end)) {
      await this.#write(() => {
        for (const name of [this.#name, ...changelogs.map(({ place }) => place)]) this.#database.clear(name)
      })
    }
    for (const changelog of changelogs) await this.#read(changelog)
    if (this.#spec.retains !== undefined) await this.#restoreBodies(this.#spec.retains)
  }

  /** What it is rebuilt from, and under which name it is noted how far that was read. */
  #changelogs(): { topic: TopicName; place: string }[] {
    const { changelog } = this.#spec
    if (typeof changelog === 'string') return [{ topic: changelog, place: this.#name }]
    return changelog.map((topic) => ({ topic, place: `${this.#name}/${topic}` }))
  }

  async #read({ topic, place, end }: { topic: TopicName; place: string; end: number }): Promise<void> {
    const from = this.#database.position(place) ?? 0
    for await (const { values, next } of this.#source.changelog(from, end, topic)) {
      await this.#write(() => {
        for (const value of values) {
          const entry = this.#spec.restore(value)
          if (entry !== null) this.#database.setValue(this.#name, entry.key, entry.value)
        }
        this.#database.setPosition(place, next)
      })
    }
  }

  /** Entries that still name inputs, and so wait for something: those committed, of this partition. */
  get unsettled(): number {
    return this.#unsettled
  }

  get(key: string): S | undefined {
    const staged = this.#staged.get(key)
    return staged !== undefined ? staged.at(-1) : (this.#database.value(this.#name, key) as S | undefined)
  }

  put(key: string, value: S): void {
    const before = this.get(key)
    const staged = this.#staged.get(key)
    if (staged === undefined) this.#staged.set(key, [value])
    else staged.push(value)
    this.#puts.push({ key, value })
    this.#retainNamed(before, value)
  }

  retained(offset: number): unknown {
    const current = this.#current?.offset === offset ? this.#current.bytes : undefined
    const bytes = current ?? this.#stagedBodies.get(offset) ?? this.#database.body(this.#name, offset)
    if (bytes === undefined) throw new Error(`${this.#name} does not hold the record at offset ${offset}`)
    return this.#source.decode(bytes)
  }

  /** Begins a record: from now on puts belong to it. */
  begin(offset: number, bytes: Buffer): void {
    this.#current = { offset, bytes }
    this.#puts = []
    this.#retain = []
    this.#release = []
    this.#unsettledBy = 0
  }

  /** Ends a record. @returns what it did, to be applied once committed. */
  end(): StoreChanges {
    this.#current = null
    return { puts: this.#puts, retain: this.#retain, release: this.#release, unsettled: this.#unsettledBy }
  }

  /** Takes back what the record begun last has put, ended or not: it failed. */
  rollback(): void {
    for (const { key } of this.#puts) this.#unstage(key, 'newest')
    for (const { offset } of this.#retain) this.#stagedBodies.delete(offset)
    this.#current = null
  }

  /** Writes committed changes; `position` is the changelog offset they reach. */
  apply(changes: readonly StoreChanges[], position: number | null): void {
    const { values, bodies, released } = outcomeOf(changes)
    this.#database.transaction(() => {
      for (const [key, value] of values) this.#database.setValue(this.#name, key, value)
      for (const [offset, bytes] of bodies) this.#database.setBody(this.#name, offset, bytes)
      for (const offset of released) this.#database.removeBody(this.#name, offset)
      if (position !== null) this.#database.setPosition(this.#name, position)
    })
    for (const { puts, retain, unsettled } of changes) {
      this.#unsettled += unsettled
      for (const { key } of puts) this.#unstage(key, 'oldest')
      for (const { offset } of retain) this.#stagedBodies.delete(offset)
    }
  }

  /** Keeps the current record when the new value names it; lets go of those only the old value named. */
  #retainNamed(before: S | undefined, after: S): void {
    if (this.#spec.retains === undefined) return
    const named = new Set(this.#spec.retains(after))
    if (this.#current !== null && named.has(this.#current.offset)) {
      this.#retain.push(this.#current)
      this.#stagedBodies.set(this.#current.offset, this.#current.bytes)
    }
    const namedBefore = before === undefined ? [] : this.#spec.retains(before)
    this.#release.push(...namedBefore.filter((offset) => !named.has(offset)))
    this.#unsettledBy += Number(named.size > 0) - Number(namedBefore.length > 0)
  }

  #unstage(key: string, which: 'oldest' | 'newest'): void {
    const staged = this.#staged.get(key)
    if (staged === undefined) return
    if (which === 'oldest') staged.shift()
    else staged.pop()
    if (staged.length === 0) this.#staged.delete(key)
  }

  /** Reads again the bodies that entries name and the local copy lacks; lets go of those none names any more. */
  async #restoreBodies(retains: (value: S) => readonly number[]): Promise<void> {
    const named = new Set<number>()
    for (const value of this.#database.values(this.#name)) {
      const places = retains(value as S)
      if (places.length > 0) this.#unsettled++
      for (const place of places) named.add(place)
    }
    const held = new Set(this.#database.places(this.#name))
    await this.#write(() => {
      for (const place of held.difference(named)) this.#database.removeBody(this.#name, place)
    })
    const missing = [...named.difference(held)]
    if (missing.length > 0) {
      for await (const { offset, bytes } of this.#source.inputs(missing)) {
        await this.#write(() => this.#database.setBody(this.#name, offset, bytes))
      }
    }
    // They are read where nothing can be waited for, and some may be older than this code.
    for (const head of this.#database.bodyHeads(this.#name)) await this.#source.learn(head)
  }

  /** Writes while restoring: not a row after the partition went elsewhere. */
  async #write(writes: () => void): Promise<void> {
    const { room } = this.#database
    const write = (): void => {
      this.#source.signal.throwIfAborted()
      this.#database.transaction(writes)
    }
    if (room === null) write()
    else await room.write(write, this.#source.signal)
  }
}

/** What is to be written of changes that follow one another: no value that is put again, no body that is let go of. */
function outcomeOf(changes: readonly StoreChanges[]) {
  const values = new Map<string, unknown>()
  const bodies = new Map<number, Buffer>()
  const released = new Set<number>()
  for (const { puts, retain, release } of changes) {
    for (const { key, value } of puts) values.set(key, value)
    for (const { offset, bytes } of retain) {
      bodies.set(offset, bytes)
      released.delete(offset)
    }
    for (const offset of release) {
      bodies.delete(offset)
      released.add(offset)
    }
  }
  return { values, bodies, released }
}
