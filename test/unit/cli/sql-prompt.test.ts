/** The prompt, with a terminal that is played and answers that are given. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SqlHistory } from '../../../cli/sql-history.ts'
import { promptForSql } from '../../../cli/sql-prompt.ts'

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const UP = '\x1b[A'
const MOST_MS = 10_000

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-prompt-'))
  file = join(folder, 'data', 'history')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A prompt under way. */
function opened(format = 'PrettyCompact') {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const asked: string[] = []
  const told: unknown[] = []
  const ended: string[] = []
  let shown = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text
  })
  const done = promptForSql({
    input,
    output,
    history: new SqlHistory(file),
    tell: (error) => told.push(error),
    ask: async (statement, signal) => {
      asked.push(statement)
      if (statement === 'fail') throw new Error('failed')
      if (statement === 'endless') {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      }
      return { format, rows: Readable.from([Buffer.from(`answer to ${statement}\x1b[2J\n`)]) }
    },
  }).finally(() => ended.push('left'))
  const type = async (keys: string, until: () => boolean) => {
    input.write(keys)
    await vi.waitUntil(until, { timeout: MOST_MS })
  }
  return { type, asked, told, ended, done, shown: () => shown }
}

describe('the prompt', () => {
  it('asks each statement when it ends, over several lines, and shows the answer without its controls', async () => {
    const prompt = opened()
    await prompt.type('SELECT 1;\n', () => prompt.shown().includes('answer to SELECT 1'))
    expect(prompt.shown()).not.toContain('\x1b[2J')
    await prompt.type("SELECT ';\n'\n,2\n; SELECT 3; SELECT\n", () => prompt.asked.length === 3)
    expect(prompt.asked.slice(1)).toEqual(["SELECT ';\n'\n,2", 'SELECT 3'])
    await prompt.type('4;\n', () => prompt.shown().includes('answer to SELECT\n4'))
    await prompt.type(CTRL_D, () => prompt.ended.length > 0)
  })

  it('goes on after a statement that failed, and drops those behind it', async () => {
    const prompt = opened()
    await prompt.type('fail; SELECT 1;\n', () => prompt.told.length === 1)
    await prompt.type('SELECT 2;\n', () => prompt.shown().includes('answer to SELECT 2'))
    expect(prompt.asked).toEqual(['fail', 'SELECT 2'])
    await prompt.type('\\q\n', () => prompt.ended.length > 0)
  })

  it('ends the query that runs at Ctrl-C, or drops what was typed, and stays', async () => {
    const prompt = opened()
    await prompt.type('endless;\n', () => prompt.asked.includes('endless'))
    await prompt.type(CTRL_C, () => prompt.shown().includes('ended\n'))
    expect(prompt.told).toEqual([])
    await prompt.type('SELECT 1,\nnonsense', () => prompt.shown().includes('nonsense'))
    await prompt.type(
      CTRL_C,
      () => prompt.shown().endsWith('ninefold> ') || /ninefold> [^a-z]*$/.test(prompt.shown()),
    )
    await prompt.type('SELECT 5;\n', () => prompt.shown().includes('answer to SELECT 5'))
    expect(prompt.asked).toEqual(['endless', 'SELECT 5'])
    await prompt.type(CTRL_D, () => prompt.ended.length > 0)
  })

  it('shows tables and columns', async () => {
    const prompt = opened()
    await prompt.type("\\d\n.schema it's\n", () => prompt.asked.length === 2)
    expect(prompt.asked[0]).toContain('FROM system.tables')
    expect(prompt.asked[1]).toContain("table = 'it\\'s'")
    await prompt.type('\\?\n', () => prompt.shown().includes('Ctrl-C'))
    await prompt.type(CTRL_D, () => prompt.ended.length > 0)
  })

  it('shows nothing of an answer that is no text', async () => {
    const prompt = opened('Parquet')
    await prompt.type('SELECT 1 FORMAT Parquet;\n', () => prompt.told.length === 1)
    expect(prompt.told).toEqual([expect.objectContaining({ code: 'NF_SQL_BINARY' })])
    expect(prompt.shown()).not.toContain('answer')
    await prompt.type(CTRL_D, () => prompt.ended.length > 0)
  })

  it('remembers statements, on one line, for its owner alone, until the next time', async () => {
    const first = opened()
    await first.type('SELECT 1, -- one\n 2;\n', () => first.shown().includes(' s\n'))
    await first.type(CTRL_D, () => first.ended.length > 0)
    expect(readFileSync(file, 'utf8')).toBe('SELECT 1, 2;\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const second = opened()
    await second.type(`${UP}\n`, () => second.asked.length === 1)
    expect(second.asked).toEqual(['SELECT 1, 2'])
    await second.type(CTRL_D, () => second.ended.length > 0)
    // The same again is no news.
    expect(readFileSync(file, 'utf8')).toBe('SELECT 1, 2;\n')
  })
})

describe('the history', () => {
  it('forgets the oldest, and stays readable for its owner alone', () => {
    const old = join(folder, 'old')
    writeFileSync(old, Array.from({ length: 1_500 }, (_, at) => `SELECT ${at};\n`).join(''), { mode: 0o644 })
    const { entries } = new SqlHistory(old)
    expect([entries.length, entries[0], entries.at(-1)]).toEqual([1_000, 'SELECT 1499;', 'SELECT 500;'])
    expect(statSync(old).mode & 0o777).toBe(0o600)
    expect(readFileSync(old, 'utf8').split('\n')).toHaveLength(1_001)
  })
})
