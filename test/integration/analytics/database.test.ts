/** What exactly-once leans on, asked of the real engine: an insert is one part, and twice the same token is once. */
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { databaseId, dropTables, migrate } from '../../../analytics/migrations.ts'
import { ClickhouseDatabase, DatabaseFailure } from '../../../analytics/sink/database.ts'
import type { Row } from '../../../analytics/sink/rows.ts'
import { queryIdOf } from '../../../analytics/sink/span.ts'
import { completions } from '../../../analytics/tables/completions.ts'
import { TABLES } from '../../../analytics/tables/tables.ts'
import { undecodable } from '../../../analytics/tables/undecodable.ts'
import type { KafkaMessage } from '../../../streams/transport/kafkajs.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const ORIGIN = { edition: 'main', topic: 'completions', partition: 3 } as const
const LAYOUT = { database: 'ninefold_blocks', cluster: null }
const CLICKHOUSE = { kind: 'local', database: LAYOUT.database } as const
/** More than ClickHouse's defaults keep together: 10 MB a piece when parsing, 65,409 rows a block. */
const ROWS = 80_000
const FILLING = 'a chain of thought, '.repeat(20)

function rows(count: number, changes: object = {}): Row[] {
  return Array.from({ length: count }, (_, offset) => {
    const place = { edition: 'main', _topic: 'completions', _partition: 3, _offset: offset, _time: offset }
    const values = { ...place, step: 'generate', question_id: `q${offset}`, text: FILLING, ...changes }
    return { offset, values, record: {} as KafkaMessage }
  })
}

describe('the database', () => {
  let engine: ToyEngine
  const open = (database?: string) => openAnalytics({ clickhouse: CLICKHOUSE }, engine.url, { database })
  const partsOf = async (table: string) => {
    const query = `SELECT toUInt32(rows) AS rows FROM system.parts WHERE active AND table = '${table}' AND database = currentDatabase()`
    return (await engine.query<{ rows: number }>(LAYOUT.database, query)).map((part) => part.rows)
  }

  beforeAll(async () => {
    engine = await ToyEngine.start()
    await migrate(open, LAYOUT)
  })

  afterAll(() => engine?.[Symbol.asyncDispose]())

  it('takes an insert as one part, and the same one again not at all', async () => {
    const client = open()
    const database = new ClickhouseDatabase(client, LAYOUT)
    const all = rows(ROWS)
    const span = { origin: ORIGIN, first: 0, last: ROWS - 1 }
    await database.insert(completions, all, 'token', span)
    expect(await partsOf('completions')).toEqual([ROWS])
    await database.insert(completions, all, 'token', span)
    expect(await partsOf('completions')).toEqual([ROWS])
    const tables = [completions, undecodable]
    expect(await database.offsetsIn(tables, { origin: ORIGIN, first: 10, last: 12 })).toEqual(
      new Set([10, 11, 12]),
    )
    const elsewhere = { ...ORIGIN, partition: 4 }
    expect(await database.offsetsIn(tables, { origin: elsewhere, first: 10, last: 12 })).toEqual(new Set())
    expect(await database.holdsAny(ORIGIN.edition, ORIGIN.partition)).toBe(true)
    expect(await database.holdsAny(ORIGIN.edition, 4)).toBe(false)
    expect(await database.holdsAny('another', ORIGIN.partition)).toBe(false)
    await client.close()
  })

  it('refuses an insert as a whole for one row that does not fit, and says that a row is to blame', async () => {
    const client = open()
    const database = new ClickhouseDatabase(client, LAYOUT)
    const span = { origin: ORIGIN, first: 0, last: 100 }
    const [bad] = rows(1, { attempt: -1 })
    const failure = await database
      .insert(completions, [...rows(100), bad!], 'other', span)
      .catch((error) => error)
    expect(failure).toBeInstanceOf(DatabaseFailure)
    expect(failure.blame).toBe('rows')
    const lacking = await database
      .insert(completions, rows(1, { nonsense: 1 }), 'third', span)
      .catch((error) => error)
    expect(lacking.blame).toBe('database')
    expect(await partsOf('completions')).toEqual([ROWS])
    await client.close()
  })

  it('looks when what is under way of the same span has ended', async () => {
    const client = open()
    const span = { origin: { ...ORIGIN, partition: 5 }, first: 0, last: 9 }
    const query_id = queryIdOf(LAYOUT.database, span)
    const isUnderWay = async () => {
      const query = "SELECT 1 FROM system.processes WHERE query LIKE 'SELECT sleep(3)%'"
      return (await engine.query(LAYOUT.database, query)).length > 0
    }
    const earlier = client.command({ query: 'SELECT sleep(3)', query_id })
    while (!(await isUnderWay()));
    await new ClickhouseDatabase(client, LAYOUT).offsetsIn([completions], span)
    expect(await isUnderWay()).toBe(false)
    await earlier
    await client.close()
  })

  it('is made once by any number of workers that start at the same time, and keeps its id', async () => {
    const layout = { ...LAYOUT, database: 'ninefold_many' }
    const openMany = (database?: string) =>
      createClient({ url: engine.url, database: database ?? layout.database })
    await Promise.all(Array.from({ length: 4 }, () => migrate(openMany, layout)))
    const client = openMany()
    const id = await databaseId(client)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await migrate(openMany, layout)).toEqual([])
    expect(await databaseId(client)).toBe(id)
    await dropTables(client, layout)
    await migrate(openMany, layout)
    expect(await databaseId(client)).not.toBe(id)
    await client.close()
  })

  it('explains every table and every column', async () => {
    const mute = await engine.query<{ name: string }>(
      LAYOUT.database,
      `SELECT table || '.' || name AS name FROM system.columns
       WHERE database = currentDatabase() AND comment = '' AND table IN (${TABLES.map(({ name }) => `'${name}'`)})
       UNION ALL SELECT name FROM system.tables WHERE database = currentDatabase() AND comment = ''`,
    )
    expect(mute).toEqual([])
  })

  it('adds a column that an older version did not have, and refuses to go on without a table that is gone', async () => {
    await engine.query(LAYOUT.database, 'ALTER TABLE kept DROP COLUMN cot')
    await engine.query(
      LAYOUT.database,
      "ALTER TABLE _migrations DELETE WHERE name = 'table kept' SETTINGS mutations_sync = 2",
    )
    expect(await migrate(open, LAYOUT)).toEqual(['table kept'])
    await engine.query(LAYOUT.database, 'SELECT cot FROM kept')
    await engine.query(LAYOUT.database, 'DROP TABLE kept SYNC')
    await expect(migrate(open, LAYOUT)).rejects.toMatchObject({ code: 'NF_ANALYTICS_DAMAGED' })
  })
})
