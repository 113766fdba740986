/** The demo as a user runs it: stopped on the way, gone on with, and run once more when all is done. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DATASET_OF_SHAPE, SHAPES } from '../../export/shapes.ts'
import { stackStatus } from '../../stack/status.ts'
import { stopStack } from '../../stack/stop.ts'
import { CliProcess, type Ended } from '../support/cli-process.ts'

const MINUTES = 60_000

interface Line {
  readonly id: string
  readonly output: string
  readonly metadata: { readonly question_id: string; readonly tier: string }
}

describe('the demo', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ninefold-demo-'))
  })
  afterAll(async () => {
    await stopStack({ dataDir: join(folder, 'demo', '.ninefold') })
    rmSync(folder, { recursive: true, force: true })
  })

  function start(...args: string[]): CliProcess {
    return new CliProcess(folder, ['demo', '--dir', 'demo', ...args])
  }

  function text(): Record<string, string> {
    const read = (name: string) => readFileSync(join(folder, 'demo', 'export', name), 'utf8')
    return Object.fromEntries(SHAPES.map((shape) => [shape, read(`${DATASET_OF_SHAPE[shape]}.jsonl`)]))
  }

  async function expectStackDown(): Promise<void> {
    const parts = await stackStatus({ dataDir: join(folder, 'demo', '.ninefold') })
    expect(parts.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  }

  it(
    'stopped by Ctrl-C says so and leaves nothing running',
    async () => {
      const demo = start('--latency', '1000')
      let ended: Ended | null = null
      void demo.ended.then((how) => {
        ended = how
      })
      while (!/[1-9]\d* calls/.test(demo.stdout) && ended === null) await sleep(100)
      demo.kill('SIGINT')
      // As `npm run` does: the terminal's Ctrl-C reaches the demo, and npm passes it on.
      demo.kill('SIGINT')
      const { code, stdout, stderr } = await demo.ended
      expect(code, `${stderr}\n${stdout}`).toBe(130)
      expect(stdout).toContain('Nothing is lost')
      await expectStackDown()
    },
    4 * MINUTES,
  )

  it(
    'goes on to the end: three files of equal length, all tiers, and an audit that balances',
    async () => {
      const { code, stdout, stderr } = await start('--latency', '20').ended
      expect(code, `${stderr}\n${stdout}`).toBe(0)
      expect(stdout).toContain('SIMULATED')
      expect(stdout).toContain('balances')
      expect(stdout).toMatch(/FROM tiers\n[\s\S]*easy +\d+[\s\S]*FROM correctness\n[\s\S]*generate +630 /)
      expect(stdout).toMatch(/70 questions → 630 paths → 630 verdicts → \d+ records\n[1-9][\d,]* calls made/)
      const lines = Object.values(text()).map((file) => file.trimEnd().split('\n'))
      const [records = []] = lines
      expect(lines.map(({ length }) => length)).toEqual(SHAPES.map(() => records.length))
      const parsed = records.map((line) => JSON.parse(line) as Line)
      expect(new Set(parsed.map(({ metadata }) => metadata.question_id)).size).toBeGreaterThanOrEqual(60)
      expect([...new Set(parsed.map(({ metadata }) => metadata.tier))].sort()).toEqual([
        'difficult',
        'easy',
        'medium',
      ])
      await expectStackDown()
    },
    4 * MINUTES,
  )

  it(
    'once more makes 0 calls and the same files',
    async () => {
      const before = text()
      const { code, stdout, stderr } = await start().ended
      expect(code, `${stderr}\n${stdout}`).toBe(0)
      expect(stdout).toContain('this run made 0 calls')
      expect(text()).toEqual(before)
    },
    4 * MINUTES,
  )
})
