/** The log is the only truth: with everything local lost, other editions come out of it without a call, and alike. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { TopicName, TopicRecords } from '../../schemas/topics.ts'
import { resetStats, statsOf } from '../support/endpoint-stats.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import { describeWithData, type RecordedQuestion, readRecorded, testEndpoint } from '../support/test-data.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000

/** What names a record in every topic that an edition may have of its own. */
const ID_OF = {
  'raw-paths': ({ pathId }: TopicRecords['raw-paths']) => pathId,
  verdicts: ({ verdictId }: TopicRecords['verdicts']) => verdictId,
  'triaged-easy': ({ triagedId }: TopicRecords['triaged-easy']) => triagedId,
  'triaged-medium': ({ triagedId }: TopicRecords['triaged-medium']) => triagedId,
  'triaged-difficult': ({ triagedId }: TopicRecords['triaged-difficult']) => triagedId,
  ranked: ({ rankingId }: TopicRecords['ranked']) => rankingId,
  kept: ({ keptId }: TopicRecords['kept']) => keptId,
  unsolved: ({ unsolvedId }: TopicRecords['unsolved']) => unsolvedId,
  records: ({ recordId }: TopicRecords['records']) => recordId,
} as const satisfies { [T in TopicName]?: (record: TopicRecords[T]) => string }
type Compared = keyof typeof ID_OF

describeWithData('editions from the log', ['TEST_DATA', 'TEST_ENDPOINT'], () => {
  let endpoint: string
  let questions: RecordedQuestion[]
  let workspace: Workspace
  let idsOfMain: Readonly<Record<string, readonly string[]>>
  let exportOfMain: Readonly<Record<string, string>>

  async function idsOf(edition: string): Promise<Record<string, string[]>> {
    const ids: Record<string, string[]> = {}
    for (const topic of Object.keys(ID_OF) as Compared[]) {
      const idOf = ID_OF[topic] as (record: TopicRecords[Compared]) => string
      const found: string[] = []
      for await (const record of workspace.records(topic, edition)) found.push(idOf(record))
      ids[topic] = found.sort()
    }
    return ids
  }

  async function exportOf(edition: string, ...options: string[]): Promise<Record<string, string>> {
    const folder = join(workspace.folder, `export-${edition}`)
    await workspace.succeed('export', '--edition', edition, '--out', folder, ...options)
    const files = readdirSync(folder).sort()
    return Object.fromEntries(files.map((name) => [name, sha256(readFileSync(join(folder, name)))]))
  }

  /** What a new machine would not have: journals, stores, caches, positions. */
  function forgetEverythingLocal(): void {
    for (const name of ['journal', 'workers', 'machine-id']) {
      rmSync(join(workspace.folder, '.ninefold', name), { recursive: true, force: true })
    }
  }

  beforeAll(async () => {
    endpoint = testEndpoint('TEST_ENDPOINT')
    await resetStats(endpoint)
    questions = [...readRecorded('medbullets').slice(0, 100), ...readRecorded('pubmedqa').slice(0, 50)]
    workspace = new Workspace(recordedPipeline({ pipeline: 'replayed', endpoint, stack: inject('stack') }))
    await workspace.succeed('load', '--source', 'some', workspace.writeLines('some.jsonl', questions))
    await workspace.succeed('run', '--until-drained')
    idsOfMain = await idsOf('main')
    exportOfMain = await exportOf('main')
    expect(idsOfMain['raw-paths']).toHaveLength(questions.length * 9)
    for (const topic of ['triaged-easy', 'triaged-medium', 'triaged-difficult', 'kept', 'records']) {
      expect(idsOfMain[topic]!.length, topic).toBeGreaterThan(0)
    }
    expect(Object.keys(exportOfMain).length).toBeGreaterThanOrEqual(3)
  }, 4 * MINUTES)

  afterAll(() => workspace?.[Symbol.dispose]())

  it.each(['questions', 'raw-paths', 'verdicts'])(
    'from %s: no call, the same ids, the same bytes',
    async (from) => {
      const edition = `from-${from}`
      forgetEverythingLocal()
      const { calls } = await statsOf(endpoint)
      await workspace.succeed('replay', '--from', from, '--edition', edition)
      expect((await statsOf(endpoint)).calls - calls).toBe(0)
      expect(await idsOf(edition)).toEqual(idsOfMain)
      expect(await exportOf(edition)).toEqual(exportOfMain)
      await workspace.succeed('audit', '--edition', edition)
    },
  )

  it('asks what other settings ask anew, and only that', async () => {
    const { calls } = await statsOf(endpoint)
    const settings = recordedPipeline({ pipeline: 'replayed', endpoint, stack: inject('stack') })
    workspace.configure({ ...settings, triage: { easy: { maxErrors: 3 }, medium: { maxErrors: 6 } } })
    try {
      await workspace.succeed('replay', '--from', 'verdicts', '--edition', 'stricter')
      const easy = (await workspace.all('triaged-easy', 'stricter')).length
      const ofMain = (await workspace.all('triaged-easy')).filter(({ errors }) => errors <= 3).length
      expect(easy).toBe(ofMain)
      expect((await idsOf('stricter')).verdicts).toEqual(idsOfMain.verdicts)
      const made = (await statsOf(endpoint)).calls - calls
      expect(made).toBeGreaterThan(0)
      expect(made).toBeLessThan(questions.length)
      expect((await statsOf(endpoint)).answeredRepeated).toBe(0)
      await workspace.succeed('audit', '--edition', 'stricter')
    } finally {
      workspace.configure(settings)
    }
  })

  it('asks for the summaries alone where only these are asked for in other words', async () => {
    const words = 'Explain in one paragraph why the answer above is right.'
    workspace.write('plain.md', `${words}\n`)
    const before = await statsOf(endpoint)
    const own = ['--set', 'prompts.summarize.file=plain.md']
    const replayed = (...more: string[]) => workspace.succeed('replay', '--from', 'verdicts', ...more)
    await replayed('--edition', 'plain', ...own)
    const ofMain = await workspace.all('records')
    const due = new Set(ofMain.map(({ requestHashes }) => requestHashes.at(-1))).size
    const after = await statsOf(endpoint)
    expect(after.calls - before.calls).toBe(due)
    // The judge writes the summaries.
    expect((after.byModel.judge ?? 0) - (before.byModel.judge ?? 0)).toBe(due)
    expect(after.answeredRepeated).toBe(0)
    const { records, ...made } = await idsOf('plain')
    const { records: recordsOfMain, ...madeOfMain } = idsOfMain
    expect(made).toEqual(madeOfMain)
    expect(records).toHaveLength(recordsOfMain!.length)
    expect(records!.filter((id) => recordsOfMain!.includes(id))).toEqual([])
    const [plain] = await workspace.all('records', 'plain')
    const one = ofMain.find(({ keptId }) => keptId === plain?.keptId)
    expect(plain?.cot).toBe(one?.cot)
    expect(plain?.response).not.toBe(one?.response)
    expect(plain?.summaryPrompt).toMatch(/^summarize@1\+[0-9a-f]{8}$/)
    await workspace.succeed('audit', '--edition', 'plain', ...own)
    expect((await workspace.succeed('editions', 'show', 'plain')).stdout).toContain(words)

    // The words decide, not where they stand.
    await replayed('--edition', 'plain-again', '--set', `prompts.summarize.text=${words}`)
    expect((await statsOf(endpoint)).calls).toBe(after.calls)
    const plainly = await exportOf('plain', ...own)
    expect(await exportOf('plain-again', '--set', `prompts.summarize.text=${words}`)).toEqual(plainly)
    expect(plainly).not.toEqual(exportOfMain)

    workspace.write('plain.md', 'Explain it in two paragraphs.')
    const edited = await workspace.run('run', '--until-drained', '--edition', 'plain', ...own)
    expect(edited.code).toBe(1)
    expect(edited.stderr).toMatch(/\n {2}prompts\.summarize: [0-9a-f]{32} -> [0-9a-f]{32}\n/)
    expect((await statsOf(endpoint)).calls).toBe(after.calls)
  })

  it('goes on in the first edition with everything local lost', async () => {
    forgetEverythingLocal()
    const { calls } = await statsOf(endpoint)
    await workspace.succeed('run', '--until-drained')
    expect((await statsOf(endpoint)).calls - calls).toBe(0)
    const more = readRecorded('medbullets').slice(200, 220)
    await workspace.succeed('load', '--source', 'some', workspace.writeLines('more.jsonl', more))
    await workspace.succeed('run', '--until-drained')
    expect((await statsOf(endpoint)).answeredRepeated).toBe(0)
    expect(await workspace.all('raw-paths')).toHaveLength((questions.length + more.length) * 9)
    await workspace.succeed('audit')
  })

  it('refuses to build an edition on something else than it is built on', async () => {
    const other = await workspace.run('replay', '--from', 'questions', '--edition', 'from-verdicts')
    expect(other.code).toBe(1)
    expect(other.stderr).toContain('is built on the verdicts of main, not on the questions of main')
    const none = await workspace.run('replay', '--from', 'questions', '--edition', 'new', '--of', 'nowhere')
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('edition nowhere has never run')
  })
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
