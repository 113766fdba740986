/**
 * Brings a database to what this version of Ninefold declares. Every migration has a number, is applied in their order,
 * and is recorded in `_migrations` with the checksum of its statements: it is applied again when these have changed,
 * which every one of them bears. So several workers may do it at once, and a column that was added to a table here is
 * added there.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { NinefoldError } from '../errors.ts'
import { contentId } from '../schemas/ids.ts'
import {
  databaseStatement,
  deduplication,
  dropStatement,
  engine,
  keysStatement,
  type Layout,
  nameIn,
  onCluster,
  projectionStatements,
  tableStatements,
  viewStatement,
} from './ddl.ts'
import { MOST_TRIES, tokenOfTry } from './insert-token.ts'
import { TABLES } from './tables/tables.ts'
import { VIEWS } from './views/views.ts'

/** Something to be applied. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: readonly string[]
  readonly checksum: string
}

/** Where the id of the database is recorded. */
const ID_VERSION = 0
const ID_TOKEN = 'id of this database'
/** Behind all tables there may ever be: what older rows lack is made once, when it is declared. */
const FIRST_KEYS = 400
const FIRST_PROJECTION = 500
/** Of one table. */
const MOST_PROJECTIONS = 10
/** Views come last. */
const FIRST_VIEW = 1_000
/** Servers of a cluster that change a table at the same time refuse one another for a moment. */
const MAX_ATTEMPTS = 5
const RETRY_MS = 500

/** All migrations, in order. */
export function migrations(layout: Layout): Migration[] {
  const tables = TABLES.map((table, at) =>
    migration(at + 1, `table ${table.name}`, tableStatements(table, layout)),
  )
  const keys = TABLES.flatMap((table, at) => {
    const statement = keysStatement(table, layout)
    return statement === null ? [] : migration(FIRST_KEYS + at, `keys of ${table.name}`, [statement])
  })
  const projections = TABLES.flatMap((table, at) =>
    (table.projections ?? []).map((projection, place) =>
      migration(
        FIRST_PROJECTION + at * MOST_PROJECTIONS + place,
        `projection ${table.name}.${projection.name}`,
        projectionStatements(table, projection, layout),
      ),
    ),
  )
  const views = VIEWS.map((view, at) =>
    migration(FIRST_VIEW + at, `view ${view.name}`, [viewStatement(view, layout)]),
  )
  return [...tables, ...keys, ...projections, ...views]
}

/** The table in which it is recorded what has been applied. */
export function migrationsTable(layout: Layout): string {
  return `CREATE TABLE IF NOT EXISTS ${nameIn(layout, '_migrations')}${onCluster(layout)}
(
    version UInt32 COMMENT 'Applied in this order.',
    name String COMMENT 'What it makes.',
    checksum String COMMENT 'Of its statements: others are applied again.',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') COMMENT 'When, UTC.'
)
ENGINE = ${engine(layout)}
ORDER BY (version, applied_at)
SETTINGS ${deduplication(layout)}
COMMENT 'A row is a migration that was applied.'`
}

/**
 * Applies what is missing.
 * @param open makes a client for this database, or for the pipeline's when none is named, which is made first
 * @returns the names of what was applied.
 */
export async function migrate(
  open: (database?: string) => ClickHouseClient,
  layout: Layout,
): Promise<string[]> {
  await withClient(open('default'), (client) => apply(client, databaseStatement(layout)))
  return withClient(open(), async (client) => {
    await apply(client, migrationsTable(layout))
    await claim(client, layout)
    const known = await appliedChecksums(client)
    if (known.size > 1) await refuseGaps(client, layout)
    const missing = migrations(layout).filter(({ version, checksum }) => known.get(version) !== checksum)
    for (const { version, name, checksum, statements } of missing) {
      for (const statement of statements) await apply(client, statement)
      await client.insert({
        table: '_migrations',
        values: [{ version, name, checksum }],
        format: 'JSONEachRow',
        columns: ['version', 'name', 'checksum'],
        // What was applied before, and is applied again, is a row again.
        clickhouse_settings: { async_insert: 0, insert_deduplication_token: randomUUID() },
      })
    }
    return missing.map(({ name }) => name)
  })
}

/**
 * Drops all tables and views, with their rows. Last the one by which the database is known: should this be cut short,
 * the gaps are noticed, and nothing is taken for complete.
 */
export async function dropTables(client: ClickHouseClient, layout: Layout): Promise<void> {
  await apply(client, databaseStatement(layout))
  for (const { name } of VIEWS.toReversed()) await apply(client, dropStatement('VIEW', name, layout))
  for (const { name } of TABLES) await apply(client, dropStatement('TABLE', name, layout))
  await apply(client, dropStatement('TABLE', '_migrations', layout))
}

/**
 * The id the database of this client was given when its tables were made: where progress into it is told, it is told
 * of this one, and one made anew begins from nothing. Null when there is none.
 */
export async function databaseId(client: ClickHouseClient): Promise<string | null> {
  const result = await client.query({
    query: `SELECT checksum FROM _migrations WHERE version = ${ID_VERSION}`,
    format: 'JSONCompactEachRow',
  })
  const [row] = await result.json<[string]>()
  return row?.[0] ?? null
}

/**
 * A table that was made and is no longer there has taken rows with it that the sink has done with.
 * @throws {NinefoldError} NF_ANALYTICS_DAMAGED
 */
async function refuseGaps(client: ClickHouseClient, layout: Layout): Promise<void> {
  const made = await namesOf(client, "SELECT name FROM _migrations WHERE startsWith(name, 'table ')")
  const present = await namesOf(
    client,
    "SELECT 'table ' || name AS name FROM system.tables WHERE database = currentDatabase()",
  )
  const gone = [...made.difference(present)].sort()
  if (gone.length === 0) return
  throw new NinefoldError(
    'NF_ANALYTICS_DAMAGED',
    `database ${layout.database} has lost what was in it: ${gone.join(', ')} is gone`,
    'Make the tables anew from the topics with "ninefold analytics rebuild".',
  )
}

async function namesOf(client: ClickHouseClient, query: string): Promise<Set<string>> {
  const result = await client.query({ query, format: 'JSONEachRow' })
  return new Set((await result.json<{ name: string }>()).map(({ name }) => name))
}

/** Gives the database its id. Of several who do so at once, the first is heard: the others' inserts have its token. */
async function claim(client: ClickHouseClient, { cluster }: Layout): Promise<void> {
  for (let attempt = 1; attempt <= (cluster === null ? MOST_TRIES : 1); attempt++) {
    if ((await databaseId(client)) !== null) return
    await client.insert({
      table: '_migrations',
      values: [{ version: ID_VERSION, name: 'id of this database', checksum: randomUUID() }],
      columns: ['version', 'name', 'checksum'],
      format: 'JSONEachRow',
      clickhouse_settings: { async_insert: 0, insert_deduplication_token: tokenOfTry(ID_TOKEN, attempt) },
    })
  }
}

async function withClient<T>(
  client: ClickHouseClient,
  use: (client: ClickHouseClient) => Promise<T>,
): Promise<T> {
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

function migration(version: number, name: string, statements: readonly string[]): Migration {
  return { version, name, statements, checksum: contentId('migration', ...statements) }
}

async function appliedChecksums(client: ClickHouseClient): Promise<Map<number, string>> {
  const result = await client.query({
    query: 'SELECT version, argMax(checksum, applied_at) AS last FROM _migrations GROUP BY version',
    format: 'JSONEachRow',
  })
  const rows = await result.json<{ version: number; last: string }>()
  return new Map(rows.map(({ version, last }) => [version, last]))
}

async function apply(client: ClickHouseClient, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.command({ query: statement })
      return
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS) throw error
      await sleep(RETRY_MS * attempt)
    }
  }
}
