/** Who is let in by the engine, and what they may do: by any tool's requests, and by clickhouse-connect as it is. */
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { migrate } from '../../../analytics/migrations.ts'
import { type EngineAccess, tokenFile } from '../../../stack/engine-tokens.ts'
import { pythonWith } from '../../support/python.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const run = promisify(execFile)
const PYTHON = new URL('clickhouse-connect/', import.meta.url)
const LAYOUT = { database: 'ninefold_access', cluster: null }
/** Pandas is large. */
const INSTALL_MS = 8 * 60_000

let engine: ToyEngine

/** A call, as the sink inserts it. */
const call = (payment: string, model: string, nanoUsd: number | null) => ({
  ...{ edition: 'main', _topic: 'completions', _partition: 0, _offset: Number(payment), _time: 0 },
  ...{ payment_id: payment, step: 'verify', model, cost_nano_usd: nanoUsd, started_at: 0 },
})

beforeAll(async () => {
  engine = await ToyEngine.start({ withTokens: true })
  const clickhouse = { kind: 'local', database: LAYOUT.database, tokens: engine.tokens! } as const
  const open = (database?: string) => openAnalytics({ clickhouse }, engine.url, { database })
  await migrate(open, LAYOUT)
  const client = open()
  const values = [call('1', 'ant', 10_000_001), call('2', 'ant', 20_000_000), call('3', 'bee', null)]
  await client.insert({
    table: 'completions',
    values,
    format: 'JSONEachRow',
    columns: Object.keys(values[0]!) as [string, ...string[]],
  })
  await client.close()
})

afterAll(() => engine?.[Symbol.asyncDispose]())

interface Asked {
  readonly headers?: Record<string, string>
  readonly parameters?: Record<string, string>
  readonly method?: string
}

/** A request with any headers, `Host` and `Origin` among them, which fetch would not send. */
async function ask(query: string, { headers = {}, parameters = {}, method = 'POST' }: Asked) {
  const path = `/?${new URLSearchParams({ ...parameters, ...(method === 'GET' && { query }) })}`
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const sent = request(`${engine.url}${path}`, { method, headers }, async (response) => {
    resolve({ status: response.statusCode ?? 0, text: await text(response) })
  })
  sent.once('error', reject).end(method === 'GET' ? undefined : query)
  return promise
}

const withToken = (access: EngineAccess) => ({ 'X-ClickHouse-Key': engine.token(access) })
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

describe('the engine', () => {
  it('keeps its tokens where only their owner can read them', () => {
    for (const access of ['owner', 'reader'] as const) {
      expect(statSync(tokenFile(engine.tokens!, access)).mode & 0o777).toBe(0o600)
      expect(engine.token(access)).toMatch(/^[0-9a-f]{48}$/)
    }
    expect(engine.token('owner')).not.toBe(engine.token('reader'))
  })

  it('takes a token wherever ClickHouse takes a password', async () => {
    const token = engine.token('reader')
    const ways: Asked[] = [
      { headers: { 'X-ClickHouse-Key': token } },
      { headers: { 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': token } },
      { headers: { Authorization: basic('default', token) } },
      { headers: { Authorization: `Bearer ${token}` } },
      { parameters: { user: 'default', password: token } },
    ]
    for (const way of ways) expect(await ask('SELECT 1', way)).toEqual({ status: 200, text: '1\n' })
  })

  it('refuses whoever has none, and does not repeat what was tried', async () => {
    const wrong = 'f'.repeat(48)
    const ways: Asked[] = [
      {},
      { headers: { 'X-ClickHouse-Key': wrong } },
      { headers: { Authorization: basic('eve', engine.token('owner')) } },
      { headers: { Authorization: `Bearer ${wrong}` } },
      { parameters: { password: wrong } },
    ]
    for (const way of ways) {
      const refused = await ask('SELECT 1', way)
      expect(refused).toEqual({ status: 403, text: expect.stringContaining('(AUTHENTICATION_FAILED)') })
      expect(refused.text).not.toContain(wrong)
      expect(refused.text).not.toContain(engine.token('owner'))
    }
  })

  it('refuses pages of a browser, whatever name leads to it, even with a token', async () => {
    const { host } = new URL(engine.url)
    const pages: Record<string, string>[] = [
      { Host: `ninefold.example:${engine.url.split(':')[2]}` },
      { Host: host, Origin: 'http://evil.example' },
      { Host: host, Origin: engine.url },
    ]
    for (const headers of pages) {
      const refused = await ask('SELECT 1', { headers: { ...withToken('owner'), ...headers } })
      expect(refused.status).toBe(403)
    }
  })

  it.each([
    'DROP TABLE records',
    'TRUNCATE TABLE completions',
    "INSERT INTO redrive (edition) VALUES ('x')",
    'ALTER TABLE records DROP COLUMN cot',
    'CREATE TABLE mine (n UInt8) ENGINE = Memory',
    'SET readonly = 0',
    'SELECT 1 SETTINGS readonly = 0',
    'SYSTEM FLUSH LOGS',
  ])('lets a reader not do %s, whatever it asks for, in a session or not', async (query) => {
    const database = LAYOUT.database
    const asked: Record<string, string>[] = [
      { database },
      { database, readonly: '0' },
      { database, session_id: 'one' },
      { database, session_id: 'one', readonly: '0' },
    ]
    for (const parameters of asked) {
      const refused = await ask(query, { headers: withToken('reader'), parameters })
      expect(refused, refused.text).toMatchObject({ status: 403, text: expect.stringContaining('READONLY') })
    }
  })

  it('lets a reader set how it is answered, and its owner write in a session of the same name', async () => {
    const parameters = { database: LAYOUT.database, session_id: 'one', max_threads: '3' }
    const set = await ask("SELECT getSetting('max_threads')", { headers: withToken('reader'), parameters })
    expect(set.text).toBe('3\n')
    const written = await ask("INSERT INTO redrive (edition) VALUES ('x')", {
      headers: withToken('owner'),
      parameters,
    })
    expect(written.status, written.text).toBe(200)
  })

  it('changes nothing by GET, whoever asks', async () => {
    const parameters = { database: LAYOUT.database, readonly: '0' }
    const asked = { method: 'GET', headers: withToken('owner'), parameters }
    expect((await ask('DROP TABLE records', asked)).status).toBe(403)
  })
})

describe('clickhouse-connect', () => {
  it(
    'gets a DataFrame of a view with a token, cannot write with it, and is nobody without',
    async () => {
      const python = await pythonWith(
        fileURLToPath(new URL('requirements.txt', PYTHON)),
        'clickhouse-connect',
      )
      const { port } = new URL(engine.url)
      const { stdout } = await run(
        python,
        [fileURLToPath(new URL('ask.py', PYTHON)), port, LAYOUT.database, 'default'],
        { env: { ...process.env, CLICKHOUSE_PASSWORD: engine.token('reader') } },
      )
      const found = JSON.parse(stdout)
      expect(found.columns).toEqual(['role', 'model', 'calls', 'usd'])
      expect(found.rows).toEqual([
        { role: 'verify', model: 'ant', calls: '2', usd: '0.030000001' },
        { role: 'verify', model: 'bee', calls: '1', usd: null },
      ])
      expect(found.rowCount).toBe(3)
      for (const change of ['write', 'drop', 'loosened', 'settings']) {
        expect(found[change], change).toMatch(/readonly/i)
      }
      for (const stranger of ['noToken', 'wrongToken']) {
        expect(found[stranger]).toMatch(/AUTHENTICATION_FAILED/)
        expect(found[stranger]).not.toContain(engine.token('reader'))
      }
    },
    INSTALL_MS,
  )
})
