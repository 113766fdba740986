import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { messageOf } from '../../../errors.ts'
import { Outages } from '../../../pipeline/outages.ts'
import { silentLog } from '../../../streams/log.ts'
import { ManualClock } from '../../../streams/testing/manual-clock.ts'
import { BrokerWatch } from '../../../streams/transport/broker-watch.ts'
import { kafkajs } from '../../../streams/transport/kafkajs.ts'

const refused = new kafkajs.KafkaJSConnectionError('connect ECONNREFUSED')
const never = new AbortController().signal

describe('what is said of outages', () => {
  let clock: ManualClock
  let isThere: boolean
  let watch: BrokerWatch
  const told: string[] = []
  const failures: unknown[] = []

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    clock = new ManualClock()
    isThere = false
    told.length = 0
    failures.length = 0
    watch = new BrokerWatch(async () => {
      if (!isThere) throw refused
    }, clock)
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  function outages(patienceMs: number): Outages {
    return new Outages({
      brokers: ['kafka-1:9092', 'kafka-2:9092'],
      watch,
      log: silentLog,
      patienceMs,
      tell: (text, event) => told.push(`${event}: ${text}`),
      failed: (error) => failures.push(error),
    })
  }

  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000)
      vi.advanceTimersByTime(1_000)
    }
  }

  it('Kafka that goes and comes is told once each, and waited for as long as it takes', async () => {
    using _outages = outages(Number.POSITIVE_INFINITY)
    const waited = watch.answers(never)
    await pass(3_600)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^kafka-away: Kafka at kafka-1:9092, kafka-2:9092 is away since \d\d:\d\d:\d\d/)
    isThere = true
    await pass(3)
    await waited
    expect(told.slice(1)).toEqual([expect.stringMatching(/^kafka-back: .* answers again, after /)])
    expect(failures).toEqual([])
  })

  it('a run that somebody waits for ends with the reason when Kafka is away for too long', async () => {
    using _outages = outages(60_000)
    watch.answers(never).catch(() => {})
    await pass(50)
    expect(failures).toEqual([])
    await pass(30)
    expect(failures).toEqual([
      expect.objectContaining({
        code: 'NF_KAFKA_UNREACHABLE',
        message: 'Kafka at kafka-1:9092, kafka-2:9092 has not answered for 1 min 0 s: connect ECONNREFUSED',
      }),
    ])
  })

  it('nothing ends when it is back in time, or the run has ended by itself', async () => {
    const all = outages(60_000)
    const waited = watch.answers(never)
    await pass(50)
    isThere = true
    await pass(3)
    await waited
    await pass(120)
    isThere = false
    watch.answers(never).catch(() => {})
    await pass(10)
    all[Symbol.dispose]()
    await pass(120)
    expect(failures.map(messageOf)).toEqual([])
  })

  it('a registry is told once each, too, however many records wait for it', () => {
    using all = outages(60_000)
    for (let record = 0; record < 100; record++)
      all.registry.missed('the registry at http://r does not answer')
    all.registry.answered()
    all.registry.answered()
    expect(told.map((line) => line.split(':')[0])).toEqual(['registry-away', 'registry-back'])
    expect(all.registry.now).toBeNull()
  })
})
