/** Takes an edition's rows out of all tables. */
import type { ClickHouseClient } from '@clickhouse/client'
import { dropEditionStatement, type Layout } from './ddl.ts'
import { TABLES } from './tables/tables.ts'

/**
 * Drops the rows, of those tables that are there, with what is remembered of their inserts: the same rows may come
 * again. Changes nothing where there are none.
 * @param client of any database of the server
 */
export async function dropEditionRows(
  client: ClickHouseClient,
  layout: Layout,
  edition: string,
): Promise<void> {
  const result = await client.query({
    query: 'SELECT name FROM system.tables WHERE database = {database: String}',
    query_params: { database: layout.database },
    format: 'JSONEachRow',
  })
  const there = new Set((await result.json<{ name: string }>()).map(({ name }) => name))
  for (const { name } of TABLES.filter((table) => there.has(table.name))) {
    await client.command({ query: dropEditionStatement(name, edition, layout) })
  }
}
