/** What was asked before: one statement a line, kept where only its owner can read it, for it may hold secrets. */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Older ones are forgotten. */
const MOST = 1_000
const MODE = 0o600

/** The history of one file. */
export class SqlHistory {
  readonly #file: string
  #entries: string[]

  /** @param file made when the first statement is added; what cannot be read of it is as if it had never been */
  constructor(file: string) {
    this.#file = file
    this.#entries = linesOf(file)
    if (this.#entries.length <= MOST) return
    this.#entries = this.#entries.slice(-MOST)
    writeFileSync(`${file}.new`, this.#entries.map((entry) => `${entry}\n`).join(''), { mode: MODE })
    renameSync(`${file}.new`, file)
  }

  /** Newest first, as readline wants them. */
  get entries(): string[] {
    return this.#entries.toReversed()
  }

  /** Adds a statement of one line, unless it was the last one. */
  add(entry: string): void {
    if (entry === '' || entry === this.#entries.at(-1)) return
    this.#entries.push(entry)
    mkdirSync(dirname(this.#file), { recursive: true })
    appendFileSync(this.#file, `${entry}\n`, { mode: MODE })
    chmodSync(this.#file, MODE)
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}
