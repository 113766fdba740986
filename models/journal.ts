/**
 * What was paid for, on this machine: each call's outcome is written here before anybody sees it, and answers
 * are looked up here before anybody is asked.
 *
 * It is an outbox. A worker's slot writes one journal; the committer publishes its entries to `completions` in
 * order, exactly once, by committing the number of the next one beside them. A worker that dies leaves entries
 * behind, which the next worker in its slot publishes. Answers are also found in the journals of the machine's
 * other workers and in those rebuilt from `completions`.
 *
 * Kept in SQLite, whose commits survive a killed process; one writer a journal, any number of readers.
 */
import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Completion } from '../schemas/types.ts'
import { brokenFile, diskFault, onDisk } from '../stack/disk-fault.ts'
import { foldersIn } from '../stack/folders-in.ts'
import type { Room } from '../stack/room.ts'
import {
  type DatabaseSync,
  inTransaction,
  openDatabase,
  openForReading,
  type StatementSync,
} from '../stack/sqlite.ts'
import { negativeControl } from '../streams/negative-controls.ts'
import type { Payment } from './budget-store.ts'
import type { CallRecord, JournalPort, StoredAnswer } from './journal-port.ts'
import { RecentEntries } from './recent-entries.ts'

const REFRESH_MS = 2_000
/** A journal's file in its folder. */
export const FILE = 'journal.db'

/** Entries hold completions as JSON; answers say where the newest answer of a request stands. */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (sequence INTEGER PRIMARY KEY, completion TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS answers (request TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;`

/** A journal's number, drawn when it is made; 0 = none: a file made in the place of one that is gone is another one. */
const NUMBER = 'PRAGMA application_id'
const HIGHEST_NUMBER = 2 ** 31 - 1

const LAST = 'SELECT max(sequence) AS last FROM entries'

const PAYMENTS = `
  SELECT completion ->> 'journal' AS journal, sequence, completion ->> 'step' AS step,
    completion ->> 'costNanoUsd' AS costNanoUsd, completion ->> 'atMostNanoUsd' AS atMostNanoUsd
  FROM entries WHERE sequence >= ? ORDER BY sequence`

/** Looks answers up in one journal, whoever writes it. */
class AnswerShelf {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #find: StatementSync
  readonly #has: StatementSync

  constructor(file: string, database: DatabaseSync) {
    this.#file = file
    this.#database = database
    this.#find = database.prepare(
      'SELECT completion FROM answers JOIN entries USING (sequence) WHERE request = ?',
    )
    this.#has = database.prepare('SELECT 1 FROM answers WHERE request = ?')
  }

  /**
   * Opens another worker's; null while its owner has made the file but not yet its tables.
   * @throws {DiskFault} when the file is damaged: what it holds would be paid for again
   */
  static open(file: string): AnswerShelf | null {
    let database: DatabaseSync | null = null
    try {
      database = openForReading(file)
      return new AnswerShelf(file, database)
    } catch (error) {
      database?.close()
      const fault = diskFault(error, file)
      if (fault?.code === 'NF_DISK_BROKEN') throw fault
      return null
    }
  }

  /** @throws {DiskFault} when the file is damaged */
  find(requestHash: string): StoredAnswer | null {
    const row = onDisk(this.#file, () => this.#find.get(requestHash))
    if (row === undefined) return null
    const { model, reasoning, text, finishReason, promptTokens, completionTokens } = completionIn(
      row,
      this.#file,
    )
    return { requestHash, model, reasoning, text, finishReason, promptTokens, completionTokens }
  }

  /** Whether `find` would give one. @throws {DiskFault} when the file is damaged */
  has(requestHash: string): boolean {
    return onDisk(this.#file, () => this.#has.get(requestHash)) !== undefined
  }

  /** Tells this file from any other one; 0 where it has no number. */
  get number(): number {
    return Number(onDisk(this.#file, () => this.#database.prepare(NUMBER).get()?.application_id ?? 0))
  }

  close(): void {
    this.#database.close()
  }
}

/** SQLite has no checksums for rows: where a file was cut, one may come back as zeros. @throws {DiskFault} */
function completionIn(row: Record<string, unknown>, file: string): Completion {
  try {
    const completion: unknown = JSON.parse(String(row.completion))
    if (typeof completion === 'object' && completion !== null) return completion as Completion
  } catch {
    // Told below; the parser's own words would quote an answer.
  }
  throw brokenFile(file, new Error('an entry is no completion'))
}

/** The journals under one folder: `<folder>/<pipeline>.<edition>/<journal>`. */
export class JournalShelves {
  readonly #folder: string
  readonly #own: string
  readonly #shelves = new Map<string, AnswerShelf>()
  #lookedAt = Number.NEGATIVE_INFINITY

  /**
   * @param folder where all journals of a pipeline are, of every edition: an equal request is paid once
   * @param own the journal its owner reads itself
   */
  constructor(folder: string, own: string) {
    this.#folder = folder
    this.#own = own
  }

  /** An answer from any journal there is. */
  find(requestHash: string): StoredAnswer | null {
    this.#lookForNew()
    for (const shelf of this.#shelves.values()) {
      const answer = shelf.find(requestHash)
      if (answer !== null) return answer
    }
    return null
  }

  /** Whether any journal holds an answer, which is not read. */
  has(requestHash: string): boolean {
    this.#lookForNew()
    return [...this.#shelves.values()].some((shelf) => shelf.has(requestHash))
  }

  /** The numbers of all journals that have one. */
  numbers(): Set<number> {
    this.#lookForNew()
    return new Set([...this.#shelves.values()].map(({ number }) => number).filter((number) => number !== 0))
  }

  close(): void {
    for (const shelf of this.#shelves.values()) shelf.close()
    this.#shelves.clear()
  }

  /** Finds journals that were made a moment ago, too. */
  lookForNew(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY
    this.#lookForNew()
  }

  /** Workers come and go: a journal that appeared is opened for reading. */
  #lookForNew(): void {
    const now = performance.now()
    if (now - this.#lookedAt < REFRESH_MS) return
    this.#lookedAt = now
    for (const edition of foldersIn(this.#folder)) {
      for (const journal of foldersIn(join(this.#folder, edition))) {
        const path = join(this.#folder, edition, journal)
        if (path === this.#own || this.#shelves.has(path) || !existsSync(join(path, FILE))) continue
        const shelf = AnswerShelf.open(join(path, FILE))
        if (shelf !== null) this.#shelves.set(path, shelf)
      }
    }
  }
}

/** An entry on its way to the disk. */
interface Waiting {
  readonly entry: Completion
  readonly written: (entry: Completion) => void
  readonly failed: (error: unknown) => void
}

/** A worker's own journal, and through it all the others'. */
export class Journal implements JournalPort {
  readonly #isBlind = negativeControl('no-journal')
  readonly #name: string
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #shelf: AnswerShelf
  readonly #others: JournalShelves
  readonly #onAppend: () => void
  readonly #room: Room | null
  readonly #addEntry: StatementSync
  readonly #addAnswer: StatementSync
  readonly #entriesFrom: StatementSync
  readonly #recent = new RecentEntries()
  #waiting: Waiting[] = []
  #end: number
  #lost = 0

  /**
   * @param name the journal's name in payment ids, one a slot
   * @param folder its folder; held by one process at a time, which the slot's lock sees to
   * @param onAppend told after entries were written, so that they are published soon
   * @param room where entries wait while the disk is full; null = they fail at once
   * @throws {DiskFault} when the file is damaged
   */
  constructor(
    name: string,
    folder: string,
    others: JournalShelves,
    onAppend: () => void = () => {},
    room: Room | null = null,
  ) {
    this.#room = room
    this.#name = name
    this.#file = join(folder, FILE)
    this.#database = openDatabase(this.#file, SCHEMA)
    this.#shelf = new AnswerShelf(this.#file, this.#database)
    if (this.#shelf.number === 0) this.#database.exec(`${NUMBER} = ${randomInt(1, HIGHEST_NUMBER)}`)
    this.#others = others
    this.#onAppend = onAppend
    this.#addEntry = this.#database.prepare('INSERT INTO entries VALUES (?, ?)')
    this.#addAnswer = this.#database.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?)')
    this.#entriesFrom = this.#database.prepare(
      'SELECT completion FROM entries WHERE sequence >= ? ORDER BY sequence',
    )
    const last = onDisk(this.#file, () => this.#database.prepare(LAST).get()?.last)
    this.#end = typeof last === 'number' ? last + 1 : 0
  }

  find(requestHash: string): StoredAnswer | null {
    if (this.#isBlind) return null
    return this.#shelf.find(requestHash) ?? this.#others.find(requestHash)
  }

  findElsewhere(requestHash: string): StoredAnswer | null {
    return this.#isBlind ? null : this.#others.find(requestHash)
  }

  /** Finds other workers' journals that were made a moment ago, too. */
  lookForOthers(): void {
    this.#others.lookForNew()
  }

  /**
   * Entries of one turn of the event loop are written in one commit. While the disk is full they are kept in memory.
   * @throws {DiskFault}
   */
  append(call: CallRecord): Promise<Completion> {
    const sequence = this.#end++
    const entry = { ...call, paymentId: `${this.#name}/${sequence}`, journal: this.#name, sequence }
    const { promise, resolve, reject } = Promise.withResolvers<Completion>()
    if (this.#waiting.push({ entry, written: resolve, failed: reject }) === 1)
      setImmediate(() => void this.#writeOut())
    return promise
  }

  /** A journal that was lost goes on behind what it had published: payment ids are never given twice. */
  continueFrom(sequence: number): void {
    this.#end = Math.max(this.#end, sequence)
  }

  /** The number after the last entry. */
  get end(): number {
    return this.#end
  }

  /** Entries that could not be written before it was closed: calls that were made, and whose answers are gone. */
  get lost(): number {
    return this.#lost
  }

  /**
   * Written entries from a number on, in order, as many as fit into about so many bytes of text.
   * @throws {DiskFault} when the file is damaged
   */
  entriesFrom(sequence: number, maxBytes: number): Completion[] {
    const recent = this.#recent.from(sequence, maxBytes)
    return recent ?? onDisk(this.#file, () => this.#readFrom(sequence, maxBytes))
  }

  #readFrom(sequence: number, maxBytes: number): Completion[] {
    const entries: Completion[] = []
    let bytes = 0
    for (const row of this.#entriesFrom.iterate(sequence)) {
      entries.push(completionIn(row, this.#file))
      bytes += (row.completion as string).length
      if (bytes >= maxBytes) break
    }
    return entries
  }

  close(): void {
    try {
      this.#write()
    } catch (error) {
      this.#giveUp(error)
    }
    this.#database.close()
    this.#others.close()
  }

  async #writeOut(): Promise<void> {
    try {
      if (this.#room === null) this.#write()
      else await this.#room.write(() => this.#write())
    } catch (error) {
      this.#giveUp(error)
    }
  }

  /** Writes all that waits, or nothing. @throws {DiskFault} */
  #write(): void {
    const waiting = this.#waiting
    // Written already, by `close`.
    if (waiting.length === 0) return
    const texts = waiting.map(({ entry }) => JSON.stringify(entry))
    inTransaction(this.#database, () => {
      for (const [index, { entry }] of waiting.entries()) {
        this.#addEntry.run(entry.sequence, texts[index]!)
        if (entry.status === 'answered') this.#addAnswer.run(entry.requestHash, entry.sequence)
      }
    })
    this.#waiting = []
    for (const [index, { entry, written }] of waiting.entries()) {
      this.#recent.add(entry, texts[index]!.length)
      written(entry)
    }
    this.#onAppend()
  }

  /** Nothing of what waits was written: its numbers are free again, or the outbox would wait for them for ever. */
  #giveUp(error: unknown): void {
    const [first] = this.#waiting
    if (first === undefined) return
    this.#end = first.entry.sequence
    const waiting = this.#waiting.splice(0)
    this.#lost += waiting.length
    for (const { failed } of waiting) failed(error)
  }
}

/** What the entries of a journal cost, from a number on, whoever writes it. @throws {DiskFault} */
export function* readPayments(folder: string, from: number): Generator<Payment> {
  if (!existsSync(join(folder, FILE))) return
  const database = openForReading(join(folder, FILE))
  try {
    const rows = database.prepare(PAYMENTS).iterate(from)
    for (const row of rows) yield row as unknown as Payment
  } catch (error) {
    throw diskFault(error, join(folder, FILE)) ?? error
  } finally {
    database.close()
  }
}
