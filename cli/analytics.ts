/** `ninefold analytics`: makes the tables anew from the topics, and says how other tools ask them. */
import type { Command } from 'commander'
import { analyticsOff, passwordOf } from '../analytics/client.ts'
import { loadConfig } from '../config/config.ts'
import type { Config } from '../config/types.ts'
import { findAnalytics } from '../pipeline/addresses.ts'
import { rebuildAnalytics } from '../pipeline/rebuild-analytics.ts'
import { openSession } from '../pipeline/session.ts'
import { tokenFile } from '../stack/engine-tokens.ts'
import { inColumns } from '../terminal/columns.ts'
import {
  type ConfigurationOptions,
  onProgress,
  type PipelineOptions,
  withConfigurationOptions,
  withPipelineOptions,
} from './session-options.ts'

interface RebuildOptions extends PipelineOptions {
  readonly json?: boolean
}

/** Adds the command `analytics`. */
export function register(program: Command): void {
  const analytics = program.command('analytics').description("look after the pipeline's tables in ClickHouse")
  withPipelineOptions(analytics.command('rebuild'))
    .description('drop all tables of the pipeline and fill them again from the topics, for all editions')
    .option('--json', 'print the rows a table as JSON')
    .addHelpText(
      'after',
      `
The topics are the truth and the tables follow from them: the same rows come out as were in them. Views and tables of
your own stay. Workers must not run meanwhile; should it be cut short, the next run goes on filling.

JSON: [{ table, rows }].`,
    )
    .action(rebuild)
  withConfigurationOptions(analytics.command('access'))
    .description('say how other tools ask the tables: address, database, user, and where the password is')
    .option('--token', 'print the password itself and nothing else: e.g. for a variable of a script')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
The local engine answers on loopback only, and only who has a token; it is started where it does not run. This one may
read and not write, whatever the tool. It stays the same until its file is deleted.

JSON: { url, host, port, secure, database, user, passwordFile, passwordEnv }; where the password lies is in one of the
last two, both null for a server without one.`,
    )
    .action(access)
}

interface AccessOptions extends ConfigurationOptions {
  readonly token?: boolean
  readonly json?: boolean
}

async function access({ config: file, set, token, json }: AccessOptions): Promise<void> {
  const config = await loadConfig(file, { set })
  const url = await findAnalytics(config, onProgress)
  if (url === null) throw analyticsOff()
  if (token) return console.log(passwordOf(config.clickhouse, { access: 'reader' }))
  const found = { ...addressOf(url), ...signInOf(config) }
  console.log(json ? JSON.stringify(found, null, 2) : inColumns(linesOf(found)).join('\n'))
}

/** Where ClickHouse is. */
interface Address {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Over TLS. */
  readonly secure: boolean
}

/** Who a tool is there, and where the password lies. */
interface SignIn {
  readonly database: string
  readonly user: string
  readonly passwordFile: string | null
  readonly passwordEnv: string | null
}

function addressOf(address: string): Address {
  const { hostname, port, protocol } = new URL(address)
  const secure = protocol === 'https:'
  return { url: address, host: hostname, port: Number(port || (secure ? 443 : 80)), secure }
}

function signInOf({ clickhouse }: Config): SignIn {
  if (clickhouse.kind === 'off') throw analyticsOff()
  const { database } = clickhouse
  if (clickhouse.kind === 'server') {
    const { user, passwordEnv } = clickhouse
    return { database, user, passwordFile: null, passwordEnv }
  }
  const passwordFile = clickhouse.tokens === undefined ? null : tokenFile(clickhouse.tokens, 'reader')
  return { database, user: 'default', passwordFile, passwordEnv: null }
}

function linesOf({ url, database, user, passwordFile, passwordEnv }: Address & SignIn): string[][] {
  const place = passwordEnv === null ? passwordFile : `the variable ${passwordEnv}`
  return [
    ['address', url],
    ['database', database],
    ['user', user],
    ['password', place === null ? 'none' : `in ${place}`],
  ]
}

async function rebuild(options: RebuildOptions): Promise<void> {
  const session = await openSession({ ...options, onProgress })
  try {
    const tables = await rebuildAnalytics(session, onProgress)
    console.log(options.json ? JSON.stringify(tables, null, 2) : tables.map(line).join('\n'))
  } finally {
    await session.close()
  }
}

function line({ table, rows }: { table: string; rows: number }): string {
  return `${table.padEnd(14)} ${rows.toLocaleString('en').padStart(12)}`
}
