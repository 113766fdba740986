/** A client that was never updated writes in the middle of a run, by a schema that lacks what was added since. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openSession } from '../../pipeline/session.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { writeForeign } from '../support/foreign-producer.ts'
import { intake } from '../support/records.ts'
import { encodeRetired } from '../support/retired-schema.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const QUESTIONS = 2
const ADDED_SINCE = ['kind', 'split', 'language', 'licence', 'labels', 'parentId', 'batch']

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 0.05 })
}, MINUTES)

afterAll(async () => {
  await simulator?.close()
})

it(
  'its question is read, with defaults for what it does not say, and worked off like any other',
  async () => {
    const { brokers, registryUrl } = inject('stack')
    using workspace = new Workspace(
      simulatedPipeline({ pipeline: 'retired', url: simulator.url, stack: inject('stack') }),
    )
    await workspace.succeed('load', workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
    const run = workspace.start('run')
    await expect.poll(() => simulator.stats().calls, { timeout: 3 * MINUTES }).toBeGreaterThan(0)
    const session = await openSession({ config: join(workspace.folder, 'ninefold.yaml') })
    const topic = session.fullName('intake')
    await session.close()
    const value = await encodeRetired(
      registryUrl,
      topic,
      ADDED_SINCE,
      intake({ source: 'old', id: 'client' }),
    )
    await writeForeign(brokers, [{ topic, key: 'any key', value }])
    await expect
      .poll(async () => (await workspace.all('questions')).length, { timeout: 3 * MINUTES })
      .toBe(QUESTIONS + 1)
    run.kill('SIGTERM')
    await run.ended
    await workspace.succeed('run', '--until-drained')
    await workspace.succeed('audit')
    expect(await workspace.all('dead-letters')).toEqual([])
    const ends = [...(await workspace.all('records')), ...(await workspace.all('unsolved'))]
    const ids = new Set(ends.map(({ question }) => question.questionId))
    expect(ids.size).toBe(QUESTIONS + 1)
    const old = (await workspace.all('questions')).find(({ questionId }) => questionId === 'old:client')
    expect(old).toMatchObject({ language: '', licence: '', labels: [], parentId: null })
  },
  8 * MINUTES,
)
