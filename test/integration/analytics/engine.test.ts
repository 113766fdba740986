/** The engine over HTTP: by ClickHouse's official client, and as any other tool would ask it. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type ClickHouseClient, ClickHouseLogLevel, createClient, type DataFormat } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToyEngine } from '../../support/toy-engine.ts'

/** Computes for minutes unless it is ended. */
const ENDLESS =
  'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1 SETTINGS max_threads = 1'
/** Everything that has ever been taken for the end of a row, a value or a statement. */
const AWKWARD = ['a\n\nb', 'semi; colon', "it's", '"quoted"', 'tab\tback\\slash', 'é漢🙂', '', ' ']

let engine: ToyEngine
let client: ClickHouseClient

const open = (options: object = {}) =>
  createClient({ url: engine.url, log: { level: ClickHouseLogLevel.OFF }, ...options })

beforeAll(async () => {
  engine = await ToyEngine.start()
  client = open()
  await client.command({
    query: `CREATE TABLE words (word String, n UInt32) ENGINE = MergeTree ORDER BY n
      SETTINGS non_replicated_deduplication_window = 100`,
  })
})

afterAll(async () => {
  await client?.close()
  await engine?.[Symbol.asyncDispose]()
})

async function rows<T>(query: string, more: object = {}): Promise<T[]> {
  return (await client.query({ query, format: 'JSONEachRow', ...more })).json<T>()
}

async function count(where: string): Promise<number> {
  const [row] = await rows<{ c: number }>(`SELECT toUInt32(count()) AS c FROM words WHERE ${where}`)
  return row!.c
}

/** A request of any tool's. */
async function ask(parameters: Record<string, string>, init: RequestInit = {}) {
  const response = await fetch(`${engine.url}/?${new URLSearchParams(parameters)}`, init)
  const code = response.headers.get('x-clickhouse-exception-code')
  return { status: response.status, code, text: await response.text(), headers: response.headers }
}

const post = (
  body: NonNullable<RequestInit['body']>,
  parameters: Record<string, string> = {},
  headers: Record<string, string> = {},
) => ask(parameters, { method: 'POST', body, headers })

describe('the official client', () => {
  it('pings', async () => {
    expect(await client.ping()).toEqual({ success: true })
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it.each([false, true])('reads what it has inserted, byte for byte (compressed: %s)', async (compressed) => {
    const own = open({ compression: { request: compressed, response: compressed } })
    const values = AWKWARD.map((word, at) => ({ word, n: (compressed ? 200 : 100) + at }))
    const { summary } = await own.insert({ table: 'words', values, format: 'JSONEachRow' })
    expect(summary?.written_rows).toBe(String(values.length))
    const found = await own.query({
      query: `SELECT * FROM words WHERE n BETWEEN ${values[0]!.n} AND ${values.at(-1)!.n} ORDER BY n`,
      format: 'JSONEachRow',
    })
    expect(await found.json()).toEqual(values)
    await own.close()
  })

  it('gets every format as ClickHouse writes it', async () => {
    const text = async (format: string) =>
      (await client.query({ query: "SELECT 1 AS x, 'a' AS y", format: format as DataFormat })).text()
    expect(JSON.parse(await text('JSON'))).toMatchObject({ data: [{ x: 1, y: 'a' }], rows: 1 })
    expect(await text('CSVWithNames')).toBe('"x","y"\n1,"a"\n')
    expect(await text('TabSeparated')).toBe('1\ta\n')
    expect(await text('PrettyCompact')).toContain('┌─x─┬─y─┐')
  })

  it('binds parameters, however many', async () => {
    const query_params = { text: AWKWARD[0], list: AWKWARD, none: null, column: 'n' }
    const query =
      'SELECT {text:String} AS text, {list:Array(String)} AS list, {none:Nullable(Int8)} AS none, {column:Identifier} AS c FROM (SELECT 7 AS n)'
    expect(await rows(query, { query_params })).toEqual([
      { text: AWKWARD[0], list: AWKWARD, none: null, c: 7 },
    ])
    const many = Array.from({ length: 30_000 }, (_, at) => `value ${at}`)
    const counted = 'SELECT toUInt32(length({many:Array(String)})) AS c'
    expect(await rows(counted, { query_params: { many }, use_multipart_params: true })).toEqual([
      { c: 30_000 },
    ])
  })

  it('streams a large answer', async () => {
    const result = await client.query({
      query: 'SELECT number AS n FROM numbers(300000)',
      format: 'JSONEachRow',
    })
    let seen = 0
    for await (const piece of result.stream()) seen += piece.length
    expect(seen).toBe(300_000)
  })

  it.each([
    ['SELECT nope FROM words', '47', 'UNKNOWN_IDENTIFIER'],
    ['SELEC 1', '62', 'SYNTAX_ERROR'],
    ['SELECT * FROM nothing', '60', 'UNKNOWN_TABLE'],
    ["SELECT throwIf(number = 9, 'boo') FROM numbers(10)", '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
  ])("is told ClickHouse's own error of %s", async (query, code, type) => {
    await expect(client.command({ query })).rejects.toMatchObject({ code, type })
  })

  it('is told of a database and a user that are not there', async () => {
    await expect(open({ database: 'nowhere' }).command({ query: 'SELECT 1' })).rejects.toMatchObject({
      code: '81',
    })
    await expect(open({ username: 'eve' }).command({ query: 'SELECT 1' })).rejects.toMatchObject({
      code: '516',
    })
    await expect(open({ password: 'x' }).command({ query: 'SELECT 1' })).rejects.toMatchObject({
      code: '516',
    })
  })

  it('inserts once what it sends twice under one token', async () => {
    const insert = (word: string) =>
      client.insert({
        table: 'words',
        values: [{ word, n: 300 }],
        format: 'JSONEachRow',
        clickhouse_settings: { insert_deduplication_token: 'token-300' },
      })
    await insert('first')
    await insert('second')
    expect(await rows('SELECT word FROM words WHERE n = 300')).toEqual([{ word: 'first' }])
  })

  it('inserts nothing of what cannot be read to its end', async () => {
    const values = [
      ...Array.from({ length: 1000 }, () => ({ word: 'w', n: 310 })),
      { word: 'w', n: 'no number' },
    ]
    await expect(client.insert({ table: 'words', values, format: 'JSONEachRow' })).rejects.toThrow(
      /no number/,
    )
    expect(await count('n = 310')).toBe(0)
  })

  it('keeps what a session sets and makes, and lets only one at a time into it', async () => {
    const own = open({ session_id: 'mine' })
    await own.command({ query: 'CREATE TEMPORARY TABLE seen (n Int8)' })
    await own.insert({ table: 'seen', values: [{ n: 5 }], format: 'JSONEachRow' })
    expect(await (await own.query({ query: 'SELECT n FROM seen', format: 'JSONEachRow' })).json()).toEqual([
      { n: 5 },
    ])
    await expect(client.command({ query: 'SELECT n FROM seen' })).rejects.toMatchObject({ code: '60' })
    const outcomes = await Promise.allSettled([
      own.command({ query: 'SELECT sleep(1)' }),
      own.command({ query: 'SELECT sleep(1)' }),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await own.close()
  })
})

describe('any other tool', () => {
  it('asks by GET and by POST, with the query in the address, in the body, or in both', async () => {
    expect((await ask({ query: 'SELECT 1' })).text).toBe('1\n')
    expect((await post('SELECT 2')).text).toBe('2\n')
    expect((await post('WHERE number > 2', { query: 'SELECT number FROM numbers(4)' })).text).toBe('3\n')
    expect((await ask({})).text).toBe('Ok.\n')
  })

  it('chooses format, database and settings in the address or by headers', async () => {
    expect((await ask({ query: 'SELECT 1 AS x', default_format: 'JSONEachRow' })).text).toBe('{"x":1}\n')
    expect((await ask({ query: 'SELECT 1 AS x FORMAT CSVWithNames', default_format: 'JSON' })).text).toBe(
      '"x"\n1\n',
    )
    expect((await ask({ query: 'SELECT currentDatabase()', database: 'system' })).text).toBe('system\n')
    expect((await ask({ query: "SELECT getSetting('max_threads')", max_threads: '3' })).text).toBe('3\n')
    expect((await ask({ query: 'SELECT {x:UInt8} + 1', param_x: '4' })).text).toBe('5\n')
    const headers = { 'X-ClickHouse-Format': 'JSONCompactEachRow', 'X-ClickHouse-Database': 'system' }
    const answer = await ask({ query: 'SELECT currentDatabase()', query_id: 'mine' }, { headers })
    expect(answer.text).toBe('["system"]\n')
    expect(answer.headers.get('x-clickhouse-query-id')).toBe('mine')
    expect(answer.headers.get('x-clickhouse-format')).toBe('JSONCompactEachRow')
  })

  it('runs one query of an id at a time', async () => {
    const first = ask({ query: 'SELECT sleep(1)', query_id: 'one of a kind' })
    await sleep(300)
    const second = await ask({ query: 'SELECT 1', query_id: 'one of a kind' })
    expect(second.text).toContain('Query with id = one of a kind is already running')
    expect(second.headers.get('x-clickhouse-exception-code')).toBe('216')
    expect((await ask({ query: 'SELECT 1', query_id: 'another' })).text).toBe('1\n')
    expect((await first).text).toBe('0\n')
    expect((await ask({ query: 'SELECT 1', query_id: 'one of a kind' })).text).toBe('1\n')
  })

  it.each([
    ['CSV', '"a\n\n; b",403\n"c",403\n', ['a\n\n; b', 'c']],
    ['TabSeparated', 'a\t403\n\t403\n', ['', 'a']],
    ['Values', "('a;\n\n', 403), ('b', 403);", ['a;\n\n', 'b']],
    ['RowBinary', Buffer.from([2, 10, 10, 0x93, 1, 0, 0, 0, 0x93, 1, 0, 0]), ['', '\n\n']],
  ])('inserts %s, data and statement apart or in one', async (format, data, words) => {
    // Without a window for repeats: the same rows come three times.
    const table = `plain_${format}`
    await client.command({
      query: `CREATE TABLE ${table} (word String, n UInt32) ENGINE = MergeTree ORDER BY n`,
    })
    const query = `INSERT INTO ${table} FORMAT ${format}`
    const whole = Buffer.concat([Buffer.from(`${query}\n`), Buffer.from(data)])
    expect(await post(data, { query })).toMatchObject({ status: 200, text: '' })
    expect(await post(whole)).toMatchObject({ status: 200 })
    expect(await post(gzipSync(data), { query }, { 'Content-Encoding': 'gzip' })).toMatchObject({
      status: 200,
    })
    const found = await rows(
      `SELECT word, n, toUInt32(count()) AS times FROM ${table} GROUP BY ALL ORDER BY n, word`,
    )
    expect(found).toEqual(words.map((word) => ({ word, n: 403, times: 3 })))
  })

  it('inserts more than fits into one piece', async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `row ${at}\t410`)
    expect(await post(`INSERT INTO words FORMAT TSV\n${lines.join('\n')}`)).toMatchObject({ status: 200 })
    expect(await count('n = 410')).toBe(100_000)
  })

  it('changes nothing by GET, nor where it is told to read only', async () => {
    expect(await ask({ query: 'DROP TABLE words' })).toMatchObject({ status: 403, code: '164' })
    expect(await post('DROP TABLE words', { readonly: '2' })).toMatchObject({ status: 403, code: '164' })
    expect(await post("INSERT INTO words VALUES ('x', 1)", { readonly: '1' })).toMatchObject({ code: '164' })
  })

  it.each([
    ['SELECT 1; SELECT 2', {}, 400, '62'],
    ['SELECT 1', { no_such_setting: '1' }, 404, '115'],
    ['SELECT 1 FORMAT Nope', {}, 404, '73'],
    ['SELECT 1', { default_format: 'a b' }, 404, '73'],
    ['SELECT {x:UInt8}', { param_x: 'x' }, 400, '457'],
    ["SELECT * FROM file('/etc/passwd', LineAsString)", {}, 403, '497'],
    ["SELECT * FROM url('http://127.0.0.1:1/', LineAsString)", {}, 403, '497'],
    ["CREATE TABLE stolen (line String) ENGINE = File(LineAsString, '/etc/passwd')", {}, 403, '497'],
    ["INSERT INTO words (word) FROM INFILE '/etc/passwd' FORMAT LineAsString", {}, 501, '48'],
    ["SELECT 1 INTO OUTFILE '/tmp/written'", {}, 501, '48'],
    ['SYSTEM SHUTDOWN', {}, 403, '497'],
    ['SELECT groupArray(number) FROM numbers(1000000000)', { max_memory_usage: '50000000' }, 500, '241'],
    ['SELECT number FROM numbers(1000000)', { max_result_bytes: '1000' }, 500, '396'],
  ])('is refused %s', async (query, parameters, status, code) => {
    const refused = await post(query, parameters)
    expect(refused).toMatchObject({ status, code })
    expect(refused.text).toMatch(/^Code: \d+\. DB::Exception: /)
    expect(refused.text).not.toContain('ninefold-engine-')
  })

  it('cannot exhaust the stack', async () => {
    const nested = `SELECT ${'('.repeat(100_000)}1${')'.repeat(100_000)}`
    expect(await post(nested, { max_parser_depth: '0' })).toMatchObject({ status: 400, code: '306' })
  })

  it('is refused a body that is too long or not what it says, and can go on', async () => {
    const long = `SELECT length('${'x'.repeat(17 * 1024 * 1024)}')`
    expect(await post(long)).toMatchObject({ status: 400, code: '62' })
    const insert = { query: 'INSERT INTO words FORMAT TSV' }
    expect(await post('no gzip', insert, { 'Content-Encoding': 'gzip' })).toMatchObject({ code: '354' })
    expect(await post('x', insert, { 'Content-Encoding': 'rot13' })).toMatchObject({
      status: 501,
      code: '48',
    })
    expect((await post('SELECT 1')).text).toBe('1\n')
  })

  it('is no web page', async () => {
    const headers = { Origin: 'http://pages.example' }
    expect((await ask({ query: 'SELECT 1' }, { headers })).status).toBe(403)
    const { port } = new URL(engine.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.end('GET /?query=SELECT+1 HTTP/1.1\r\nHost: pages.example\r\nConnection: close\r\n\r\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 403/)
  })
})

describe('a query that computes for long', () => {
  it('keeps nobody from inserting, and ends when its client goes', async () => {
    const leaving = new AbortController()
    const asked = ask({}, { method: 'POST', body: ENDLESS, signal: leaving.signal }).catch(
      (error) => error.name,
    )
    const running = () =>
      rows<{ c: number }>(
        "SELECT toUInt32(count()) AS c FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' AND query NOT LIKE '%processes%'",
      )
    await expect.poll(running, { timeout: 30_000 }).toEqual([{ c: 1 }])
    for (let at = 0; at < 10; at++) {
      await client.insert({ table: 'words', values: [{ word: 'w', n: 500 + at }], format: 'JSONEachRow' })
    }
    expect(await count('n BETWEEN 500 AND 509')).toBe(10)
    expect(await running()).toEqual([{ c: 1 }])
    leaving.abort()
    expect(await asked).toBe('AbortError')
    await expect.poll(running, { timeout: 30_000 }).toEqual([{ c: 0 }])
  })
})
