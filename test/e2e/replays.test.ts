/** The changes of mind there are, each as an edition: what it should cost, and what it does. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { TrainingRecord } from '../../schemas/types.ts'
import { CallBooks, total } from '../support/call-books.ts'
import type { CliProcess } from '../support/cli-process.ts'
import { resetStats, statsOf } from '../support/endpoint-stats.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import { describeWithData, type RecordedQuestion, readRecorded, testEndpoint } from '../support/test-data.ts'
import { ToyEngine } from '../support/toy-engine.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const CONCURRENCY = 32
const STRICT = ['--set', 'triage.easy.maxErrors=3', '--set', 'triage.medium.maxErrors=6']
const SECOND = ['--set', 'roles.verify=second']
/** Of two verifiers at work: calls after which one is killed. */
const KILLED_AFTER = 200

describeWithData('replays', ['TEST_DATA', 'TEST_ENDPOINT', 'TEST_ENDPOINT_FLIP'], () => {
  const books = new CallBooks()
  let endpoints: { usual: string; second: string }
  let settings: ReturnType<typeof withSecondJudge>
  let questions: RecordedQuestion[]
  /** Questions that came while a replay ran: editions that rested then take them in when they go on. */
  let late: ReadonlySet<string> = new Set()
  let workspace: Workspace

  const idsOf = (records: readonly TrainingRecord[], kind: string) =>
    records.flatMap((record) => (record.kind === kind ? record.recordId : [])).sort()

  /** Does something; what it costs at both endpoints must be what the editions it makes or changes rest on. */
  async function costs(name: string, editions: readonly string[], work: () => Promise<unknown>) {
    const before = { usual: await statsOf(endpoints.usual), second: await statsOf(endpoints.second) }
    await work()
    const usual = await statsOf(endpoints.usual)
    const second = await statsOf(endpoints.second)
    const counted = {
      judge: countOf('judge', before.usual.byModel, usual.byModel),
      strong: countOf('strong', before.usual.byModel, usual.byModel),
      // What was under way at a kill is asked again: it had not been answered, or the answer came to nobody.
      second: second.calls - before.second.calls - (repeatsOf(second) - repeatsOf(before.second)),
      all: usual.calls - before.usual.calls,
    }
    let due: Record<string, number> = {}
    for (const edition of editions) {
      for (const [model, calls] of Object.entries(await books.enter(workspace, edition))) {
        due = { ...due, [model]: (due[model] ?? 0) + calls }
      }
    }
    books.note(name, total(due), counted.all + counted.second)
    const { 'second-judge': bySecond = 0, ...usually } = due
    expect(counted).toEqual({
      ...{ judge: due.judge ?? 0, strong: due.strong ?? 0, second: bySecond, all: total(usually) },
    })
    expect(repeatsOf(usual)).toBe(repeatsOf(before.usual))
    return due
  }

  async function exportOf(edition: string): Promise<Record<string, string>> {
    const folder = join(workspace.folder, `export-${edition}`)
    await workspace.succeed('export', '--edition', edition, '--out', folder)
    const names = readdirSync(folder).sort()
    expect(names.length).toBeGreaterThanOrEqual(3)
    return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(folder, name)))]))
  }

  async function exportedIds(edition: string): Promise<string[]> {
    await exportOf(edition)
    const text = readFileSync(join(workspace.folder, `export-${edition}`, 'cotmed.jsonl'), 'utf8')
    return text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id)
  }

  const load = (name: string, some: readonly RecordedQuestion[], ...options: string[]) =>
    workspace.succeed('load', '--source', 'some', ...options, workspace.writeLines(`${name}.jsonl`, some))

  beforeAll(async () => {
    endpoints = { usual: testEndpoint('TEST_ENDPOINT'), second: testEndpoint('TEST_ENDPOINT_FLIP') }
    await resetStats(endpoints.usual)
    await resetStats(endpoints.second)
    questions = [...readRecorded('medbullets').slice(0, 60), ...readRecorded('pubmedqa').slice(0, 30)]
    settings = withSecondJudge(endpoints)
    workspace = new Workspace(settings)
    await load('some', questions)
    const due = await costs('the first edition', ['main'], () => workspace.succeed('run', '--until-drained'))
    expect(total(due)).toBeGreaterThan(questions.length * 18)
  }, 6 * MINUTES)

  afterAll(() => {
    console.info(books.table)
    workspace?.[Symbol.dispose]()
  })

  it(
    'with other thresholds ask only what the questions need whose tier changes',
    async () => {
      const due = await costs('other thresholds', ['strict'], () =>
        workspace.succeed('replay', '--from', 'verdicts', '--edition', 'strict', ...STRICT),
      )
      expect(Object.keys(due)).not.toEqual([])
      const changed = new Set<string>()
      for (const topic of ['triaged-easy', 'triaged-medium'] as const) {
        for await (const { question, errors } of workspace.records(topic)) {
          if (errors === 4 || errors === 7) changed.add(question.questionId)
        }
      }
      for await (const { questionId } of workspace.records('completions', 'strict'))
        expect(changed).toContain(questionId)
      await workspace.succeed('audit', '--edition', 'strict', ...STRICT)
    },
    4 * MINUTES,
  )

  it(
    'made twice under two names are the same bytes, and cost nothing',
    async () => {
      const due = await costs('the same again under another name', ['again'], () =>
        workspace.succeed('replay', '--from', 'verdicts', '--edition', 'again', ...STRICT),
      )
      expect(total(due)).toBe(0)
      expect(await exportOf('again')).toEqual(await exportOf('strict'))
    },
    4 * MINUTES,
  )

  it(
    'without one of the samplers ask for no path and no verdict',
    async () => {
      workspace.configure({ ...settings, samplers: settings.samplers.slice(1) })
      try {
        const due = await costs('a sampler removed', ['eight'], () =>
          workspace.succeed('replay', '--from', 'verdicts', '--edition', 'eight'),
        )
        expect(total(due)).toBeGreaterThan(0)
        for await (const { step } of workspace.records('completions', 'eight'))
          expect(['rank', 'refine', 'regenerate', 'summarize']).toContain(step)
        await workspace.succeed('audit', '--edition', 'eight')
      } finally {
        workspace.configure(settings)
      }
    },
    4 * MINUTES,
  )

  it(
    'with a second verifier ask it once for every path, though killed on the way',
    async () => {
      const args = ['replay', '--from', 'raw-paths', '--edition', 'second', ...SECOND]
      const due = await costs('a second verifier, killed and resumed', ['second'], async () => {
        const killed = workspace.start(...args)
        await calls(endpoints.second, KILLED_AFTER, killed)
        killed.kill('SIGKILL')
        expect((await killed.ended).signal).toBe('SIGKILL')
        await workspace.succeed(...args)
      })
      expect(due['second-judge']).toBe(questions.length * 9)
      const { calls: made, answeredRepeated, inFlightRepeated } = await statsOf(endpoints.second)
      expect(made - answeredRepeated - inFlightRepeated).toBe(questions.length * 9)
      expect(answeredRepeated + inFlightRepeated).toBeLessThanOrEqual(CONCURRENCY)
      await workspace.succeed('audit', '--edition', 'second', ...SECOND)
    },
    6 * MINUTES,
  )

  it(
    'take along what is loaded while they run',
    async () => {
      const more = readRecorded('medbullets').slice(60, 80)
      const args = ['replay', '--from', 'questions', '--edition', 'live']
      // Both need the calls of the new questions at the same time: one makes them, the other waits for it.
      const due = await costs('live questions during a replay', ['main', 'live'], async () => {
        const replay = workspace.start(...args)
        await load('more', more)
        await workspace.succeed('run', '--until-drained')
        expect((await replay.ended).code).toBe(0)
        await workspace.succeed(...args)
      })
      expect(total(due)).toBeGreaterThan(more.length * 18)
      late = new Set(more.map(({ id }) => `some:${id}`))
      questions = [...questions, ...more]
      expect(await workspace.all('raw-paths', 'live')).toHaveLength(questions.length * 9)
      expect(await exportOf('live')).toEqual(await exportOf('main'))
      await workspace.succeed('audit', '--edition', 'live')
    },
    6 * MINUTES,
  )

  describe('after corrections', () => {
    let engine: ToyEngine
    let restated: string[]
    let rekeyed: string[]
    let withdrawn: string[]

    beforeAll(async () => {
      engine = await ToyEngine.start()
      const said = questions.slice(0, 2).map((one) => ({ ...one, question: `${one.question} Choose one.` }))
      const meant = questions.slice(2, 3).map((one) => ({ ...one, answer: otherKey(one) }))
      restated = said.map(({ id }) => `some:${id}`)
      rekeyed = meant.map(({ id }) => `some:${id}`)
      withdrawn = questions.slice(3, 5).map(({ id }) => `some:${id}`)
      await load('revised', [...said, ...meant], '--revise')
      await workspace.succeed('withdraw', ...withdrawn)
    }, 2 * MINUTES)

    afterAll(() => engine?.stop())

    it.each([
      ['main', 'a corrected key, a withdrawn question', ['run', '--until-drained']],
      [
        'strict',
        'the same in an edition',
        ['replay', '--from', 'verdicts', '--edition', 'strict', ...STRICT],
      ],
    ])(
      'replace what follows from them in %s, and nothing else',
      async (edition, name, args) => {
        const before = idsOf(await workspace.all('records', edition), 'record')
        await costs(name, [edition], () => workspace.succeed(...args))
        const records = await workspace.all('records', edition)
        const gone = records.filter(
          ({ kind, question: { questionId, revision } }) =>
            kind === 'record' &&
            revision === 1 &&
            [...restated, ...rekeyed, ...withdrawn].includes(questionId),
        )
        expect(new Set(gone.map(({ question: { questionId } }) => questionId)).size).toBe(5)
        expect(idsOf(records, 'withdrawn')).toEqual(gone.map(({ recordId }) => recordId).sort())
        const made = records.filter(
          ({ kind, recordId, question: { questionId } }) =>
            kind === 'record' && !before.includes(recordId) && !late.has(questionId),
        )
        // The endpoint holds on to the key it knows: with another one nobody can answer.
        expect(new Set(made.map(({ question: { questionId } }) => questionId))).toEqual(new Set(restated))
        const unsolved = await workspace.all('unsolved', edition)
        expect(unsolved.map(({ question: { questionId } }) => questionId)).toEqual(rekeyed)
        const standing = idsOf(records, 'record').filter(
          (id) => !gone.some(({ recordId }) => recordId === id),
        )
        expect(await exportedIds(edition)).toEqual(standing)
        const options = edition === 'strict' ? STRICT : []
        await workspace.succeed('audit', '--edition', edition, ...options)
      },
      6 * MINUTES,
    )

    it(
      'show in SQL as in an export, and verifiers beside each other',
      async () => {
        workspace.configure({
          ...settings,
          clickhouse: { url: engine.url, database: 'ninefold_minds' },
        } as object)
        for (const edition of ['main', 'strict', 'second']) {
          const options = edition === 'strict' ? STRICT : edition === 'second' ? SECOND : []
          await workspace.succeed('run', '--until-drained', '--edition', edition, ...options)
        }
        for (const edition of ['main', 'strict']) {
          const [row] = await engine.query<{ records: number; questions: number }>(
            'ninefold_minds',
            `SELECT toUInt32(sum(records)) AS records, toUInt32(sum(questions)) AS questions FROM tiers WHERE edition = '${edition}'`,
          )
          const exported = await exportedIds(edition)
          expect(row).toEqual({ records: exported.length, questions: questions.length - withdrawn.length })
        }
        const [agreement] = await engine.query<Record<string, number>>(
          'ninefold_minds',
          "SELECT toUInt32(paths) AS paths, toUInt32(compared) AS compared, share_agreed, kappa FROM verifier_agreement WHERE edition = 'second' AND other = 'main'",
        )
        const wanted = await agreementOf(workspace)
        expect(agreement).toMatchObject({ paths: wanted.compared, compared: wanted.compared })
        expect(agreement?.share_agreed).toBeCloseTo(wanted.share, 10)
        expect(agreement?.kappa).toBeCloseTo(wanted.kappa, 10)
        const { stdout } = await workspace.succeed('report', '--edition', 'second', '--only', 'verifiers')
        expect(stdout).toContain('second-judge')
      },
      6 * MINUTES,
    )
  })
})

/** The recorded pipeline on the shared stack, and a judge on an endpoint of its own that nobody has a role for yet. */
function withSecondJudge(endpoints: { readonly usual: string; readonly second: string }) {
  const usual = recordedPipeline({ pipeline: 'minds', endpoint: endpoints.usual, stack: inject('stack') })
  return {
    ...usual,
    endpoints: { ...usual.endpoints, other: { baseURL: endpoints.second, maxConcurrency: CONCURRENCY } },
    models: { ...usual.models, second: { endpoint: 'other', model: 'second-judge' } },
  }
}

/** Share and kappa of the judges of two editions, path by path. */
async function agreementOf(workspace: Workspace) {
  const first = new Map<string, string>()
  for await (const { pathId, judgeVerdict } of workspace.records('verdicts'))
    first.set(pathId, judgeVerdict ?? '')
  const counts = { Correct: { Correct: 0, Error: 0 }, Error: { Correct: 0, Error: 0 } }
  for await (const { pathId, judgeVerdict } of workspace.records('verdicts', 'second')) {
    counts[first.get(pathId) as 'Correct' | 'Error'][judgeVerdict as 'Correct' | 'Error']++
  }
  const { Correct: one, Error: two } = counts
  const compared = one.Correct + one.Error + two.Correct + two.Error
  const share = (one.Correct + two.Error) / compared
  const [byFirst, bySecond] = [(one.Correct + one.Error) / compared, (one.Correct + two.Correct) / compared]
  const chance = byFirst * bySecond + (1 - byFirst) * (1 - bySecond)
  return { compared, share, kappa: (share - chance) / (1 - chance) }
}

function countOf(
  model: string,
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
) {
  return (now[model] ?? 0) - (before[model] ?? 0)
}

function repeatsOf({
  answeredRepeated,
  inFlightRepeated,
}: {
  answeredRepeated: number
  inFlightRepeated: number
}) {
  return answeredRepeated + inFlightRepeated
}

/** Until an endpoint has seen so many calls. */
async function calls(endpoint: string, wanted: number, process: CliProcess): Promise<void> {
  let hasEnded = false
  void process.ended.then(() => {
    hasEnded = true
  })
  while ((await statsOf(endpoint)).calls < wanted) {
    if (hasEnded) throw new Error(`it ended too soon: ${process.stderr}`)
    await sleep(20)
  }
}

function otherKey({ options, answer }: RecordedQuestion): string {
  return Object.keys(options).find((label) => label !== answer) ?? answer
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
