/** `ninefold sql`: what the pipeline's tables hold, asked in SQL. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Command, InvalidArgumentError } from 'commander'
import { analyticsOff } from '../analytics/client.ts'
import { formatOfFile } from '../analytics/sql/formats.ts'
import { sizeOf, USUAL_LIMITS } from '../analytics/sql/limits.ts'
import { checkParameters } from '../analytics/sql/parameters.ts'
import { type SqlAnswer, SqlSession, type SqlSettings } from '../analytics/sql/session.ts'
import { splitStatements } from '../analytics/sql/statements.ts'
import { loadConfig } from '../config/config.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import { findAnalytics } from '../pipeline/addresses.ts'
import { exitFor } from './exit-codes.ts'
import { type ConfigurationOptions, onProgress, withConfigurationOptions } from './session-options.ts'
import { SqlHistory } from './sql-history.ts'
import { printAnswers, saveAnswers } from './sql-output.ts'
import { promptForSql } from './sql-prompt.ts'

interface SqlOptions extends ConfigurationOptions {
  readonly file?: string
  readonly param: Readonly<Record<string, string>>
  readonly out?: string
  readonly format?: string
  readonly json?: boolean
  readonly write?: boolean
  readonly maxSeconds: number
  readonly maxMemory?: number
}

/** In the data folder. */
const HISTORY = 'sql-history'

/** Adds the command `sql`. */
export function register(program: Command): void {
  const command = program
    .command('sql')
    .description("ask the pipeline's tables in ClickHouse's SQL")
    .argument(
      '[query]',
      'one statement or several with ";" between them; left out: a prompt, or standard input where that is no terminal',
    )
  withConfigurationOptions(command)
    .option('-f, --file <file>', 'read the statements from a file')
    .option(
      '--param <name=value>',
      'what stands for {name:Type} in the statements; may be given again',
      addParameter,
      {},
    )
    .option(
      '-o, --out <file>',
      'write the answer into a file, whole or not at all, in the format its name ends with',
    )
    .option('--format <format>', 'any of ClickHouse, e.g. Vertical, CSVWithNames, Parquet', formatName)
    .option('--json', 'a line of JSON a row (JSONEachRow)')
    .option('--write', 'let statements change tables, too')
    .option(
      '--max-seconds <n>',
      'how long a statement may take; 0 = as long as it takes',
      seconds,
      USUAL_LIMITS.seconds,
    )
    .option(
      '--max-memory <size>',
      "how much memory a statement may take, e.g. 500M or 8G (default: what the server allows; the local engine a quarter of this machine's)",
      memory,
    )
    .addHelpText(
      'after',
      `
A table on a terminal, tab-separated values with names into a pipe. \`SHOW TABLES\` lists tables and views,
\`DESCRIBE TABLE completions\` a table's columns and what they mean. The local engine is started where it does not run;
Kafka need not run. Parameters are read by ClickHouse and are no part of the statement, whatever is in them.

The prompt keeps what was asked in ${HISTORY} in the data folder. Other tools ask the same tables: \`ninefold analytics access\`.`,
    )
    .action(sql)
}

async function sql(query: string | undefined, options: SqlOptions): Promise<void> {
  const isPrompt = query === undefined && options.file === undefined && isTerminal(options)
  const statements = isPrompt ? [] : splitStatements(await readSql(query, options.file))
  if (!isPrompt) {
    if (statements.length === 0) throw noQuery('it holds no statement')
    checkParameters(statements, options.param)
  }
  const config = await loadConfig(options.config, { set: options.set })
  const url = await findAnalytics(config, onProgress)
  if (url === null) throw analyticsOff()
  const settings = { config, url, ...settingsOf(options) }
  const session = await SqlSession.open(settings, { isLone: statements.length === 1 })
  try {
    if (isPrompt) await prompt(session, join(config.dataDir, HISTORY))
    else if (options.out === undefined) await printAnswers(answersTo(statements, session))
    else await saveAnswers(answersTo(statements, session), options.out)
  } finally {
    await session.close()
  }
}

/** Nobody reads a prompt that answers into a pipe or a file. */
function isTerminal({ out, json }: SqlOptions): boolean {
  return process.stdin.isTTY && process.stdout.isTTY && out === undefined && !json
}

async function prompt(session: SqlSession, historyFile: string): Promise<void> {
  await promptForSql({
    input: process.stdin,
    output: process.stdout,
    history: new SqlHistory(historyFile),
    ask: (statement, signal) => session.ask(statement, signal),
    tell: exitFor,
  })
}

async function* answersTo(
  statements: readonly string[],
  session: SqlSession,
): AsyncGenerator<SqlAnswer, void> {
  for (const statement of statements) yield await session.ask(statement)
}

function settingsOf(options: SqlOptions): Omit<SqlSettings, 'config' | 'url'> {
  const { param, write = false, maxSeconds, maxMemory } = options
  return {
    format: formatOf(options),
    mayWrite: write,
    parameters: param,
    limits: { seconds: maxSeconds, memoryBytes: maxMemory ?? USUAL_LIMITS.memoryBytes },
  }
}

async function readSql(query: string | undefined, file: string | undefined): Promise<string> {
  if (query !== undefined && file !== undefined) throw noQuery('it stands on the command line and in --file')
  if (query !== undefined && query !== '-') return query
  if (file === undefined) {
    if (process.stdin.isTTY) throw noQuery('none was given')
    return text(process.stdin)
  }
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw noQuery(`${file} cannot be read (${messageOf(error)})`)
  })
}

function noQuery(what: string): NinefoldError {
  return new NinefoldError(
    'NF_SQL_QUERY',
    `there is no query to ask: ${what}`,
    'Give it as an argument, e.g. ninefold sql "SHOW TABLES", with --file, or on standard input.',
  )
}

function formatOf({ format, json, out }: SqlOptions): string {
  if (format !== undefined) return format
  if (json) return 'JSONEachRow'
  const byName = out === undefined ? null : formatOfFile(out)
  return byName ?? (out === undefined && process.stdout.isTTY ? 'PrettyCompact' : 'TabSeparatedWithNames')
}

/** @throws InvalidArgumentError for what cannot be a format's name. */
function formatName(name: string): string {
  if (/^\w+$/.test(name)) return name
  throw new InvalidArgumentError('Give the name of a format, e.g. JSONEachRow.')
}

function addParameter(pair: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? []
  if (name !== undefined && value !== undefined) return { ...given, [name]: value }
  throw new InvalidArgumentError('Give a name and a value, e.g. --param id=medqa:0042.')
}

function seconds(given: string): number {
  const value = Number(given)
  if (given.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 86_400) return value
  throw new InvalidArgumentError('Give whole seconds from 0 to 86400.')
}

function memory(given: string): number {
  const bytes = sizeOf(given)
  if (bytes !== null) return bytes
  throw new InvalidArgumentError('Give a size, e.g. 500M or 8G.')
}
