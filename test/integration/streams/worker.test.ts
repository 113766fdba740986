/** Workers with toy processors against a real broker: they come, go, are killed, and every effect is there once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { groupName } from '../../../schemas/topic-names.ts'
import { type Processor, RecordError } from '../../../streams/processor.ts'
import { redriveOrder } from '../../../streams/redrive-orders.ts'
import { BrokerClass } from '../../../streams/transport/kafkajs.ts'
import { ToyKafka } from '../../support/toy-kafka.ts'
import { expectExact } from '../../support/toy-outcome.ts'
import { copy, threes, toyQuestion } from '../../support/toy-processors.ts'

const TOYS = [copy, threes]
let made = 0

const open = () => ToyKafka.open(inject('stack').brokers, `toys-${++made}`)

/** So many questions of eleven ids, their stems numbered on. */
function questions(from: number, count: number, kind = 'plain') {
  return Array.from({ length: count }, (_, at) => toyQuestion(`q${(from + at) % 11}`, `${kind} ${from + at}`))
}

/** `copy`, as slow as a model. */
function slow(ms: number): Processor<'questions', 'raw-paths'> {
  return {
    ...copy,
    async process(input, context) {
      await sleep(Math.random() * ms)
      return copy.process(input, context)
    },
  }
}

/** All of it once, and committed to the very end. */
async function expectDone(toys: ToyKafka, stems: readonly string[]): Promise<void> {
  const [paths, verdicts] = [await toys.read('raw-paths'), await toys.read('verdicts')]
  const [states, letters] = [await toys.read('triage-state'), await toys.read('dead-letters')]
  expectExact({ paths, verdicts, states, letters }, stems)
  expect([await toys.lag(copy), await toys.lag(threes)]).toEqual([{}, {}])
  expect(toys.failures).toEqual([])
}

describe('a worker', () => {
  it('works a topic off to its very end, markers and aborted records among it', async () => {
    await using toys = await open()
    const records = [...questions(0, 60), ...questions(60, 9, 'refuse'), ...questions(69, 20, 'odd')]
    await toys.publishQuestions(records.slice(0, 50))
    const worker = await toys.worker(TOYS)
    await toys.publishAborted(
      questions(900, 30).map((value) => ({ topic: 'questions', key: value.questionId, value })),
    )
    await toys.publishQuestions(records.slice(50))
    await toys.publishAborted(
      questions(900, 30).map((value) => ({ topic: 'questions', key: value.questionId, value })),
    )
    await toys.drained(worker)
    await worker.stop()
    await expectDone(
      toys,
      records.map(({ stem }) => stem),
    )
  })

  it('goes on where it was after a stop, and knows what it had collected', async () => {
    await using toys = await open()
    const all = questions(0, 90)
    for (const from of [0, 30, 60]) {
      await toys.publishQuestions(all.slice(from, from + 30))
      const worker = await toys.worker(TOYS)
      await toys.drained(worker)
      await worker.stop()
    }
    await expectDone(
      toys,
      all.map(({ stem }) => stem),
    )
  })

  it('survives transactions whose end it does not hear of', async () => {
    await using toys = await open()
    const all = questions(0, 200)
    const worker = await toys.worker([slow(20), threes])
    using lost = losingAnswers(2)
    for (let from = 0; from < all.length; from += 20) {
      await toys.publishQuestions(all.slice(from, from + 20))
      await sleep(50)
    }
    await toys.drained(worker)
    await worker.stop()
    expect([lost.committed > 0, lost.unsent > 0]).toEqual([true, true])
    await expectDone(
      toys,
      all.map(({ stem }) => stem),
    )
  })

  it('takes a redriven record in the one group it is for', async () => {
    await using toys = await open()
    let broken = true
    const fragile: Processor<'questions', 'raw-paths'> = {
      ...copy,
      step: 'fragile',
      async process(input, context) {
        if (broken) throw new RecordError('internal', 'out of order')
        return copy.process(input, context)
      },
      standIn: undefined,
    }
    const worker = await toys.worker([copy, fragile])
    await toys.publishQuestions([toyQuestion('q', 'once')])
    await toys.drained(worker)
    const [letter] = await toys.read('dead-letters')
    expect(letter).toMatchObject({ group: groupName(toys.config, 'fragile'), class: 'internal' })
    broken = false
    await toys.publish([redriveOrder(letter!)])
    await toys.drained(worker)
    await worker.stop()
    // One by `copy`, which did not take the order, and one by `fragile`, which did.
    expect((await toys.read('raw-paths')).map(({ pathId }) => pathId)).toEqual(['once', 'once'])
    expect(await toys.read('dead-letters')).toHaveLength(1)
    expect([await toys.lag(copy), await toys.lag(fragile)]).toEqual([{}, {}])
  })
})

describe('several workers', () => {
  it('share the work while they come and go, and every effect is there once', async () => {
    await using toys = await open()
    const all = questions(0, 400)
    const publishing = (async () => {
      for (let from = 0; from < all.length; from += 20) {
        await toys.publishQuestions(all.slice(from, from + 20))
        await sleep(150)
      }
    })()
    const processors = [slow(60), threes]
    const first = await toys.worker(processors)
    await sleep(700)
    const second = await toys.worker(processors)
    expect(second.slot).not.toBe(first.slot)
    await sleep(900)
    await first.stop()
    const third = await toys.worker(processors)
    await publishing
    await toys.drained(third)
    await Promise.all([second.stop(), third.stop()])
    await expectDone(
      toys,
      all.map(({ stem }) => stem),
    )
  })

  it('lose nothing and repeat nothing when they are killed again and again', async () => {
    await using toys = await open()
    const all = questions(0, 500)
    const steady = spawnWorker(toys)
    for (let from = 0; from < all.length; from += 50) {
      const victim = spawnWorker(toys)
      await toys.publishQuestions(all.slice(from, from + 25))
      await started(victim)
      await toys.publishQuestions(all.slice(from + 25, from + 50))
      await sleep(20 * (from % 7))
      await kill(victim)
    }
    await kill(steady)
    const last = await toys.worker(TOYS)
    await toys.drained(last)
    await last.stop()
    await expectDone(
      toys,
      all.map(({ stem }) => stem),
    )
  })
})

function spawnWorker(toys: ToyKafka): ChildProcess {
  const script = join(import.meta.dirname, '../../support/toy-worker.ts')
  const { pipeline, dataDir } = toys.config
  const broker = inject('stack').brokers[0]!
  return spawn(process.execPath, [script, broker, pipeline, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function started({ stdout, exitCode }: ChildProcess): Promise<void> {
  if (exitCode !== null) throw new Error(`the worker has ended with ${exitCode}`)
  await once(stdout!, 'data')
}

async function kill(worker: ChildProcess): Promise<void> {
  const exited = once(worker, 'exit')
  if (worker.exitCode === null && worker.signalCode === null) worker.kill('SIGKILL')
  else return
  await exited
}

/**
 * Breaks every so many ends of workers' transactions: one time the end happens and its answer is lost, the next time the
 * connection is lost before it is sent.
 */
function losingAnswers(every: number): Disposable & { committed: number; unsent: number } {
  const endTxn = BrokerClass.prototype.endTxn as (request: object) => Promise<unknown>
  let ends = 0
  const counts = {
    committed: 0,
    unsent: 0,
    [Symbol.dispose]() {
      BrokerClass.prototype.endTxn = endTxn
    },
  }
  BrokerClass.prototype.endTxn = async function (this: object, request: { transactionalId: string }) {
    const isWorkers = request.transactionalId.includes('.worker-')
    if (!isWorkers || ++ends % every !== 0) return endTxn.call(this, request)
    if (ends % (2 * every) === 0) {
      counts.unsent++
    } else {
      await endTxn.call(this, request)
      counts.committed++
    }
    throw new Error('the connection was lost')
  }
  return counts
}
