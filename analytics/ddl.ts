/**
 * What makes the tables: the same statements for the local engine and for a server, replicated ones for a cluster.
 * All of them may be given again at any time, and by several workers at once.
 *
 * Plain MergeTree, not Replacing: a count is then the number of rows, at any time, without FINAL. That no row comes
 * twice is the sink's promise, kept with the deduplication window; were it broken, it would show.
 */
import type { Clickhouse } from '../config/config.ts'
import { identifier, literal } from './sql/tokens.ts'
import { type Key, numberOf } from './tables/keys.ts'
import { PLACE_COLUMNS, PLACE_ORDER } from './tables/place-columns.ts'
import type { Projection, Table } from './tables/table.ts'
import type { View } from './views/view.ts'

/** Where tables are made. */
export interface Layout {
  readonly database: string
  /** As in ON CLUSTER; null = a single server. All its servers hold all rows: one shard, replicated. */
  readonly cluster: string | null
}

/** Where a configuration's tables are made; it must want some. */
export function layoutOf(clickhouse: Clickhouse): Layout {
  if (clickhouse.kind === 'off') return { database: '', cluster: null }
  return { database: clickhouse.database, cluster: clickhouse.kind === 'server' ? clickhouse.cluster : null }
}

/**
 * How many inserts a table remembers, so that one sent twice is one: more than pass while somebody who was stopped in
 * the middle of an insert may come back. A table takes one insert a partition and second at most.
 */
const REMEMBERED_INSERTS = 10_000
/** The same in time, for replicated tables, seconds. */
const REMEMBERED_SECONDS = 7 * 24 * 3_600

/** Statements that make a table, and bring one that an earlier version has made up to date. */
export function tableStatements(table: Table, layout: Layout): string[] {
  const name = nameIn(layout, table.name)
  const columns = [
    ...[...PLACE_COLUMNS, ...table.columns].map(columnText),
    ...(table.keys ?? []).map(keyText),
  ]
  const lookups = (table.lookups ?? []).map(
    (column) =>
      `INDEX ${identifier(`${column}_lookup`)} ${identifier(column)} TYPE bloom_filter GRANULARITY 4`,
  )
  const create = `CREATE TABLE IF NOT EXISTS ${name}${onCluster(layout)}
(
${[...columns, ...lookups].map((line) => `    ${line}`).join(',\n')}
)
ENGINE = ${engine(layout)}
PARTITION BY edition
ORDER BY (${orderOf(table).map(identifier).join(', ')})
SETTINGS ${deduplication(layout)}
COMMENT ${literal(table.comment)}`
  const additions = columns.map((column) => `ADD COLUMN IF NOT EXISTS ${column}`)
  return [create, `ALTER TABLE ${name}${onCluster(layout)}\n${indented(additions)}`]
}

/** The statement that gives the keys of a table to rows that were there before them; null where it has none. */
export function keysStatement({ name, keys = [] }: Table, layout: Layout): string | null {
  if (keys.length === 0) return null
  const made = keys.map((key) => `MATERIALIZE COLUMN ${identifier(key.name)}`)
  return `ALTER TABLE ${nameIn(layout, name)}${onCluster(layout)}\n${indented(made)}`
}

/** Statements that make a projection of a table, or make it anew, for the rows there are, too. */
export function projectionStatements(
  { name }: Table,
  { name: projection, by, sums }: Projection,
  layout: Layout,
): string[] {
  const alter = (what: string) => `ALTER TABLE ${nameIn(layout, name)}${onCluster(layout)} ${what}`
  const select = `SELECT ${[...by, ...sums].join(', ')} GROUP BY ${by.join(', ')}`
  return [
    alter(`DROP PROJECTION IF EXISTS ${identifier(projection)}`),
    alter(`ADD PROJECTION IF NOT EXISTS ${identifier(projection)} (${select})`),
    alter(`MATERIALIZE PROJECTION ${identifier(projection)}`),
  ]
}

/** The statement that makes the database. */
export function databaseStatement(layout: Layout): string {
  return `CREATE DATABASE IF NOT EXISTS ${identifier(layout.database)}${onCluster(layout)}`
}

/** The statement that makes a view, or makes it anew; to be given within the database. */
export function viewStatement({ name, comment, select }: View, layout: Layout): string {
  return `CREATE OR REPLACE VIEW ${nameIn(layout, name)}${onCluster(layout)} AS\n${select.trim()}\nCOMMENT ${literal(comment)}`
}

/** The statement that drops a table with its rows, or a view. */
export function dropStatement(kind: 'TABLE' | 'VIEW', name: string, layout: Layout): string {
  return `DROP ${kind} IF EXISTS ${nameIn(layout, name)}${onCluster(layout)} SYNC`
}

/** The statement that drops an edition's rows of a table. */
export function dropEditionStatement(table: string, edition: string, layout: Layout): string {
  return `ALTER TABLE ${nameIn(layout, table)}${onCluster(layout)} DROP PARTITION ${literal(edition)}`
}

/** ` ON CLUSTER …` where there is one. */
export function onCluster({ cluster }: Layout): string {
  return cluster === null ? '' : ` ON CLUSTER ${literal(cluster)}`
}

/** The engine of the tables. */
export function engine({ cluster }: Layout): string {
  if (cluster === null) return 'MergeTree'
  return "ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')"
}

/** The setting of a table by which an insert that is sent twice is one. */
export function deduplication({ cluster }: Layout): string {
  const window = 'replicated_deduplication_window'
  if (cluster === null) return `non_${window} = ${REMEMBERED_INSERTS}`
  return `${window} = ${REMEMBERED_INSERTS}, ${window}_seconds = ${REMEMBERED_SECONDS}`
}

/** `database`.`name`. */
export function nameIn({ database }: Layout, name: string): string {
  return `${identifier(database)}.${identifier(name)}`
}

function orderOf({ orderBy }: Table): string[] {
  return [...orderBy, ...PLACE_ORDER.filter((column) => !orderBy.includes(column))]
}

function columnText({ name, type: { type, codec }, comment }: Table['columns'][number]): string {
  const compression = codec === undefined ? '' : ` CODEC(${codec})`
  return `${identifier(name)} ${type} COMMENT ${literal(comment)}${compression}`
}

function keyText({ name, of, isMany, comment }: Key): string {
  const made = isMany
    ? `Array(UInt64) MATERIALIZED arrayMap(id -> ${numberOf('id')}, ${identifier(of)})`
    : `UInt64 MATERIALIZED ${numberOf(identifier(of))}`
  return `${identifier(name)} ${made} COMMENT ${literal(comment)}`
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join(',\n')
}
