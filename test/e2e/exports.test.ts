/** Exports as their user types them, and as the libraries that consume them read them. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { FORMATS } from '../../export/formats.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { HubStandIn } from '../support/hub-stand-in.ts'
import { pythonWith } from '../support/python.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTE = 60_000
const QUESTIONS = 30
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024
const CONSUMERS = fileURLToPath(new URL('../consumers/', import.meta.url))
const ALL_FORMATS = FORMATS.map(({ name }) => name).join(',')

/** What a library found in a file. */
interface Loaded {
  readonly rows: number
  readonly columns: readonly string[]
  readonly first: Readonly<Record<string, unknown>> | null
}

interface Exported {
  readonly records: number
  readonly passedOver: number
  readonly files: readonly {
    readonly dataset: string
    readonly format: string
    readonly part: string | null
    readonly path: string
    readonly rows: number
  }[]
}

describe('ninefold export', () => {
  let simulator: Simulator
  let workspace: Workspace
  let config: object

  beforeAll(async () => {
    simulator = await startSimulator({ questions: [DEMO_QUESTIONS] })
    const stack = inject('stack')
    const simulated = simulatedPipeline({ pipeline: 'exported', url: simulator.url, stack })
    const { roles } = simulated as { roles: object }
    config = { ...simulated, roles: { ...roles, score: 'sim-verifier' }, score: { share: 1 } }
    workspace = new Workspace(config)
    await workspace.succeed('load', workspace.writeLines('questions.jsonl', demoQuestions(QUESTIONS)))
    await workspace.succeed('run', '--until-drained')
  }, 5 * MINUTE)

  afterAll(async () => {
    workspace?.[Symbol.dispose]()
    await simulator?.close()
  })

  const folder = (name: string) => join(workspace.folder, name)

  async function exported(name: string, ...options: string[]): Promise<Exported> {
    const { stdout } = await workspace.succeed('export', '--out', folder(name), '--json', ...options)
    return JSON.parse(stdout) as Exported
  }

  async function loadedBy<T>(...args: string[]): Promise<T> {
    const python = await pythonWith(join(CONSUMERS, 'requirements.txt'), 'consumers')
    const options = { maxBuffer: MAX_OUTPUT_BYTES, env: { ...process.env, HF_HUB_OFFLINE: '1' } }
    const { stdout } = await promisify(execFile)(python, [join(CONSUMERS, 'load.py'), ...args], options)
    return JSON.parse(stdout) as T
  }

  it.each(['jsonl', 'parquet'])(
    'writes every format as %s so that datasets and PyArrow read it',
    async (type) => {
      const { records, files } = await exported(type, '--format', ALL_FORMATS, '--type', type)
      expect(records).toBeGreaterThan(QUESTIONS)
      const loaded = await loadedBy<Record<string, Loaded>>(folder(type))
      for (const { path, format, rows } of files) {
        expect(rows, path).toBeGreaterThan(0)
        const { columns } = FORMATS.find(({ name }) => name === format)!
        const found = loaded[path.slice(folder(type).length + 1)]
        expect(found, path).toMatchObject({ rows, columns: Object.keys(columns) })
      }
      expect(Object.keys(loaded)).toHaveLength(4 * 3 + 7)
    },
    10 * MINUTE,
  )

  it('writes the same bytes again', async () => {
    await exported('again', '--format', ALL_FORMATS)
    await exported('jsonl', '--format', ALL_FORMATS)
    const names = readdirSync(folder('again'))
    expect(names).toHaveLength(4 * 3 + 7)
    for (const name of names) {
      expect(
        readFileSync(join(folder('again'), name)).equals(readFileSync(join(folder('jsonl'), name))),
        name,
      ).toBe(true)
    }
  })

  it('chooses by a filter, also by score, and refuses one that it does not understand', async () => {
    const all = await exported('all', '--shape', 'cot')
    const where = "tier = 'easy' and score >= 8 and licence in ('apache-2.0')"
    const chosen = await exported('chosen', '--shape', 'cot', '--where', where)
    const rest = await exported('rest', '--shape', 'cot', '--where', `not (${where})`)
    expect(chosen.records).toBeGreaterThan(0)
    expect(rest.records).toBeGreaterThan(0)
    expect(chosen.records + rest.records).toBe(all.records)
    expect(chosen.passedOver).toBe(rest.records)
    const wrong = await workspace.run('export', '--where', "teir = 'easy'")
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('character 1: there is no field teir; did you mean tier?')
    const unfit = await workspace.run('export', '--where', 'score > 5', '--format', 'rl')
    expect(unfit.stderr).toContain('[NF_EXPORT_FILTER]')
  })

  it('keeps a question in one part, and writes one path of it where one is asked for', async () => {
    const options = ['--shape', 'cot', '--split', 'train=0.6,test=0.4', '--seed', '3', '--shard-size', '10']
    const { records, files } = await exported('parts', ...options, '--paths', 'one')
    const questionsOf = (part: string) =>
      files
        .filter((file) => file.part === part)
        .flatMap(({ path }) => readFileSync(path, 'utf8').split('\n').slice(0, -1))
        .map((line) => (JSON.parse(line) as { metadata: { question_id: string } }).metadata.question_id)
    const [train, test] = [questionsOf('train'), questionsOf('test')]
    expect(train.length).toBeGreaterThan(0)
    expect(test.length).toBeGreaterThan(0)
    expect(new Set([...train, ...test]).size).toBe(records)
    expect(train.length + test.length).toBe(records)
    expect(files.every(({ rows }) => rows <= 10)).toBe(true)
  })

  it(
    'writes a dataset repository that datasets loads by config, with its card, and pushes it',
    async () => {
      const options = ['--hugging-face', '--split', 'train=0.8,validation=0.2', '--shard-size', '20']
      const { records, files } = await exported('repository', ...options)
      const loaded = await loadedBy<Record<string, Record<string, Loaded>>>(folder('repository'), '--as-repo')
      expect(Object.keys(loaded).sort()).toEqual(['cotmed', 'reasonmed', 'responsemed'])
      for (const { train, validation } of Object.values(loaded))
        expect(train!.rows + validation!.rows).toBe(records)
      expect(files.every(({ path }) => /\/data\/\w+\.\w+-\d{5}-of-\d{5}\.parquet$/.test(path))).toBe(true)

      const card = readFileSync(join(folder('repository'), 'README.md'), 'utf8')
      const [, head = '', text = ''] = card.split(/^---\n/m)
      expect(parse(head)).toMatchObject({
        license: 'apache-2.0',
        language: ['de', 'en'],
        configs: [{}, {}, {}],
      })
      for (const part of [
        'sim-deepseek',
        'temperature 0.9',
        'generate@',
        'tokens in',
        'Apache-2.0',
        'load_dataset',
      ]) {
        expect(text).toContain(part)
      }
      for (const secret of ['127.0.0.1', workspace.folder]) expect(card).not.toContain(secret)

      const hub = await HubStandIn.start('hf_token')
      try {
        workspace.env = { HF_TOKEN: 'hf_token' }
        const to = ['--repo', 'someone/exported', '--hub', hub.url, '--json']
        const { stdout } = await workspace.succeed('push', folder('repository'), ...to)
        expect(JSON.parse(stdout)).toMatchObject({ files: files.length + 1, removed: [] })
        const there = hub.repositories.get('someone/exported')!
        expect(there.get('README.md')?.toString()).toBe(card)
        for (const { path } of files) {
          expect(there.get(path.slice(folder('repository').length + 1))?.equals(readFileSync(path))).toBe(
            true,
          )
        }
      } finally {
        workspace.env = {}
        await hub[Symbol.asyncDispose]()
      }
    },
    5 * MINUTE,
  )

  it('asks for a token before it pushes', async () => {
    workspace.env = { HF_TOKEN: '' }
    const { code, stderr } = await workspace.run('push', folder('repository'), '--repo', 'someone/exported')
    expect(code).toBe(1)
    expect(stderr).toContain('[NF_PUSH_TOKEN]')
  })

  it('keeps out what is like a protected question, and lists it', async () => {
    const all = await exported('open', '--format', 'alpaca,rl')
    workspace.writeLines('benchmark.jsonl', demoQuestions(3))
    workspace.configure({ ...config, export: { protected: ['benchmark.jsonl'] } })
    try {
      const { stdout } = await workspace.succeed(
        ...['export', '--out', folder('guarded'), '--format', 'alpaca,rl', '--json'],
      )
      const { records, leaked } = JSON.parse(stdout) as { records: number; leaked: number }
      expect(leaked).toBeGreaterThan(0)
      expect(records + leaked).toBe(all.records)
      const linesOf = (name: string) =>
        readFileSync(join(folder('guarded'), name), 'utf8')
          .split('\n')
          .slice(0, -1)
      const listed = linesOf('leaked.jsonl').map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(listed.map(({ match, protected_line }) => [match, protected_line]).sort()).toEqual([
        ['same', 1],
        ['same', 2],
        ['same', 3],
      ])
      expect(linesOf('rl.jsonl')).toHaveLength(QUESTIONS - 3)
    } finally {
      workspace.configure(config)
    }
  })

  it('writes what LLaMA-Factory wants beside the files it reads', async () => {
    const { files } = await exported(
      'factory',
      '--format',
      'alpaca,sharegpt,messages,ranking,kto-tag,rl',
      '--llama-factory',
    )
    const read = (name: string) => readFileSync(join(folder('factory'), name), 'utf8')
    const info = JSON.parse(read('dataset_info.json')) as Record<string, { file_name: string }>
    expect(Object.keys(info)).toHaveLength(3 * 3 + 2)
    const names = files.map(({ path }) => path.slice(folder('factory').length + 1))
    for (const { file_name } of Object.values(info)) expect(names).toContain(file_name)
    expect(parse(read('train-reasonmed.yaml'))).toMatchObject({
      model_name_or_path: 'Qwen/Qwen2.5-7B',
      stage: 'sft',
      dataset: 'reasonmed',
      num_train_epochs: 3,
      learning_rate: 1e-5,
      cutoff_len: 4096,
    })
    expect(parse(read('train-ranking.yaml'))).toMatchObject({ stage: 'dpo', dataset: 'ranking' })
    expect(read('evaluate.sh')).toContain('lm_eval --model vllm')
  })
})
