/** A prompt for SQL: statements over several lines, what was asked before, and a query that can be ended alone. */
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { SqlAnswer } from '../analytics/sql/session.ts'
import { inOneLine, readStatements } from '../analytics/sql/statements.ts'
import { literal } from '../analytics/sql/tokens.ts'
import type { SqlHistory } from './sql-history.ts'
import { forTerminal } from './sql-output.ts'

/** What a prompt needs. */
export interface PromptOptions {
  readonly input: Readable
  readonly output: Writable
  readonly history: SqlHistory
  /** Asks a statement; the signal ends it. */
  readonly ask: (statement: string, signal: AbortSignal) => Promise<SqlAnswer>
  /** Told what went wrong with a statement; the prompt goes on. */
  readonly tell: (error: unknown) => void
}

const FIRST = 'ninefold> '
const NEXT = '      ... '
const HELP = `A statement ends with ";" and may take several lines.
  \\d, .tables         the tables and views
  \\d NAME             the columns of one, and what they mean
  \\q, .quit, Ctrl-D   leaves
  Ctrl-C              ends the query that runs, or drops what was typed
  Up, Down            what was asked before
`
const TABLES = `SELECT name, if(engine = 'View', 'view', 'table') AS kind, comment FROM system.tables
WHERE database = currentDatabase() AND name NOT LIKE '\\\\_%' ORDER BY kind, name`
const LEAVE = new Set(['\\q', '.quit', '.exit', 'quit', 'exit'])

/** Asks until its user leaves. */
export async function promptForSql(options: PromptOptions): Promise<void> {
  const { input, output, history } = options
  const lines = createInterface({ input, output, terminal: true, history: history.entries, prompt: FIRST })
  await new Prompt(lines, options).run()
}

/** readline's own list, newest first, which its types do not tell of. */
type WithHistory = Interface & { history: string[] }

class Prompt {
  readonly #lines: Interface
  readonly #options: PromptOptions
  /** Lines of a statement that has not ended. */
  #begun = ''
  /** From when a line was ended until all of it was asked. */
  #running: AbortController | null = null

  constructor(lines: Interface, options: PromptOptions) {
    this.#lines = lines
    this.#options = options
  }

  async run(): Promise<void> {
    this.#lines.on('SIGINT', () => this.#interrupt())
    this.#lines.on('line', () => {
      this.#running ??= new AbortController()
    })
    // What is read no more is asked no more.
    this.#lines.once('close', () => this.#running?.abort())
    this.#write('SQL of ClickHouse. \\? for help, Ctrl-D leaves.\n')
    this.#lines.prompt()
    for await (const line of this.#lines) {
      const command = this.#begun === '' ? line.trim().replace(/;$/, '') : ''
      if (LEAVE.has(command)) break
      if (!(await this.#command(command))) await this.#take(line)
      if (this.#running?.signal.aborted) this.#drop()
      this.#running = null
      ;(this.#lines as WithHistory).history = this.#options.history.entries
      this.#lines.setPrompt(this.#begun === '' ? FIRST : NEXT)
      this.#lines.prompt()
    }
    this.#lines.close()
    this.#write('\n')
  }

  #interrupt(): void {
    if (this.#running !== null) {
      this.#running.abort()
      return
    }
    this.#write('\n')
    this.#drop()
    this.#lines.prompt()
  }

  /** Forgets the statement that has begun, and what stands in the line. */
  #drop(): void {
    this.#begun = ''
    this.#lines.setPrompt(FIRST)
    this.#lines.write(null, { ctrl: true, name: 'e' })
    this.#lines.write(null, { ctrl: true, name: 'u' })
  }

  /** @returns whether it was one of the prompt's own commands. */
  async #command(command: string): Promise<boolean> {
    const [word = '', name] = command.split(/\s+/)
    if (['\\?', '.help', 'help'].includes(word)) this.#write(HELP)
    else if (['\\d', '.tables', '.schema'].includes(word)) {
      await this.#ask(name === undefined ? TABLES : columnsOf(name))
    } else return false
    return true
  }

  async #take(line: string): Promise<void> {
    const { ended, begun } = readStatements(this.#begun === '' ? line : `${this.#begun}\n${line}`)
    this.#begun = begun
    for (const statement of ended) {
      this.#options.history.add(`${inOneLine(statement)};`)
      if (!(await this.#ask(statement))) break
    }
  }

  /** @returns whether it was answered. */
  async #ask(statement: string): Promise<boolean> {
    const { signal } = this.#running ?? new AbortController()
    const started = performance.now()
    try {
      signal.throwIfAborted()
      const answer = await this.#options.ask(statement, signal)
      for await (const text of forTerminal(answer)) {
        signal.throwIfAborted()
        if (!this.#options.output.write(text)) await once(this.#options.output, 'drain')
      }
      this.#write(`${((performance.now() - started) / 1000).toFixed(2)} s\n`)
      return true
    } catch (error) {
      if (signal.aborted) this.#write('ended\n')
      else this.#options.tell(error)
      return false
    }
  }

  #write(text: string): void {
    this.#options.output.write(text)
  }
}

function columnsOf(table: string): string {
  return `SELECT name, type, comment FROM system.columns
WHERE database = currentDatabase() AND table = ${literal(table)} ORDER BY position`
}
