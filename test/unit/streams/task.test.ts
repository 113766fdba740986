import { describe, expect, it } from 'vitest'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import { topicNames } from '../../../schemas/topic-names.ts'
import { TOPICS, type TopicName } from '../../../schemas/topics.ts'
import { DiskFault } from '../../../stack/disk-fault.ts'
import { LetterBreaker } from '../../../streams/letter-breaker.ts'
import { MAX_SPAN, OffsetTracker } from '../../../streams/offset-tracker.ts'
import type { AnyProcessor, Processor } from '../../../streams/processor.ts'
import { RecordCodec } from '../../../streams/record-codec.ts'
import { type Result, Task } from '../../../streams/task.ts'
import { TopologyDriver } from '../../../streams/testing/topology-driver.ts'
import type { Chunk } from '../../../streams/transport/group-consumer.ts'
import { FakeAsk } from '../../support/fake-ask.ts'
import { config } from '../../support/records.ts'
import { copy, threes, toyQuestion } from '../../support/toy-processors.ts'

const fullName = topicNames({ topicPrefix: '', pipeline: 'test', edition: 'main' })
const codec = new RecordCodec(memoryCodec(), fullName, TOPICS, 8)
const TOPIC = fullName('questions')

/** A task and what it tells its worker. */
function newTask(window = 64, processor = copy as AnyProcessor) {
  const results: Result[] = []
  const paused = new Map<string, boolean>()
  const failures: Error[] = []
  const committer = { behind: false }
  const task = new Task(processor, 'group', 0, {
    config: config(),
    codec,
    partitions: 8,
    window,
    fullName,
    askFor: () => new FakeAsk(),
    finished: (result) => results.push(result),
    behind: () => committer.behind,
    progressed() {},
    setPaused: (_task, topic, isPaused) => paused.set(topic, isPaused),
    halted() {},
    failed: (error) => failures.push(error),
  })
  const run = (committed = 0) => {
    const trackers = new Map([[TOPIC, new OffsetTracker(committed, '')]])
    const { deadLetters: limits } = config()
    const breaker = new LetterBreaker({ step: 'copy', limits, trips: 0, tripped() {} })
    task.run({ trackers, store: null, orders: { isRepeat: async () => false }, breaker })
  }
  const worked = async (count: number) => {
    while (results.length < count) await new Promise((resolve) => setImmediate(resolve))
  }
  return { task, results, paused, failures, committer, run, worked }
}

/** Records from an offset up to another one, and holes behind them. */
function chunk(from: number, last: number, through = last): Chunk {
  const records = Array.from({ length: last - from + 1 }, (_, at) => ({
    key: Buffer.from('q'),
    value: codec.encode({ topic: 'questions', key: 'q', value: toyQuestion('q', `${from + at}`) }).value,
    offset: String(from + at),
    timestamp: '0',
    attributes: 0,
    headers: {},
  }))
  return { topic: TOPIC, partition: 0, from, through, records }
}

describe('a task', () => {
  it('leaves a record unfinished that a full disk kept it from, and says so: it is no dead letter', async () => {
    const full = new DiskFault('NF_DISK_FULL', 'no room', 'Make some.', { cause: new Error('full') })
    const writing: Processor<'questions', 'raw-paths'> = {
      ...copy,
      process: (input, services) =>
        input.value.stem === '1' ? Promise.reject(full) : copy.process(input, services),
    }
    const { task, run, results, failures, worked } = newTask(64, writing as AnyProcessor)
    run()
    task.deliver(chunk(0, 2))
    await worked(2)
    expect(failures).toEqual([full])
    expect(results.map(({ offset }) => offset).sort()).toEqual([0, 2])
  })

  it('takes nothing in while too much waits to be committed, and goes on where it stopped', async () => {
    const { task, paused, committer, run, results, worked } = newTask()
    run()
    committer.behind = true
    expect(task.deliver(chunk(0, 2))).toBe(0)
    expect(paused.get(TOPIC)).toBe(true)
    task.committed()
    expect(paused.get(TOPIC)).toBe(true)
    committer.behind = false
    task.committed()
    expect(paused.get(TOPIC)).toBe(false)
    expect(task.deliver(chunk(0, 2))).toBe(3)
    await worked(3)
    expect(results.map(({ offset }) => offset).sort()).toEqual([0, 1, 2])
  })

  it('takes nothing in while it opens, and everything afterwards', async () => {
    const { task, paused, run, worked } = newTask()
    expect(task.deliver(chunk(0, 2))).toBe(0)
    expect(paused.get(TOPIC)).toBe(true)
    run()
    expect(paused.get(TOPIC)).toBe(false)
    expect(task.deliver(chunk(0, 2, 4))).toBe(5)
    await worked(3)
  })

  it('asks again for what lies between, and says so when it is gone', () => {
    const { task, run } = newTask()
    run(10)
    expect(task.deliver(chunk(15, 16))).toBe(10)
    expect(() => task.deliver(chunk(15, 16))).toThrow('goes on at 15 only')
    expect(task.deliver(chunk(10, 14))).toBe(15)
    expect(task.deliver(chunk(20, 20))).toBe(15)
  })

  it('has what it knows already skipped', async () => {
    const { task, run, results, worked } = newTask()
    run()
    task.deliver(chunk(0, 5))
    await worked(6)
    expect(task.deliver(chunk(0, 2))).toBe(6)
    expect(task.deliver(chunk(4, 7))).toBe(8)
    await worked(8)
    expect(results.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('takes in no more of a chunk than its progress can be written down for', async () => {
    const { task, paused, run, worked, results } = newTask()
    run()
    task.deliver(chunk(0, 0))
    await worked(1)
    // Nothing is committed yet: offset 0 holds the base.
    expect(task.deliver({ ...chunk(1, 1), through: MAX_SPAN + 5_000 })).toBe(MAX_SPAN + 1)
    expect(paused.get(TOPIC)).toBe(true)
    expect(task.deliver(chunk(MAX_SPAN + 1, MAX_SPAN + 1))).toBe(MAX_SPAN + 1)
    await worked(2)
    for (const result of results) task.include(result)
    task.committed()
    expect(paused.get(TOPIC)).toBe(false)
    expect(task.deliver(chunk(MAX_SPAN + 1, MAX_SPAN + 1))).toBe(MAX_SPAN + 2)
  })

  it('drops what comes after it was closed', async () => {
    const { task, run, results } = newTask()
    run()
    task.deliver(chunk(0, 3))
    task.close()
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect([results, task.waiting]).toEqual([[], 0])
  })
})

describe('a dead letter', () => {
  const letterOf = async (processor: AnyProcessor, stem: string, topic: TopicName = 'questions') => {
    const driver = new TopologyDriver({ config: config(), processors: [processor], ask: new FakeAsk() })
    driver.pipe('questions', toyQuestion('q', stem))
    await driver.settle()
    expect(driver.lag(processor.step, topic)).toBe(0)
    const [letter, ...more] = driver.read('dead-letters')
    expect(more).toEqual([])
    return { letter, paths: driver.read('raw-paths') }
  }

  it('is written also when nothing can stand in for the record', async () => {
    const broken: Processor<'questions', 'raw-paths'> = {
      ...copy,
      standIn: () => {
        throw new TypeError('no stand-in')
      },
    }
    const { letter, paths } = await letterOf(broken, 'refuse')
    expect(letter?.message).toBe('refuse is refused Nothing could stand in for it: no stand-in')
    expect(paths).toEqual([])
  })

  it('takes the place of outputs that no broker would take', async () => {
    const large: Processor<'questions', 'raw-paths'> = {
      ...copy,
      async process(input, context) {
        const [made] = await copy.process(input, context)
        return [{ ...made!, value: { ...made!.value, pathId: 'x'.repeat(1_000_000) } }]
      },
    }
    const { letter, paths } = await letterOf(large, 'plain')
    expect([letter?.class, paths.map(({ kind }) => kind)]).toEqual(['too-large', ['missing']])
  })

  it('is small enough to be written, however large the record, its key and the answer are', async () => {
    const driver = new TopologyDriver({ config: config(), processors: [copy], ask: new FakeAsk() })
    const key = 'ключ'.repeat(20_000)
    driver.pipeBytes('questions', key, Buffer.alloc(800_000, 'x'))
    driver.pipeBytes('questions', 'q', Buffer.alloc(700_000, 'x'))
    await driver.settle()
    expect(driver.read('dead-letters').map(({ key: kept, value }) => [kept?.length, value?.length])).toEqual(
      expect.arrayContaining([
        [undefined, undefined],
        [1, 700_000],
      ]),
    )
  })
})

it('leaves no trace in its store of a record whose outputs no broker would take', async () => {
  const large = {
    ...threes,
    process: (...args: Parameters<typeof threes.process>) =>
      threes
        .process(...args)
        .map((made) =>
          args[0].value.pathId === 'large'
            ? { ...made, value: { ...made.value, judgeReason: 'x'.repeat(1_000_000) } }
            : made,
        ),
  }
  const driver = new TopologyDriver({
    config: config(),
    processors: [copy, large as AnyProcessor],
    ask: new FakeAsk(),
  })
  for (const stem of ['a', 'b', 'large', 'c']) driver.pipe('questions', toyQuestion('q', stem))
  await driver.settle()
  expect(driver.read('dead-letters')).toMatchObject([{ class: 'too-large', step: 'threes' }])
  expect(driver.read('verdicts').map(({ reason }) => reason)).toEqual(['a b c'])
})
