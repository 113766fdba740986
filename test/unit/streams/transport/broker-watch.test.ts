import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../../streams/testing/manual-clock.ts'
import { BrokerWatch } from '../../../../streams/transport/broker-watch.ts'
import { kafkajs, protocolErrors } from '../../../../streams/transport/kafkajs.ts'

const refused = new kafkajs.KafkaJSConnectionError('connect ECONNREFUSED 127.0.0.1:9092')
const never = new AbortController().signal

describe('the watch over a cluster', () => {
  let clock: ManualClock
  let failure: Error | null
  let probes = 0
  let watch: BrokerWatch
  const told: string[] = []

  beforeEach(() => {
    clock = new ManualClock()
    failure = null
    probes = 0
    told.length = 0
    watch = new BrokerWatch(async () => {
      probes++
      if (failure !== null) throw failure
    }, clock)
    watch.listen({
      went: ({ reason }) => told.push(`went: ${reason}`),
      returned: () => told.push('returned'),
    })
  })

  /** So many milliseconds pass, in steps in which everything that waits may go on. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      await clock.advance(50)
    }
  }

  it('lets everybody on at once while it answers, and asks once for all', async () => {
    await Promise.all([watch.answers(never), watch.answers(never), watch.answers(never)])
    expect(probes).toBe(1)
    expect(told).toEqual([])
  })

  it('tells once that it is away, after some seconds, and once that it is back', async () => {
    failure = refused
    let waiting = 3
    const waited = Array.from({ length: 3 }, async () => {
      await watch.answers(never)
      waiting--
    })
    await pass(2_900)
    expect([told, watch.away]).toEqual([[], null])
    await pass(60_000)
    expect(told).toEqual(['went: connect ECONNREFUSED 127.0.0.1:9092'])
    expect(watch.away).toMatchObject({ reason: 'connect ECONNREFUSED 127.0.0.1:9092' })
    expect(waiting).toBe(3)
    // About one probe in two seconds, whoever waits.
    expect(probes).toBeLessThan(70)
    failure = null
    await pass(2_100)
    await Promise.all(waited)
    expect(told).toEqual(['went: connect ECONNREFUSED 127.0.0.1:9092', 'returned'])
    expect(watch.away).toBeNull()
  })

  it('says nothing of what is over in a moment', async () => {
    failure = refused
    const waited = watch.answers(never)
    await pass(1_000)
    failure = null
    await pass(2_000)
    await waited
    expect(told).toEqual([])
  })

  it('counts a cluster that refuses as one that answers: who asks finds out', async () => {
    failure = protocolErrors.createErrorFromCode(31)
    await watch.answers(never)
    expect(told).toEqual([])
  })

  it('lets go of who does not want to wait any more, and of all when it is closed', async () => {
    failure = refused
    const controller = new AbortController()
    const impatient = watch.answers(controller.signal)
    const patient = watch.answers(never)
    await pass(500)
    controller.abort(new Error('enough'))
    await expect(impatient).rejects.toThrow('enough')
    watch.close()
    await expect(Promise.race([patient, pass(5_000)])).rejects.toThrow('closed')
  })
})
