/** The broker is killed under a worker and started again: the worker waits, nothing is done twice, nothing is lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transactionSent } from '../../../streams/diagnostics.ts'
import type { Processor } from '../../../streams/processor.ts'
import { ChaosStack } from '../../chaos/chaos-stack.ts'
import { ToyKafka } from '../../support/toy-kafka.ts'
import { expectExact } from '../../support/toy-outcome.ts'
import { copy, threes, toyQuestion } from '../../support/toy-processors.ts'

const MINUTE = 60_000
/** Long enough that the group does not go on without the worker, however slowly the broker comes back. */
const PATIENT = { sessionTimeoutMs: MINUTE }
/** Who cannot take its leave is waited for so long. */
const HASTY = { sessionTimeoutMs: 10_000 }
/** So many calls end at once, the others when they are let. */
const QUICK_CALLS = 100

let stack: ChaosStack
let made = 0

beforeAll(async () => {
  stack = await ChaosStack.open({ analytics: false })
}, 5 * MINUTE)

afterAll(() => stack[Symbol.asyncDispose]())

/** `copy`, whose calls end when they are let; remembers how often it was asked for each. */
function held(asked: Map<string, number>, until: Promise<void>): Processor<'questions', 'raw-paths'> {
  return {
    ...copy,
    async process(input, context) {
      const { stem } = input.value
      asked.set(stem, (asked.get(stem) ?? 0) + 1)
      if (asked.size > QUICK_CALLS) await until
      return copy.process(input, context)
    },
  }
}

/** Resolves while a transaction has been sent and has not ended. */
async function inTransaction(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const sent = (): void => resolve()
  transactionSent.subscribe(sent)
  await promise
  transactionSent.unsubscribe(sent)
}

function questions(count: number) {
  return Array.from({ length: count }, (_, at) => toyQuestion(`q${at % 11}`, `plain ${at}`))
}

describe('a worker whose broker is killed', () => {
  it(
    'goes on when it is back: every effect once, no call made again',
    async () => {
      await using toys = await ToyKafka.open(stack.brokers, `away-${++made}`)
      const asked = new Map<string, number>()
      const told: string[] = []
      toys.client.watch.listen({ went: () => told.push('went'), returned: () => told.push('returned') })
      const records = questions(1_500)
      await toys.publishQuestions(records)
      const calls = Promise.withResolvers<void>()
      const worker = await toys.worker([held(asked, calls.promise), threes], PATIENT)
      await inTransaction()
      await stack.kill('kafka')
      await expect.poll(() => worker.health().kafkaAway, { timeout: MINUTE }).not.toBeNull()
      expect(worker.health()).toMatchObject({ alive: true, failure: null })
      expect(worker.activity()[0]!.working).toBeGreaterThan(0)
      // They end while nothing can be committed.
      calls.resolve()
      await stack.startAgain()
      await expect
        .poll(() => worker.health().groups.map(({ member }) => member), { timeout: 2 * MINUTE })
        .toEqual([true, true])
      expect(worker.health().groups.map(({ restarts }) => restarts >= 1)).toEqual([true, true])
      await toys.drained(worker)
      await worker.stop()
      const [paths, verdicts] = [await toys.read('raw-paths'), await toys.read('verdicts')]
      const [states, letters] = [await toys.read('triage-state'), await toys.read('dead-letters')]
      expectExact(
        { paths, verdicts, states, letters },
        records.map(({ stem }) => stem),
      )
      expect([...asked.values()].filter((times) => times > 1)).toEqual([])
      expect(toys.failures).toEqual([])
      expect(told).toEqual(['went', 'returned'])
    },
    6 * MINUTE,
  )

  it(
    'stops when it is told to although nobody answers, and its next run has all of it once',
    async () => {
      await using toys = await ToyKafka.open(stack.brokers, `away-${++made}`)
      const records = questions(400)
      await toys.publishQuestions(records)
      const worker = await toys.worker([copy, threes], HASTY)
      await inTransaction()
      await stack.kill('kafka')
      await expect.poll(() => worker.health().kafkaAway, { timeout: MINUTE }).not.toBeNull()
      await worker.stop()
      expect(worker.health().alive).toBe(false)
      await stack.startAgain()
      const next = await toys.worker([copy, threes])
      await toys.drained(next)
      await next.stop()
      const paths = await toys.read('raw-paths')
      expect(paths.map(({ pathId }) => pathId).sort()).toEqual(records.map(({ stem }) => stem).sort())
      expect(toys.failures).toEqual([])
    },
    6 * MINUTE,
  )
})
