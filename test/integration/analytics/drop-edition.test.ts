/** An edition's rows are dropped from the real engine, and the very same rows may come again. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { dropEditionRows } from '../../../analytics/drop-edition.ts'
import { migrate } from '../../../analytics/migrations.ts'
import { ClickhouseDatabase } from '../../../analytics/sink/database.ts'
import type { Row } from '../../../analytics/sink/rows.ts'
import { completions } from '../../../analytics/tables/completions.ts'
import type { KafkaMessage } from '../../../streams/transport/kafkajs.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const LAYOUT = { database: 'ninefold_dropped', cluster: null }
const CLICKHOUSE = { kind: 'local', database: LAYOUT.database } as const
/** A quote in it would end a text of SQL; editions have none, but the statement must not depend on that. */
const STRICT = "str'ict"
let engine: ToyEngine
const open = (database?: string) => openAnalytics({ clickhouse: CLICKHOUSE }, engine.url, { database })

function rows(edition: string): Row[] {
  return Array.from({ length: 3 }, (_, offset) => {
    const place = { edition, _topic: 'completions', _partition: 0, _offset: offset, _time: offset }
    return { offset, values: { ...place, step: 'generate' }, record: {} as KafkaMessage }
  })
}

async function counts(): Promise<Record<string, number>> {
  const found = await engine.query<{ edition: string; rows: number }>(
    LAYOUT.database,
    'SELECT edition, toUInt32(count()) AS rows FROM completions GROUP BY edition',
  )
  return Object.fromEntries(found.map(({ edition, rows: its }) => [edition, its]))
}

beforeAll(async () => {
  engine = await ToyEngine.start()
})

afterAll(() => engine?.[Symbol.asyncDispose]())

it('drops the rows of one edition from every table, with what is remembered of their inserts', async () => {
  const client = open('default')
  // Where nothing was ever made there is nothing to drop.
  await dropEditionRows(client, LAYOUT, STRICT)
  await migrate(open, LAYOUT)
  const within = open()
  const database = new ClickhouseDatabase(within, LAYOUT)
  const insert = (edition: string) => {
    const span = { origin: { edition, topic: 'completions' as const, partition: 0 }, first: 0, last: 2 }
    return database.insert(completions, rows(edition), `token of ${edition}`, span)
  }
  await insert('main')
  await insert(STRICT)
  await insert(STRICT)
  expect(await counts()).toEqual({ main: 3, [STRICT]: 3 })
  await dropEditionRows(client, LAYOUT, STRICT)
  expect(await counts()).toEqual({ main: 3 })
  await dropEditionRows(client, LAYOUT, STRICT)
  await insert(STRICT)
  expect(await counts()).toEqual({ main: 3, [STRICT]: 3 })
  await Promise.all([client.close(), within.close()])
})
