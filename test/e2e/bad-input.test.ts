/** What goes wrong around a pipeline, as its user meets it: told with place and remedy, and nothing lost by it. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { AuditReport } from '../../audit/audit.ts'
import { openSession, type Session } from '../../pipeline/session.ts'
import type { TopicName } from '../../schemas/topics.ts'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { readTopic } from '../../sinks/session-records.ts'
import { makeTopic, UNREADABLE, writeUnreadable } from '../support/foreign-producer.ts'
import { DEMO_QUESTIONS, demoQuestions, simulatedPipeline } from '../support/simulated-pipeline.ts'
import { TinyDisk } from '../support/tiny-disk.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const QUESTIONS = 4
/** Topics a step reads: each record of theirs that nobody can read becomes a dead letter. */
const READ_BY_STEPS: readonly TopicName[] = [
  'intake',
  'questions',
  'raw-paths',
  'verdicts',
  'triaged-easy',
  'triaged-medium',
  'triaged-difficult',
  'ranked',
  'escalated',
  'kept',
  'records',
  'redrive',
]
/** The others but `editions`: whoever reads them passes such a record by, and says so. */
const READ_BY_COMMANDS: readonly TopicName[] = ['triage-state', 'unsolved', 'completions', 'dead-letters']

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 0 })
}, MINUTES)

afterAll(async () => {
  await simulator?.close()
})

function workspaceOf(pipeline: string, more: object = {}, { url } = simulator): Workspace {
  const config = simulatedPipeline({ pipeline, url, stack: inject('stack') })
  return new Workspace({ ...config, ...more })
}

function sessionOf(workspace: Workspace): Promise<Session> {
  return openSession({ config: join(workspace.folder, 'ninefold.yaml') })
}

/** Questions that have come to an end, by id. */
async function endedQuestions(session: Session): Promise<Set<string>> {
  const ends = [
    ...(await Array.fromAsync(readTopic(session, 'records'))),
    ...(await Array.fromAsync(readTopic(session, 'unsolved'))),
  ]
  return new Set(ends.map(({ question }) => question.questionId))
}

describe('records that nobody can read, in every topic', () => {
  let workspace: Workspace
  let session: Session

  beforeAll(async () => {
    workspace = workspaceOf('poisoned')
    await workspace.succeed('load', workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
    session = await sessionOf(workspace)
    await writeUnreadable(
      inject('stack').brokers,
      [...READ_BY_STEPS, ...READ_BY_COMMANDS].map(session.fullName),
    )
  }, 3 * MINUTES)

  afterAll(async () => {
    await session?.close()
    workspace?.[Symbol.dispose]()
  })

  it(
    'become dead letters or are passed by, and all else flows',
    async () => {
      const { code, stderr } = await workspace.run('run', '--until-drained')
      expect(code, stderr).toBe(3)
      expect(await endedQuestions(session)).toHaveLength(QUESTIONS)
      const letters = await Array.fromAsync(readTopic(session, 'dead-letters'))
      expect(new Set(letters.map((letter) => letter.class))).toEqual(new Set(['undecodable']))
      expect(new Set(letters.map(({ topic }) => topic))).toEqual(new Set(READ_BY_STEPS.map(session.fullName)))
      const ofIntake = letters.filter(({ topic }) => topic === session.fullName('intake'))
      expect(ofIntake).toHaveLength(UNREADABLE.length + 1)
      for (const { why } of UNREADABLE) {
        expect(ofIntake.some(({ message }) => message.includes(why))).toBe(true)
      }
    },
    4 * MINUTES,
  )

  it(
    'do not come up again: the next run finds nothing to do, what stands in `editions` notwithstanding',
    async () => {
      await writeUnreadable(inject('stack').brokers, [session.fullName('editions')])
      const before = await Array.fromAsync(readTopic(session, 'dead-letters'))
      const calls = simulator.stats().calls
      const { code, stderr } = await workspace.run('run', '--until-drained')
      expect(code, stderr).toBe(3)
      expect(stderr).toMatch(/poisoned\.main\.editions\/\d\/\d+: editions: magic byte wrong/)
      expect(simulator.stats().calls).toBe(calls)
      expect(await Array.fromAsync(readTopic(session, 'dead-letters'))).toHaveLength(before.length)
    },
    4 * MINUTES,
  )

  it(
    'are told with their places by every command that comes upon them, which exits with 3',
    async () => {
      const commands: readonly (readonly [TopicName, readonly string[]])[] = [
        ['records', ['export']],
        ['completions', ['batches']],
        ['unsolved', ['unsolved']],
        ['dead-letters', ['dead-letters', 'list']],
        ['kept', ['read', 'kept']],
      ]
      for (const [topic, args] of commands) {
        const { code, stderr, stdout } = await workspace.run(...args)
        expect(code, `${args}: ${stderr}`).toBe(3)
        expect(stderr, args.join(' ')).toMatch(/^\d+ records could not be read and are left out:$/m)
        expect(stderr, args.join(' ')).toMatch(
          new RegExp(`^  poisoned\\.main\\.(${topic}|editions)/\\d/\\d+: `, 'm'),
        )
        expect(stdout).not.toBe('')
      }
      await workspace.succeed('topics')
    },
    4 * MINUTES,
  )

  it(
    'are faults of the audit where no dead letter accounts for them, and no others are found',
    async () => {
      const { code, stdout } = await workspace.run('audit', '--json')
      expect(code).toBe(3)
      const { faults } = JSON.parse(stdout) as AuditReport
      expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['undecodable']))
      const places = faults.map(({ id }) => id.split('/')[0])
      expect(new Set(places)).toEqual(new Set(READ_BY_COMMANDS))
    },
    2 * MINUTES,
  )
})

describe('a topic that somebody made with another number of partitions', () => {
  it(
    'is refused with both numbers and what to do',
    async () => {
      await makeTopic(inject('stack').brokers, 'misparted.main.intake', 3)
      using workspace = workspaceOf('misparted')
      const { code, stderr } = await workspace.run(
        'load',
        workspace.writeLines('some.jsonl', demoQuestions(1)),
      )
      expect(code).toBe(1)
      expect(stderr).toContain('topic misparted.main.intake has 3 partitions, but kafka.partitions is 4')
      expect(stderr).toMatch(/Set kafka\.partitions to 3.*\[NF_TOPIC_PARTITIONS\]/)
    },
    MINUTES,
  )
})

describe('what is larger than a broker takes', () => {
  const HUGE = 'long '.repeat(300_000)
  /** A line that may be read, of a question that no broker would take. */
  const LONG = 'long '.repeat(196_000)
  let server: Server

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json')
      const message = { role: 'assistant', content: HUGE }
      const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 }
      response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => server?.close())

  it(
    'is refused by its line where it is a question, and a dead letter where it is an answer',
    async () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      using workspace = new Workspace(simulatedPipeline({ pipeline: 'huge', url, stack: inject('stack') }))
      const [good, other] = demoQuestions(2)
      const file = workspace.writeLines('some.jsonl', [
        { ...other, question: LONG },
        good,
        { ...other, question: HUGE },
      ])
      const load = await workspace.run('load', file)
      expect(load.code).toBe(3)
      expect(load.stderr).toMatch(/some\.jsonl:1: error: the question is too long/)
      expect(load.stderr).toMatch(/some\.jsonl:3: error: the line is longer than 1000000 bytes/)
      expect(load.stdout).toContain('1 question loaded')
      const run = await workspace.run('run', '--until-drained', '--only', 'admit', 'generate')
      expect(run.code, run.stderr).toBe(3)
      const letters = await workspace.all('dead-letters')
      expect(letters.map((letter) => letter.class)).toEqual(Array(9).fill('too-large'))
      // Each has a path that says it is missing, and each call that was paid is told.
      expect((await workspace.all('raw-paths')).map(({ kind }) => kind)).toEqual(Array(9).fill('missing'))
      const calls = await workspace.all('completions')
      expect(calls.map(({ status }) => status)).toEqual(Array(9).fill('too-large'))
    },
    3 * MINUTES,
  )
})

describe('a data folder on a disk', () => {
  const [disk, other, third] = [TinyDisk.mount(200), TinyDisk.mount(200), TinyDisk.mount(200)]
  /** Asked by one pipeline alone: whatever is asked again was paid for twice. */
  let own: Simulator

  beforeAll(async () => {
    own = await startSimulator({ questions: [DEMO_QUESTIONS], latency: 0 })
  }, MINUTES)

  afterAll(async () => {
    await own?.close()
    disk?.[Symbol.dispose]()
    other?.[Symbol.dispose]()
    third?.[Symbol.dispose]()
  })

  it.runIf(disk !== null)(
    'without room keeps the worker waiting, which says where; with room it goes on, and nothing is lost or paid twice',
    async () => {
      using workspace = workspaceOf('disk', { data: disk!.folder }, own)
      const file = workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS))
      await workspace.succeed('load', file)
      disk!.remount('size=450k')
      const run = workspace.start('run', '--until-drained')
      await expect
        .poll(() => run.stderr, { timeout: 3 * MINUTES })
        .toContain(`! the disk is full: ${disk!.folder}`)
      expect(run.stderr).toContain('nothing is asked until there is room')
      disk!.remount('size=20000k')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      await workspace.succeed('audit')
      expect(await workspace.all('dead-letters')).toEqual([])
      expect(own.stats().repeated).toBe(0)
    },
    4 * MINUTES,
  )

  it.runIf(third !== null)(
    'without room to the end is told when the worker is stopped, with what that has cost',
    async () => {
      using workspace = workspaceOf('disk-to-the-end', { data: third!.folder })
      await workspace.succeed('load', workspace.writeLines('some.jsonl', demoQuestions(QUESTIONS)))
      third!.remount('size=450k')
      const run = workspace.start('run', '--until-drained', '--grace', '3')
      await expect.poll(() => run.stderr, { timeout: 3 * MINUTES }).toContain('! the disk is full')
      run.kill('SIGTERM')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(1)
      expect(stderr).toMatch(/\d+ calls could not be written down any more.*\[NF_DISK_FULL\]/s)
      third!.remount('size=20000k')
      await workspace.succeed('run', '--until-drained')
      await workspace.succeed('audit')
    },
    4 * MINUTES,
  )

  it.runIf(other !== null)(
    'that is mounted read-only is told with the file that was to be written',
    async () => {
      using workspace = workspaceOf('disk', { data: other!.folder })
      other!.remount('ro')
      const { code, stderr } = await workspace.run('run', '--until-drained')
      expect(code).toBe(1)
      expect(stderr).toContain(`ninefold: ${other!.folder}`)
      expect(stderr).toContain('[NF_DISK_NOT_WRITABLE]')
    },
    MINUTES,
  )
})
