/** `ninefold sql` as its user types it: no Kafka runs, the engine is started by the first question. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Workspace } from '../support/workspace.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const MINUTE_MS = 60_000

const CONFIG = {
  pipeline: 'asked',
  endpoints: { sim: { simulated: true } },
  models: { one: { endpoint: 'sim', model: 'sim-one' } },
  samplers: [{ model: 'one', temperature: [0.6, 0.8] }],
  roles: { verify: 'one', rank: 'one', refine: 'one', regenerate: 'one', summarize: 'one' },
  triage: { easy: { maxErrors: 0 }, medium: { maxErrors: 1 } },
  // Left out: the local engine.
  clickhouse: undefined,
}

let workspace: Workspace

beforeAll(() => {
  workspace = new Workspace(CONFIG)
})

afterAll(async () => {
  await workspace?.run('down')
  workspace?.[Symbol.dispose]()
})

const sql = (...args: string[]) => workspace.succeed('sql', ...args)

describe('ninefold sql', () => {
  it("starts the engine alone, and asks the pipeline's database", async () => {
    const { stdout, stderr } = await sql('SELECT currentDatabase() AS db, 1 + 1 AS two')
    expect(stdout).toBe('db\ttwo\nninefold_asked\t2\n')
    expect(stderr).toContain('starting clickhouse at http://127.0.0.1:')
    const { stack } = JSON.parse((await workspace.succeed('status', '--json')).stdout)
    expect(stack.map(({ component, state }: Record<string, string>) => [component, state])).toEqual([
      ['kafka', 'stopped'],
      ['registry', 'stopped'],
      ['clickhouse', 'running'],
    ])
  })

  it('answers in the format it is asked for', async () => {
    const query = "SELECT number AS n, 'a' AS word FROM numbers(2)"
    expect((await sql(query, '--json')).stdout).toBe('{"n":0,"word":"a"}\n{"n":1,"word":"a"}\n')
    expect((await sql(query, '--format', 'CSVWithNames')).stdout).toBe('"n","word"\n0,"a"\n1,"a"\n')
    expect((await sql(query, '--format', 'PrettyCompact')).stdout).toContain('┌─n─┬─word─┐')
    expect((await sql(`${query} FORMAT Vertical`, '--json')).stdout).toMatch(/^Row 1:\n/)
  })

  it('writes into a file in the format of its name, and leaves it alone when the question fails', async () => {
    await sql('SELECT 7 AS n', '--out', 'answer.csv')
    await sql('SELECT 7 AS n', '-o', 'answer.parquet')
    const saved = join(workspace.folder, 'answer.csv')
    expect(readFileSync(saved, 'utf8')).toBe('"n"\n7\n')
    expect(readFileSync(join(workspace.folder, 'answer.parquet')).subarray(0, 4).toString()).toBe('PAR1')
    expect((await workspace.run('sql', 'SELECT 1 AS n; SELECT nope', '--out', 'answer.csv')).code).toBe(1)
    expect(readFileSync(saved, 'utf8')).toBe('"n"\n7\n')
    expect((await workspace.run('sql', 'SELECT nope', '--out', 'none.csv')).code).toBe(1)
    expect(existsSync(join(workspace.folder, 'none.csv'))).toBe(false)
    expect(readdirSync(workspace.folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('writes one answer into a file of a format that holds one, and no two', async () => {
    const rows = (await sql('SET max_threads = 1; SELECT 7 AS n', '-o', 'one.parquet')).stdout
    expect([rows, readFileSync(join(workspace.folder, 'one.parquet')).subarray(-4).toString()]).toEqual([
      '',
      'PAR1',
    ])
    const two = await workspace.run('sql', 'SELECT 7 AS n; SELECT 8 AS n', '-o', 'one.parquet')
    expect([two.code, two.stderr]).toEqual([1, expect.stringContaining('NF_SQL_OUT')])
    const nowhere = await workspace.run('sql', 'SELECT 7', '-o', 'no/such/folder.csv')
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringMatching(/no\/such.*\n.*NF_SQL_OUT/)])
  })

  it('hands parameters to ClickHouse, which takes them for values, whatever is in them', async () => {
    const query = 'SELECT {text:String} AS text, {n:UInt32} + 1 AS n, {list:Array(String)} AS list'
    const text = "'); DROP TABLE notes; -- \\ \t{n:UInt32}"
    const params = [`text=${text}`, 'n=41', "list=['a','b']"].flatMap((pair) => ['--param', pair])
    const { stdout } = await sql(query, ...params, '--json')
    expect(JSON.parse(stdout)).toEqual({ text, n: 42, list: ['a', 'b'] })
  })

  it.each([
    [['SELECT {id:String}'], /\{id:…\} has no value.*\n.*--param id=.*\[NF_SQL_PARAMETER\]/],
    [
      ['SELECT {id:String}', '--param', 'id=1', '--param', 'other=2'],
      /\{other:…\}.*\n.*\[NF_SQL_PARAMETER\]/,
    ],
    [['SELECT {n:UInt8}', '--param', 'n=many'], /many.*\n.*\[NF_CLICKHOUSE_QUERY\]/],
  ])('asks nothing of %j', async (args, words) => {
    const { code, stdout, stderr } = await workspace.run('sql', ...args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(words)
  })

  it('ends what takes too long, or too much memory, and says which', async () => {
    const endless = 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1'
    const slow = await workspace.run('sql', endless, '--max-seconds', '1')
    expect([slow.code, slow.stdout]).toEqual([1, ''])
    expect(slow.stderr).toMatch(/longer than 1 seconds.*\n.*--max-seconds.*\[NF_SQL_TIME\]/)
    const large = await workspace.run(
      'sql',
      'SELECT groupArray(number) FROM numbers(100000000)',
      '--max-memory',
      '50M',
    )
    expect([large.code, large.stdout]).toEqual([1, ''])
    expect(large.stderr).toMatch(/52428800 bytes.*\n.*--max-memory.*\[NF_SQL_MEMORY\]/)
  })

  it('says how other tools ask, whom it gives a token that only reads', async () => {
    const access = JSON.parse((await workspace.succeed('analytics', 'access', '--json')).stdout)
    expect(access).toMatchObject({
      host: '127.0.0.1',
      secure: false,
      database: 'ninefold_asked',
      user: 'default',
    })
    const told = (await workspace.succeed('analytics', 'access')).stdout
    const token = (await workspace.succeed('analytics', 'access', '--token')).stdout.trim()
    expect(readFileSync(access.passwordFile, 'utf8').trim()).toBe(token)
    expect(told).not.toContain(token)
    const ask = (query: string) =>
      fetch(access.url, { method: 'POST', body: query, headers: { Authorization: `Bearer ${token}` } })
    expect(await (await ask('SELECT 1')).text()).toBe('1\n')
    expect((await ask('CREATE DATABASE mine')).status).toBe(403)
    expect((await fetch(access.url, { method: 'POST', body: 'SELECT 1' })).status).toBe(403)
  })

  it('asks a server with the user and the password of the configuration, and shows neither', async () => {
    const { url } = JSON.parse((await workspace.succeed('analytics', 'access', '--json')).stdout)
    const token = (await workspace.succeed('analytics', 'access', '--token')).stdout.trim()
    const clickhouse = { url, passwordEnv: 'SQL_TEST_PASSWORD', database: 'ninefold_asked' }
    using other = new Workspace({ ...CONFIG, clickhouse })
    other.env = { SQL_TEST_PASSWORD: token }
    expect((await other.succeed('sql', 'SELECT 1 AS one')).stdout).toBe('one\n1\n')
    const write = 'CREATE TABLE mine (n UInt8) ENGINE = Memory'
    for (const args of [[write], [write, '--write']]) {
      const { code, stderr } = await other.run('sql', ...args)
      expect([code, stderr]).toEqual([1, expect.stringContaining('NF_CLICKHOUSE_READONLY')])
    }
    other.env = { SQL_TEST_PASSWORD: 'a wrong one' }
    const refused = await other.run('sql', 'SELECT 1')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('NF_CLICKHOUSE_REFUSED')])
    expect(refused.stderr).not.toContain('a wrong one')
  })

  it('changes tables only when it is told to', async () => {
    const make = 'CREATE TABLE notes (text String) ENGINE = MergeTree ORDER BY text'
    const refused = await workspace.run('sql', make)
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toMatch(/readonly mode.*\n.*--write.*\[NF_CLICKHOUSE_READONLY\]/)
    await sql(make, '--write')
    expect((await sql('SHOW TABLES')).stdout).toContain('notes\n')
  })

  it('runs the statements of a file one after the other', async () => {
    workspace.write(
      'fill.sql',
      `-- with what could be taken for an end;
INSERT INTO notes VALUES ('semi; colon'), ('two');
SET max_threads = 1; /* holds for the next; */
SELECT text, getSetting('max_threads') AS threads FROM notes ORDER BY text;
`,
    )
    const { stdout } = await sql('--file', 'fill.sql', '--write')
    expect(stdout).toBe('text\tthreads\nsemi; colon\t1\ntwo\t1\n')
    const failing = await workspace.run('sql', 'SELECT 1; SELECT nope; SELECT 3')
    expect([failing.code, failing.stdout]).toEqual([1, '1\n1\n'])
  })

  it.each([
    ['SELECT * FROM nothing', /nothing.*\(code 60, UNKNOWN_TABLE\).*\n.*\[NF_CLICKHOUSE_QUERY\]/],
    [' -- nothing', /\[NF_SQL_QUERY\]/],
  ])("fails %s with ClickHouse's own words", async (query, words) => {
    const { code, stdout, stderr } = await workspace.run('sql', query)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(words)
  })

  it('reads standard input, which is empty here', async () => {
    const { code, stderr } = await workspace.run('sql')
    expect([code, stderr]).toEqual([1, expect.stringContaining('NF_SQL_QUERY')])
  })

  it('says so where there are no analytics', async () => {
    using other = new Workspace({ ...CONFIG, clickhouse: false })
    const { code, stderr } = await other.run('sql', 'SELECT 1')
    expect([code, stderr]).toEqual([1, expect.stringContaining('NF_CLICKHOUSE_OFF')])
  })

  it('says so where no ClickHouse answers, and does not show the password', async () => {
    const clickhouse = { url: 'http://127.0.0.1:1', passwordEnv: 'PATH' }
    using other = new Workspace({ ...CONFIG, clickhouse })
    const { code, stderr } = await other.run('sql', 'SELECT 1')
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/127\.0\.0\.1:1 .*\n.*NF_CLICKHOUSE_UNREACHABLE/),
    ])
    expect(stderr).not.toContain(process.env.PATH)
  })

  it('is a prompt on a terminal, whose Ctrl-C ends the query and not the prompt', async () => {
    const command = [process.execPath, MAIN, 'sql'].map((word) => `'${word}'`).join(' ')
    // A terminal, as util-linux makes one.
    const child = spawn('script', ['-qfec', command, '/dev/null'], { cwd: workspace.folder })
    let shown = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
    })
    const type = async (keys: string, until: RegExp) => {
      child.stdin.write(keys)
      await vi.waitUntil(() => until.test(shown), { timeout: MINUTE_MS })
    }
    const exit = once(child, 'exit')
    await type('', /ninefold> /)
    await type("SET max_threads = 1;\nSELECT getSetting('max_threads') + 41\nAS n;\n", /│ 42 │|┃ 42 ┃/)
    await type(
      'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1;\n',
      /sipHash64\(number\) = 1;/,
    )
    await type('\x03', /ended/)
    await type('SELECT 6 * 7000 AS n;\n', /42000/)
    await type('SELECT 1 FORMAT Parquet;\n', /NF_SQL_BINARY/)
    expect(shown).not.toContain('PAR1')
    child.stdin.write('\x04')
    expect(await exit).toEqual([0, null])
    const history = join(workspace.folder, '.ninefold', 'sql-history')
    expect(readFileSync(history, 'utf8')).toContain("SELECT getSetting('max_threads') + 41 AS n;\n")
    expect(statSync(history).mode & 0o777).toBe(0o600)
  })

  it('finds what it has stored after the engine was stopped', async () => {
    const report = JSON.parse((await workspace.succeed('down', '--json')).stdout)
    expect(report.clickhouse.outcome).toBe('stopped')
    expect((await sql('SELECT count() AS c FROM notes')).stdout).toBe('c\n2\n')
  })
})
