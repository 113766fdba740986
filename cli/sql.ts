/** `ninefold sql`: what the pipeline's tables hold, asked in SQL. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable, Transform, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { ask } from '../analytics/sql/ask.ts'
import { splitStatements } from '../analytics/sql/statements.ts'
import { loadConfig } from '../config/config.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import { findAnalytics } from '../pipeline/addresses.ts'
import { generatePromptHash } from '../prompts/generate.ts'
import { printable } from '../terminal/fit.ts'
import { onProgress } from './session-options.ts'

interface SqlOptions {
  readonly config: string
  readonly file?: string
  readonly output?: string
  readonly format?: string
  readonly json?: boolean
  readonly write?: boolean
}

/** The format of an output file by its name's end. */
const FORMAT_OF_EXTENSION: Readonly<Record<string, string>> = {
  '.csv': 'CSVWithNames',
  '.json': 'JSON',
  '.jsonl': 'JSONEachRow',
  '.ndjson': 'JSONEachRow',
  '.md': 'Markdown',
  '.parquet': 'Parquet',
  '.tsv': 'TabSeparatedWithNames',
}

/** Adds the command `sql`. */
export function register(program: Command): void {
  program
    .command('sql')
    .description("ask the pipeline's tables in ClickHouse's SQL")
    .argument('[query]', 'one statement or several with ";" between them; left out: standard input')
    .option('-c, --config <file>', 'the configuration', 'ninefold.yaml')
    .option('-f, --file <file>', 'read the statements from a file')
    .option('-o, --output <file>', 'write the answer into a file, in the format its name ends with')
    .option('--format <format>', 'any of ClickHouse, e.g. Vertical, CSVWithNames, Parquet', formatName)
    .option('--json', 'a line of JSON a row (JSONEachRow)')
    .option('--write', 'let statements change tables, too')
    .addHelpText(
      'after',
      `
A table on a terminal, tab-separated values with names into a pipe. \`SHOW TABLES\` lists tables and views,
\`DESCRIBE TABLE completions\` a table's columns and what they mean. The local engine is started where it does not run;
Kafka need not run.`,
    )
    .action(sql)
}

async function sql(query: string | undefined, options: SqlOptions): Promise<void> {
  const statements = splitStatements(await readSql(query, options.file))
  if (statements.length === 0) throw noQuery('it holds no statement')
  const config = await loadConfig(options.config, { generatePromptHash })
  const url = (await findAnalytics(config, onProgress)) ?? ''
  const answers = ask(statements, {
    config,
    url,
    format: formatOf(options),
    mayWrite: options.write ?? false,
  })
  if (options.output === undefined) await print(answers)
  else await save(answers, options.output)
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

/** @throws InvalidArgumentError for what cannot be a format's name. */
function formatName(name: string): string {
  if (/^\w+$/.test(name)) return name
  throw new InvalidArgumentError('Give the name of a format, e.g. JSONEachRow.')
}

function formatOf({ format, json, output }: SqlOptions): string {
  if (format !== undefined) return format
  if (json) return 'JSONEachRow'
  const byName = output === undefined ? undefined : FORMAT_OF_EXTENSION[extname(output).toLowerCase()]
  return byName ?? (output === undefined && process.stdout.isTTY ? 'PrettyCompact' : 'TabSeparatedWithNames')
}

/** Onto standard output; it is no failure when nobody reads on, e.g. behind `| head`. */
async function print(answers: AsyncIterable<Readable>): Promise<void> {
  try {
    const safe = process.stdout.isTTY ? [onTerminal()] : []
    await pipeline([Readable.from(inOne(answers)), ...safe, process.stdout], { end: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}

/** One after the other, as one stream: however many there are, the output is listened to once. */
async function* inOne(answers: AsyncIterable<Readable>): AsyncGenerator<unknown> {
  for await (const answer of answers) yield* answer
}

/** Into a file, which is touched only when the first answer has come. */
async function save(answers: AsyncIterable<Readable>, path: string): Promise<void> {
  let file: Writable | null = null
  for await (const answer of answers) {
    file ??= createWriteStream(path)
    await pipeline(answer, file, { end: false })
  }
  if (file !== null) await once(file.end(), 'close')
}

/** Without what a terminal would take for a command: what stands in the tables comes from anywhere. */
function onTerminal(): Transform {
  const decoder = new TextDecoder()
  return new Transform({
    transform: (chunk, _, done) => done(null, printable(decoder.decode(chunk, { stream: true }))),
  })
}
