/** The section `verify.controls`, and the file it may name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { askingsOf } from '../../../config/askings.ts'
import { loadConfig } from '../../../config/config.ts'
import { readControls } from '../../../config/given-controls.ts'

const folder = mkdtempSync(join(tmpdir(), 'ninefold-controls-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CONFIG = {
  pipeline: 'p',
  endpoints: { sim: { simulated: true } },
  models: { one: { endpoint: 'sim', model: 'sim-one' } },
  samplers: [{ model: 'one', temperature: [0.6, 0.8] }],
  roles: { verify: 'one', rank: 'one', refine: 'one', regenerate: 'one', summarize: 'one' },
  triage: { easy: { maxErrors: 0 }, medium: { maxErrors: 1 } },
}
const GOOD = {
  question: 'Which?',
  options: ['a', 'b'],
  answer: 'A',
  reasoning: 'It is B.',
  expected: 'Error',
}

function file(lines: readonly object[]): string {
  const path = join(folder, `${Math.random()}.jsonl`)
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return path
}

const load = (verify: object, budget?: object) => loadConfig({ ...CONFIG, verify, ...(budget && { budget }) })

describe('verify.controls', () => {
  it('is off unless it is asked for, and has defaults then', async () => {
    expect((await load({})).controls).toBeNull()
    expect((await load({ controls: {} })).controls).toEqual({
      every: 500,
      alarmBelow: 0.9,
      file: null,
      given: [],
    })
  })

  it('is paid for as a step of its own', async () => {
    const steps = async (verify: object) => askingsOf(await load(verify)).map(({ step }) => step)
    expect(await steps({})).not.toContain('control')
    expect(await steps({ controls: {} })).toContain('control')
    await expect(load({ controls: {} }, { roles: { control: 1 } })).rejects.toThrow(
      /NF_CONFIG_UNKNOWN_PRICE|price is unknown/,
    )
    await expect(load({}, { roles: { control: 1 } })).resolves.toBeDefined()
  })

  it.each([[{ every: 0 }], [{ every: 1.5 }], [{ alarmBelow: 2 }], [{ often: 1 }]])(
    'refuses %j',
    async (controls) => {
      await expect(load({ controls })).rejects.toThrow()
    },
  )

  it('reads the file it names', async () => {
    const path = file([GOOD, { ...GOOD, reasoning: 'It is A.', expected: 'Correct' }])
    const { controls } = await load({ controls: { file: path } })
    expect(controls?.given).toMatchObject([
      { expected: 'Error', reasoning: 'It is B.', question: { stem: 'Which?', answer: { labels: ['A'] } } },
      { expected: 'Correct', reasoning: 'It is A.' },
    ])
    expect(new Set(controls?.given.map(({ givenId }) => givenId)).size).toBe(2)
  })

  it.each([
    [[{ ...GOOD, reasoning: ' ' }], /:1: "reasoning" is no text/],
    [[GOOD, { ...GOOD, expected: 'wrong' }], /:2: "expected" is neither Correct nor Error/],
    [[{ ...GOOD, answer: 'Z' }], /:1: error: /],
    [[], /cannot be used: .*empty/],
  ])('refuses a file with %j', async (lines, what) => {
    await expect(readControls(file(lines))).rejects.toMatchObject({
      code: 'NF_CONTROLS_FILE',
      message: expect.stringMatching(what),
    })
  })
})
