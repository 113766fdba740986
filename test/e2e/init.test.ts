/** From an empty folder to a first dataset, as a newcomer types it. Models are simulated by the commands themselves. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { DATASET_OF_SHAPE, SHAPES } from '../../export/shapes.ts'
import { Workspace } from '../support/workspace.ts'

describe('from an empty folder to a dataset', () => {
  let workspace: Workspace
  const at = (name: string) => join(workspace.folder, 'first', name)
  const inFirst = ['-c', join('first', 'ninefold.yaml')]

  beforeAll(() => {
    workspace = new Workspace({})
  })

  afterAll(() => workspace?.[Symbol.dispose]())

  /** The tests' own stack takes the place of the local one. */
  function useStack(folder: string): void {
    const { brokers, registryUrl } = inject('stack')
    const path = join(folder, 'ninefold.yaml')
    const text = readFileSync(join(workspace.folder, path), 'utf8')
    const cluster = { kafka: { brokers }, registry: { url: registryUrl }, clickhouse: false }
    const lines = Object.entries(cluster).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    workspace.write(path, text + lines.join(''))
  }

  it('asks nobody where there is no terminal', async () => {
    const { code, stdout, stderr } = await workspace.run('init', 'first')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('NF_INIT_NO_TERMINAL')
    expect(stderr).toContain('--yes')
    expect(existsSync(at('ninefold.yaml'))).toBe(false)
  })

  it('writes the files with --yes, and names the commands that come next', async () => {
    const { stdout } = await workspace.succeed('init', 'first', '--yes')
    expect(readdirSync(at('')).sort()).toEqual([
      '.env.example',
      '.gitignore',
      'ninefold.yaml',
      'questions.jsonl',
    ])
    expect(stdout).toContain('SIMULATED')
    expect(stdout.split('Next:\n')[1]).toMatch(
      /cd first\n.* preview .*\n.* run --until-drained .*\n.* export /,
    )
  })

  it('replaces nothing without being told', async () => {
    const { code, stderr } = await workspace.run('init', 'first', '--yes', '--name', 'other')
    expect(code).toBe(1)
    expect(stderr).toContain('NF_INIT_EXISTS')
    expect(readFileSync(at('ninefold.yaml'), 'utf8')).toContain('\npipeline: first\n')
    const { stdout } = await workspace.succeed('init', 'first', '--yes', '--force', '--json')
    const { files } = JSON.parse(stdout) as { files: { outcome: string }[] }
    expect(files.map(({ outcome }) => outcome)).toEqual(Array(4).fill('replaced'))
    useStack('first')
  })

  it('finds nothing wrong with it', async () => {
    const { stdout } = await workspace.succeed('validate', ...inFirst, '--endpoints', '--cluster', '--json')
    const found = JSON.parse(stdout) as {
      ok: boolean
      warnings: number
      summary: { samplers: unknown[] }
      endpoints: { model: string; form: string; failure: null }[]
    }
    expect(found).toMatchObject({ ok: true, warnings: 0 })
    expect(found.summary.samplers).toHaveLength(9)
    expect(found.endpoints.map(({ model, form }) => [model, form])).toContainEqual([
      'sim-strong',
      'json_schema',
    ])
  })

  it('shows what will be asked, and runs a first question', async () => {
    const shown = await workspace.succeed('preview', ...inFirst, '-n', '2')
    expect(shown.stdout).toContain('Question example:example-02')
    expect(shown.stdout).toMatch(/all 12 questions +expected/)
    const { stdout, stderr } = await workspace.run('preview', ...inFirst, '-n', '1', '--run', '--json')
    expect(stderr).toContain('SIMULATED')
    const { run } = JSON.parse(stdout) as {
      run: { questions: { verdicts: unknown[]; tier: string }[]; spent: { calls: number } }
    }
    expect(run.questions[0]?.verdicts).toHaveLength(9)
    expect(run.spent.calls).toBeGreaterThanOrEqual(18)
  })

  it('makes the dataset: run loads what the configuration names, and pays nothing twice', async () => {
    const { stderr } = await workspace.succeed('run', ...inFirst, '--until-drained')
    expect(stderr.match(/SIMULATED/g)).toHaveLength(1)
    await workspace.succeed('export', ...inFirst, '--out', 'export')
    const files = SHAPES.map((shape) =>
      readFileSync(join(workspace.folder, 'export', `${DATASET_OF_SHAPE[shape]}.jsonl`), 'utf8'),
    )
    for (const file of files) expect(file.trimEnd().split('\n').length).toBeGreaterThan(12)
    const { stdout } = await workspace.succeed('audit', ...inFirst, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ faultCount: 0, waitingCount: 0 })
    const read = await workspace.succeed('read', 'completions', ...inFirst)
    const hashes = read.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { requestHash: string }).requestHash)
    expect(hashes.length).toBeGreaterThan(200)
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('makes the same dataset in another process, under another name', async () => {
    await workspace.succeed('init', 'second', '--yes')
    useStack('second')
    const inSecond = ['-c', join('second', 'ninefold.yaml')]
    await workspace.succeed('run', ...inSecond, '--until-drained')
    await workspace.succeed('export', ...inSecond, '--out', 'again')
    for (const shape of SHAPES) {
      const [one, other] = ['export', 'again'].map((folder) =>
        readFileSync(join(workspace.folder, folder, `${DATASET_OF_SHAPE[shape]}.jsonl`), 'utf8'),
      )
      expect(other).toBe(one)
    }
  })
})

describe('validate, as a command', () => {
  it('exits with 1 and tells everything that is wrong', async () => {
    using workspace = new Workspace({})
    await workspace.succeed('init', '.', '--yes', '--force', '--endpoint', 'openai')
    workspace.env = { OPENAI_API_KEY: '' }
    const { code, stdout } = await workspace.run('validate')
    expect(code).toBe(1)
    expect(stdout).toContain('OPENAI_API_KEY is not set')
    workspace.write('.env', 'OPENAI_API_KEY=sk-from-the-file\n')
    workspace.env = {}
    const mended = await workspace.succeed('validate')
    expect(mended.stdout).toContain('OPENAI_API_KEY is set')
    expect(mended.stdout + mended.stderr).not.toContain('sk-from')
  })
})
