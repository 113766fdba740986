/** The engine killed in the middle of inserts: what it said is done is there, what is there is whole. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { expect, it } from 'vitest'
import { ToyEngine } from '../../support/toy-engine.ts'

const KILLS = 6
const WRITERS = 3
const ROWS = 500

interface Stored {
  readonly token: string
  readonly rows: number
  readonly different: number
}

it('keeps whole inserts over six kills, takes none twice, and those it has lost under another token', async () => {
  await using engine = await ToyEngine.start()
  const open = () =>
    createClient({ url: engine.url, log: { level: ClickHouseLogLevel.OFF }, request_timeout: 60_000 })
  const insert = (client: ClickHouseClient, token: string, underToken = token) =>
    client.insert({
      table: 'kept',
      values: Array.from({ length: ROWS }, (_, row) => ({ token, row })),
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplication_token: underToken },
    })
  const stored = async () => {
    const found = await engine.query<Stored>(
      'default',
      'SELECT token, toUInt32(count()) AS rows, toUInt32(uniqExact(row)) AS different FROM kept GROUP BY token',
    )
    return new Map(found.map((group) => [group.token, group]))
  }
  const first = open()
  await first.command({
    query: `CREATE TABLE kept (token String, row UInt32) ENGINE = MergeTree ORDER BY (token, row)
      SETTINGS non_replicated_deduplication_window = 10000`,
  })
  await first.close()

  const acknowledged: string[] = []
  const unknown: string[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const client = open()
    const before = acknowledged.length
    let isOver = false
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let at = 0; !isOver; at++) {
        const token = `${kill}-${writer}-${at}`
        await insert(client, token).then(
          () => acknowledged.push(token),
          () => {
            unknown.push(token)
            isOver = true
          },
        )
      }
    })
    while (acknowledged.length < before + 10) await sleep(5)
    await engine.kill()
    await Promise.all(writers)
    await client.close()
    await engine.restart()
    const groups = await stored()
    for (const [token, group] of groups) expect(group, token).toEqual({ token, rows: ROWS, different: ROWS })
    for (const token of acknowledged) expect(groups.has(token), token).toBe(true)
  }

  expect(unknown.length).toBeGreaterThanOrEqual(KILLS)
  const again = open()
  for (const token of [...unknown, ...acknowledged.slice(-20)]) await insert(again, token)
  // It writes down a token before the part: killed in between, it takes the rows for there.
  const there = await stored()
  const lost = unknown.filter((token) => !there.has(token))
  for (const token of lost) await insert(again, token, `${token}/2`)
  await again.close()
  const groups = await stored()
  expect([...groups.keys()].sort()).toEqual([...new Set([...acknowledged, ...unknown])].sort())
  for (const [token, group] of groups) expect(group, token).toEqual({ token, rows: ROWS, different: ROWS })
})

it('lets no second engine into its folder, and ends in good order', async () => {
  await using engine = await ToyEngine.start()
  const second = spawn(process.execPath, engine.command, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  second.stderr.on('data', (chunk) => {
    said += chunk
  })
  expect(await once(second, 'close')).toEqual([1, null])
  expect(said).toContain('another engine works on')
  expect(await engine.query('default', 'SELECT 1 AS x')).toEqual([{ x: 1 }])
  expect(await engine.stop()).toEqual([0, null])
})
