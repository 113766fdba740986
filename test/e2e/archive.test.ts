/** A pipeline is stopped in the middle and archived; another cluster, on another machine, goes on with it. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import type { ArchiveReport } from '../../archive/archive.ts'
import type { LoadArchiveReport } from '../../archive/load.ts'
import { readManifest } from '../../archive/manifest.ts'
import { openSession } from '../../pipeline/session.ts'
import type { TopicsReport } from '../../progress/topics.ts'
import { TOPICS, type TopicName } from '../../schemas/topics.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { startStack } from '../../stack/stack.ts'
import { stopStack } from '../../stack/stop.ts'
import { readArchive } from '../support/foreign-archive.ts'
import { writeForeign } from '../support/foreign-producer.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000

vi.setConfig({ testTimeout: 12 * MINUTES })
const QUESTIONS = 14
/** Of about 300 calls: some questions are decided, some open, some not begun. */
const HALFWAY = 150
const PIPELINE = 'archived'

let simulator: Simulator
let here: Workspace
let there: Workspace
let folder: string
let otherStack: string
let first: ArchiveReport

function settings(stack: { brokers: readonly string[]; registryUrl: string }, compression = 'none') {
  const { kafka, ...rest } = simulatedPipeline({ pipeline: PIPELINE, url: simulator.url, stack }) as {
    kafka: object
  }
  return { ...rest, kafka: { ...kafka, compression } }
}

/** Every record there is, with its place: topic, partition, offset, key, time. */
async function placesIn({ folder: at }: Workspace, topics: readonly TopicName[]): Promise<string[]> {
  const session = await openSession({ config: join(at, 'ninefold.yaml') })
  const places: string[] = []
  for (const topic of topics) {
    for await (const records of session.reader.readAll(session.fullName(topic))) {
      for (const { partition, offset, key, timestamp } of records) {
        places.push(`${topic}/${partition}/${offset} ${key} ${timestamp}`)
      }
    }
  }
  await session.close()
  return places
}

async function exportOf(workspace: Workspace, edition = 'main'): Promise<Record<string, string>> {
  const out = join(workspace.folder, `export-${edition}`)
  await workspace.succeed('export', '--edition', edition, '--out', out)
  const sha256 = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(out, name)))
      .digest('hex')
  return Object.fromEntries(
    readdirSync(out)
      .sort()
      .map((name) => [name, sha256(name)]),
  )
}

const load = async (workspace: Workspace): Promise<LoadArchiveReport> =>
  JSON.parse((await workspace.succeed('archive', 'load', folder, '--json')).stdout) as LoadArchiveReport

beforeAll(async () => {
  simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 0.2 })
  here = new Workspace(settings(inject('stack')))
  folder = join(here.folder, 'archive')
  otherStack = mkdtempSync(join(tmpdir(), 'ninefold-e2e-other-'))
  const options = { dataDir: otherStack, ephemeral: true, analytics: false, timeoutMs: 6 * MINUTES }
  const stack = await startStack(options)
  // Packed otherwise: what counts is what is in it.
  there = new Workspace(settings(stack, 'zstd'))
  await here.succeed('load', here.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
  // What is no Avro, has headers, and becomes a dead letter.
  const session = await openSession({ config: join(here.folder, 'ninefold.yaml') })
  const topic = session.fullName('intake')
  await session.close()
  await writeForeign(inject('stack').brokers, [{ topic, key: 'stray', value: Buffer.from('no Avro at all') }])
  const run = here.start('run')
  const isHalfway = () => expect(simulator.stats().calls).toBeGreaterThan(HALFWAY)
  await vi.waitFor(isHalfway, { timeout: 8 * MINUTES, interval: 50 })
  run.kill('SIGTERM')
  await run.ended
  first = JSON.parse((await here.succeed('archive', '--out', folder, '--json')).stdout) as ArchiveReport
}, 20 * MINUTES)

afterAll(async () => {
  await simulator?.close()
  here?.[Symbol.dispose]()
  there?.[Symbol.dispose]()
  if (otherStack !== undefined) {
    await stopStack({ dataDir: otherStack, graceMs: 5_000 })
    rmSync(otherStack, { recursive: true, force: true })
  }
}, MINUTES)

it('is read by an Avro library of another language, value by value', async () => {
  const files = await readArchive(folder)
  const places = await placesIn(here, TOPICS)
  for (const { topic, name } of readManifest(folder).topics) {
    const archived = files
      .filter((file) => file.topic === topic)
      .flatMap(({ partition, offsets, keys }) =>
        offsets.map((offset, at) => `${partition}/${offset} ${keys[at]}`),
      )
    const inLog = places
      .filter((place) => place.startsWith(`${name}/`))
      .map((place) => place.slice(name.length + 1, place.lastIndexOf(' ')))
    expect(archived.sort(), name).toEqual(inLog.sort())
  }
  const verdicts = files.filter(({ topic }) => topic.endsWith('.verdicts')).flatMap(({ values }) => values)
  const ids = (await here.all('verdicts')).map(({ verdictId }) => verdictId)
  expect(verdicts.map((value) => value?.verdictId).sort()).toEqual(ids.sort())
  expect(first.groups).toBeGreaterThan(10)
})

it('adds nothing when nothing is new, and refuses folders that are none of its own', async () => {
  const again = JSON.parse((await here.succeed('archive', '--out', folder, '--json')).stdout) as ArchiveReport
  expect(again.topics.map(({ records }) => records)).toEqual(again.topics.map(() => 0))
  expect(again.groups).toBe(first.groups)
  here.configure({ ...settings(inject('stack')), pipeline: 'another' })
  const other = await here.run('archive', '--out', folder)
  expect(other.code).toBe(1)
  expect(other.stderr).toContain(`holds an archive of pipeline ${PIPELINE}`)
  here.configure(settings(inject('stack')))
})

it('goes on in another cluster as it would have here', async () => {
  const killed = there.start('archive', 'load', folder)
  await expect.poll(() => killed.stderr, { timeout: 4 * MINUTES }).toContain('are whole')
  killed.kill('SIGKILL')
  await killed.ended
  const report = await load(there)
  expect(report.workedOff).toEqual([])
  expect(await placesIn(there, TOPICS)).toEqual(await placesIn(here, TOPICS))

  const before = simulator.stats().calls
  await here.run('run', '--until-drained')
  const callsHere = simulator.stats().calls - before
  const between = simulator.stats().calls
  await there.run('run', '--until-drained')
  expect(simulator.stats().calls - between).toBe(callsHere)
  expect(callsHere).toBeGreaterThan(0)
  const hashes = (await there.all('completions')).map(({ requestHash }) => requestHash)
  expect(new Set(hashes).size).toBe(hashes.length)
  expect(await exportOf(there)).toEqual(await exportOf(here))
  await there.succeed('audit')
})

it('loads nothing a second time, and is replayed without a call', async () => {
  const report = await load(there)
  expect(report.topics.map(({ loaded }) => loaded)).toEqual(report.topics.map(() => 0))
  expect(report.groups).toBe(0)
  const before = simulator.stats().calls
  await there.run('run', '--until-drained')
  await there.run('replay', '--from', 'verdicts', '--edition', 'again')
  expect(simulator.stats().calls).toBe(before)
  expect(await exportOf(there, 'again')).toEqual(await exportOf(there))
  const { topics } = JSON.parse((await there.succeed('topics', '--json')).stdout) as TopicsReport
  const paths = topics.find(({ topic }) => topic === 'raw-paths')!
  expect(paths.compression!.codecs).toContain('zstd')
  expect(paths.compression!.unpackedBytes).toBeGreaterThan(paths.bytes!)
  // The dead letter's record, out of an archive, under the id its schema has in this registry.
  const [letter] = await there.all('dead-letters')
  expect(letter!.value).toEqual(Buffer.from('no Avro at all'))
})

it('refuses a damaged file before it writes, and a topic that holds something else', async () => {
  const { topics } = readManifest(folder)
  const file = join(folder, topics[0]!.partitions.flat().flatMap(({ files }) => files)[0]!.file)
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.subarray(0, bytes.length - 1))
  const damaged = await there.run('archive', 'load', folder)
  writeFileSync(file, bytes)
  expect(damaged.code).toBe(1)
  expect(damaged.stderr).toContain('NF_ARCHIVE_DAMAGED')
  // The cluster it came from has the same beginning: nothing is missing there either.
  expect((await load(here)).topics.every(({ loaded }) => loaded === 0)).toBe(true)
})
