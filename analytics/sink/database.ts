/** What the sink asks of ClickHouse: nothing else of it matters to exactly-once. */
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { messageOf, NinefoldError } from '../../errors.ts'
import type { Layout } from '../ddl.ts'
import { databaseId } from '../migrations.ts'
import type { Table } from '../tables/table.ts'
import { TABLES } from '../tables/tables.ts'
import { type Blame, blameOf } from './blame.ts'
import type { Row } from './rows.ts'
import { askAlone, queryIdOf, type Span } from './span.ts'

/** A request to the database that went wrong; its `cause` is what the client threw. */
export class DatabaseFailure extends Error {
  readonly blame: Blame

  constructor(blame: Blame, cause: unknown) {
    super(messageOf(cause), { cause })
    this.name = 'DatabaseFailure'
    this.blame = blame
  }
}

/** The failure when the tables in use are no longer there; others may be in their place. */
export function tablesGone(): DatabaseFailure {
  const remedy =
    'They are made anew and filled from the topics; a table alone is with "ninefold analytics rebuild".'
  const error = new NinefoldError('NF_ANALYTICS_DAMAGED', 'the tables were dropped, or made anew', remedy)
  return new DatabaseFailure('database', error)
}

/** A database as the sink sees it. Rejects with a DatabaseFailure only. */
export interface Database {
  /** Whether a token and its rows are kept together whatever happens; see insert-token.ts. */
  readonly keepsTokensWithRows: boolean
  /**
   * Inserts rows of a span, all or none; the same token a second time changes nothing.
   * @param token names these very rows of this table
   */
  insert(table: Table, rows: readonly Row[], token: string, span: Span): Promise<void>
  /** Which offsets of a span have a row in one of the tables, once no insert of the same span is under way any more. */
  offsetsIn(tables: readonly Table[], span: Span): Promise<Set<number>>
  /** Whether any table has a row of this partition, of whichever topic. */
  holdsAny(edition: string, partition: number): Promise<boolean>
  /** The id the database was given when it was made; null when it was not made by us. */
  id(): Promise<string | null>
}

/** More rows and bytes than any insert has: it stays one block, and so one part, which is there or is not. */
const UNLIMITED = '4294967296'

/** Whatever a server's defaults are. */
const ONE_BLOCK: ClickHouseSettings = {
  async_insert: 0,
  wait_end_of_query: 1,
  insert_deduplicate: 1,
  input_format_parallel_parsing: 0,
  max_insert_threads: '1',
  max_insert_block_size: UNLIMITED,
  min_insert_block_size_rows: UNLIMITED,
  min_insert_block_size_bytes: UNLIMITED,
  // A column that the table lacks is our fault, and nothing to be left out silently.
  input_format_skip_unknown_fields: 0,
}

/** The database a client is connected to. */
export class ClickhouseDatabase implements Database {
  readonly keepsTokensWithRows: boolean
  readonly #client: ClickHouseClient
  readonly #name: string

  constructor(client: ClickHouseClient, { database, cluster }: Layout) {
    this.#client = client
    this.#name = database
    this.keepsTokensWithRows = cluster !== null
  }

  insert(table: Table, rows: readonly Row[], token: string, span: Span): Promise<void> {
    const insertOnce = async () => {
      await this.#client.insert({
        table: table.name,
        values: rows.map(({ values }) => values),
        format: 'JSONEachRow',
        clickhouse_settings: { ...ONE_BLOCK, insert_deduplication_token: token },
        query_id: queryIdOf(this.#name, span),
      })
    }
    return told(() => askAlone(insertOnce))
  }

  offsetsIn(tables: readonly Table[], span: Span): Promise<Set<number>> {
    const { origin, first, last } = span
    const { edition, topic, partition } = origin
    const look = async () => {
      const looks = tables.map(
        ({ name }) => `SELECT _offset FROM \`${name}\`
          WHERE edition = {edition: String} AND _topic = {topic: String} AND _partition = {partition: UInt16}
            AND _offset BETWEEN {first: UInt64} AND {last: UInt64}`,
      )
      const result = await this.#client.query({
        query: looks.join(' UNION ALL '),
        query_params: { edition, topic, partition, first, last },
        format: 'JSONCompactEachRow',
        query_id: queryIdOf(this.#name, span),
      })
      const rows = await result.json<[string | number]>()
      return new Set(rows.map(([offset]) => Number(offset)))
    }
    return told(() => askAlone(look))
  }

  holdsAny(edition: string, partition: number): Promise<boolean> {
    return told(async () => {
      const looks = TABLES.map(
        ({ name }) => `(SELECT 1 FROM \`${name}\`
          WHERE edition = {edition: String} AND _partition = {partition: UInt16} LIMIT 1)`,
      )
      const result = await this.#client.query({
        query: `SELECT 1 FROM (${looks.join(' UNION ALL ')}) LIMIT 1`,
        query_params: { edition, partition },
        format: 'JSONCompactEachRow',
      })
      return (await result.json<[number]>()).length > 0
    })
  }

  id(): Promise<string | null> {
    return told(() => databaseId(this.#client))
  }
}

async function told<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw new DatabaseFailure(blameOf(error), error)
  }
}
