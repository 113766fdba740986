/** The packed package: what is in it, that it starts, and that a program of its user's type-checks against it. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeVersion } from '../../config/code-version.ts'
import { type Packed, pack } from '../support/packed.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MODULES = join(ROOT, 'node_modules')
const MAX_BYTES = 1_000_000

/** A program as a user writes it; what must not compile is marked. */
const CONSUMER = `
import { defineConfig, defineProcessor, defineTopic, NinefoldError, openPipeline, type TrainingRecord } from 'ninefold'
import { sampleRecord, topologyDriver } from 'ninefold/testing'

export const config = defineConfig({
  pipeline: 'mine',
  endpoints: { lab: { baseURL: 'http://10.0.0.5:8000/v1' } },
  models: { qwen: { endpoint: 'lab', model: 'Qwen2.5-72B-Instruct' } },
  samplers: [{ model: 'qwen', temperature: [0.7, 0.9, 1], paths: 3 }],
  roles: { verify: 'qwen', rank: 'qwen', refine: 'qwen', regenerate: 'qwen', summarize: 'qwen' },
})

export const labels = defineTopic('labels', {
  type: 'record',
  name: 'Label',
  fields: [
    { name: 'recordId', type: 'string' },
    { name: 'words', type: 'int' },
    { name: 'note', type: ['null', 'string'] },
    { name: 'parts', type: { type: 'array', items: 'double' } },
  ],
})

export const label = defineProcessor({
  step: 'label',
  inputs: ['records', labels],
  outputs: [labels],
  process(input) {
    if (input.topic === 'labels') return []
    const { recordId, cot, question } = input.value
    const value = { recordId, words: cot.split(' ').length, note: null, parts: [1.5] }
    return [labels.record(question.questionId, value)]
  },
})

export async function main(signal: AbortSignal): Promise<TrainingRecord[]> {
  await using pipeline = await openPipeline(config, { processors: [label] })
  await pipeline.load([{ question: 'Which?', options: { A: 'this', B: 'that' }, answer: 'A' }])
  const { waiting, deadLetters } = await pipeline.run({ signal })
  if (waiting + deadLetters > 0) throw new NinefoldError('MINE', 'something is left', 'Look at it.')
  for await (const { words, note } of pipeline.read(labels)) console.log(words + 1, note?.length)
  // @ts-expect-error: the schema has no such field
  for await (const { word } of pipeline.read(labels)) console.log(word)
  const records: TrainingRecord[] = []
  for await (const record of pipeline.records()) records.push(record)
  const { files } = await pipeline.export({ folder: './export', shapes: ['cot'] })
  const { faultCount } = await pipeline.audit()
  console.log(files.length + faultCount)
  return records
}

const driver = await topologyDriver({ processors: [label] })
driver.pipe('records', sampleRecord('records', { recordId: 'r1', cot: 'two words', question: { questionId: 'q1' } }))
await driver.settle()
console.log(JSON.stringify(driver.read(labels)))

// @ts-expect-error: a key that is misspelt
defineConfig({ pipline: 'mine' })
// @ts-expect-error: a topic that is not there
defineProcessor({ step: 'x', inputs: ['recods'], outputs: [labels], process: () => [] })
// @ts-expect-error: a value that does not fit the schema
labels.record('q1', { recordId: 'r1', words: 'two', note: null, parts: [] })
// @ts-expect-error: nothing of the inside is exported
await import('ninefold/dist/streams/worker.js')
`

const OPTIONS = {
  strict: true,
  module: 'nodenext',
  target: 'esnext',
  lib: ['esnext'],
  types: ['node'],
  typeRoots: [join(MODULES, '@types')],
  skipLibCheck: false,
  noEmit: true,
}

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-package-'))
  const installed = join(folder, 'node_modules', 'ninefold')
  let packed: Packed

  beforeAll(async () => {
    packed = await pack(folder)
    // Installed as npm would, but for the dependencies, which are the checkout's.
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['xzf', packed.archive, '-C', installed, '--strip-components=1'])
    symlinkSync(MODULES, join(installed, 'node_modules'))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds what is needed at run time, and little else', () => {
    expect(packed.size).toBeLessThan(MAX_BYTES)
    expect(packed.files).toEqual(
      expect.arrayContaining([
        ...['package.json', 'README.md', 'LICENSE', 'cli/bin.mjs', 'dist/index.js', 'dist/index.d.ts'],
        ...['dist/schemas/question.avsc', 'dist/demo/questions.jsonl', 'docs/command-line.md'],
        'examples/study-level.ts',
      ]),
    )
    const foreign =
      /^(test|bench|scripts|dist\/(test|bench|scripts|examples))\/|\.test\.|(?<!\.d|^examples\/[a-z-]+)\.ts$/
    expect(packed.files.filter((path) => foreign.test(path))).toEqual([])
  })

  it('starts, and finds its version and its schemas', () => {
    const bin = join(installed, 'cli', 'bin.mjs')
    const version = spawnSync(process.execPath, [bin, '--version'], { cwd: folder, encoding: 'utf8' })
    expect(version.stdout, version.stderr).toBe(`${codeVersion()}\n`)
    const wrong = spawnSync(process.execPath, [bin, 'rnu'], { cwd: folder, encoding: 'utf8' })
    expect(wrong.stderr).toContain('Did you mean run?')
    expect(wrong.status).toBe(2)
  })

  it('names no source file at run time: under node_modules Node.js reads compiled ones only', () => {
    const compiled = packed.files.filter((path) => path.startsWith('dist/') && path.endsWith('.js'))
    expect(compiled.length).toBeGreaterThan(100)
    // A file of ours that is started or fetched by its name, e.g. new URL('./server.ts', import.meta.url).
    const bySource = /(?:new URL\(|join\(|resolve\(|import\()[^)\n]*['"`][^'"`\n]*\.ts['"`]/
    const naming = compiled.filter((path) => bySource.test(readFileSync(join(installed, path), 'utf8')))
    expect(naming).toEqual([])
  })

  it('gives a program of its user’s types and a driver, and nothing of the inside', () => {
    writeFileSync(join(folder, 'consumer.mts'), CONSUMER)
    copyFileSync(join(ROOT, 'examples', 'study-level.ts'), join(folder, 'study-level.mts'))
    const tsconfig = { compilerOptions: OPTIONS, files: ['consumer.mts', 'study-level.mts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    const tsc = join(MODULES, 'typescript', 'bin', 'tsc')
    const checked = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect(checked.stdout).toBe('')
    const ran = spawnSync(process.execPath, ['consumer.mts'], { cwd: folder, encoding: 'utf8' })
    expect(ran.stdout).toBe('[{"recordId":"r1","words":2,"note":null,"parts":[1.5]}]\n')
    expect(ran.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})
