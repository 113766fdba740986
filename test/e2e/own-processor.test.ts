/** The example processor, plugged in: a step among the others, with a topic, a schema and a group of its own. */
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPipeline } from 'ninefold'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { studyLevels } from '../../examples/study-level.ts'
import { Workspace } from '../support/workspace.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/study-level.ts', import.meta.url))
const QUESTIONS = fileURLToPath(new URL('../../demo/questions.jsonl', import.meta.url))
const MINUTES = 60_000

function configFor(processors: string[]): object {
  const role = { model: 'helper', temperature: 0 }
  return {
    pipeline: 'own-processor',
    endpoints: { sim: { simulated: true } },
    models: {
      writer: { endpoint: 'sim', model: 'sim-writer', price: { input: 0, output: 0 } },
      helper: { endpoint: 'sim', model: 'sim-helper', price: { input: 0, output: 0 } },
    },
    samplers: [{ model: 'writer', temperature: [0.6, 0.8, 1] }],
    roles: { verify: role, rank: role, refine: role, regenerate: role, summarize: role },
    triage: { easy: { maxErrors: 0 }, medium: { maxErrors: 1 } },
    processors,
    kafka: { brokers: inject('stack').brokers, partitions: 2 },
    registry: { url: inject('stack').registryUrl },
  }
}

describe('a processor of one’s own', () => {
  let workspace: Workspace
  let recordIds: string[]

  beforeAll(async () => {
    workspace = new Workspace(configFor([]))
    const lines = readFileSync(QUESTIONS, 'utf8').split('\n').slice(0, 4)
    await workspace.succeed('load', workspace.write('questions.jsonl', `${lines.join('\n')}\n`))
    await workspace.succeed('run', '--until-drained')
    // From here on it is a step of a pipeline that has been running without it.
    copyFileSync(EXAMPLE, join(workspace.folder, 'study-level.ts'))
    workspace.configure(configFor(['./study-level.ts']))
    recordIds = (await workspace.all('records')).map(({ recordId }) => recordId).sort()
  }, 4 * MINUTES)

  afterAll(() => workspace?.[Symbol.dispose]())

  /** What `ninefold read` prints. */
  async function levels(): Promise<{ recordId: string; level: string; requestHash: string }[]> {
    const { stdout } = await workspace.succeed('read', 'study-levels')
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  }

  it('works on all there was before it, once, in its own group', async () => {
    expect(recordIds.length).toBeGreaterThan(3)
    await workspace.succeed('run', '--only', 'study-level', '--until-drained')
    const written = await levels()
    expect(written.map(({ recordId }) => recordId).sort()).toEqual(recordIds)
    for (const { level } of written) expect(level).toMatch(/^(student|resident|specialist)$/)
    await workspace.succeed('run', '--until-drained')
    expect(await levels()).toHaveLength(recordIds.length)
  })

  it('pays through the journal: its calls are completions like all others', async () => {
    const hashes = new Set((await workspace.all('completions')).map(({ requestHash }) => requestHash))
    for (const { requestHash } of await levels()) expect(hashes).toContain(requestHash)
  })

  it('has registered its schema beside the built-in ones', async () => {
    const { registryUrl } = inject('stack')
    const subject = 'own-processor.main.study-levels-value'
    const answer = await fetch(`${registryUrl}/subjects/${subject}/versions/latest`)
    const { schema } = (await answer.json()) as { schema: string }
    expect(JSON.parse(schema)).toMatchObject({ type: 'record', name: 'StudyLevel' })
  })

  it('leaves the audit as it was', async () => {
    const { stdout } = await workspace.succeed('audit', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ faultCount: 0, waitingCount: 0 })
  })

  it('can be read by a program, with the types of its schema', async () => {
    const file = join(workspace.folder, 'ninefold.yaml')
    await using pipeline = await openPipeline(file, { set: ['budget.usd=5'] })
    expect(pipeline.config.budgetUsd).toBe(5)
    const seen: string[] = []
    for await (const { recordId } of pipeline.read(studyLevels)) seen.push(recordId)
    expect(seen.sort()).toEqual(recordIds)
    const exported: string[] = []
    for await (const { recordId } of pipeline.records()) exported.push(recordId)
    expect(exported).toEqual(recordIds)
    expect(await pipeline.audit()).toMatchObject({ faultCount: 0 })
  })

  it('is named with its file when it will not do', async () => {
    const file = workspace.write('broken.ts', 'export default { step: "broken" }')
    workspace.configure(configFor(['./broken.ts']))
    const { code, stderr } = await workspace.run('run', '--until-drained')
    expect(code).toBe(1)
    expect(stderr).toContain(`${file} does not export a processor as its default`)
    expect(stderr).toContain('[NF_PROCESSOR_EXPORT]')
  })
})
