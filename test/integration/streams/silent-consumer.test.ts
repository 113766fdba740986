/** A consumer of KafkaJS's that hangs: it neither fetches nor crashes, and nobody would notice. */
import { afterEach, expect, inject, it } from 'vitest'
import { BrokerClass } from '../../../streams/transport/kafkajs.ts'
import { ToyKafka } from '../../support/toy-kafka.ts'
import { expectExact } from '../../support/toy-outcome.ts'
import { copy, threes, toyQuestion } from '../../support/toy-processors.ts'

const MINUTE = 60_000
const { heartbeat } = BrokerClass.prototype

afterEach(() => {
  BrokerClass.prototype.heartbeat = heartbeat
})

it(
  'another one takes its place, and has every effect once',
  async () => {
    await using toys = await ToyKafka.open(inject('stack').brokers, 'silent')
    const stems = Array.from({ length: 200 }, (_, at) => `plain ${at}`)
    await toys.publishQuestions(stems.slice(0, 100).map((stem, at) => toyQuestion(`q${at % 7}`, stem)))
    const worker = await toys.worker([copy, threes])
    await toys.drained(worker)
    // Both consumers wait for ever for the answer to their next heartbeat.
    let hanging = 0
    BrokerClass.prototype.heartbeat = () => {
      if (++hanging === 2) BrokerClass.prototype.heartbeat = heartbeat
      return new Promise(() => {})
    }
    await expect.poll(() => hanging, { timeout: MINUTE }).toBe(2)
    await toys.publishQuestions(stems.slice(100).map((stem, at) => toyQuestion(`q${at % 7}`, stem)))
    await expect
      .poll(() => worker.health().groups.every(({ restarts, member }) => restarts > 0 && member), {
        timeout: 2 * MINUTE,
      })
      .toBe(true)
    await toys.drained(worker)
    await worker.stop()
    const [paths, verdicts] = [await toys.read('raw-paths'), await toys.read('verdicts')]
    const [states, letters] = [await toys.read('triage-state'), await toys.read('dead-letters')]
    expectExact({ paths, verdicts, states, letters }, stems)
    expect(toys.failures).toEqual([])
  },
  5 * MINUTE,
)
