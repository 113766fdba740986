import { beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../../../streams/log.ts'
import { ManualClock } from '../../../../streams/testing/manual-clock.ts'
import { KafkaClient } from '../../../../streams/transport/client.ts'
import { GroupConsumer, type Member } from '../../../../streams/transport/group-consumer.ts'
import type { GroupMember, MemberListener } from '../../../../streams/transport/group-member.ts'
import { protocolErrors } from '../../../../streams/transport/kafkajs.ts'
import type { Seat } from '../../../../streams/transport/member-generations.ts'

const SESSION_MS = 10_000
const PLACE = { topic: 't', partition: 0 }

/** A consumer that does what the test wants of it. */
class ToyMember implements Member {
  readonly seat: Seat
  readonly listener: MemberListener
  ended: 'left' | 'let go' | null = null
  paused = 0

  constructor(...[, , seat, listener]: ConstructorParameters<typeof GroupMember>) {
    this.seat = seat
    this.listener = listener
  }

  async start(): Promise<void> {
    this.listener.heard()
  }

  setPaused(): void {
    this.paused++
  }

  seek(): void {}

  async leave(): Promise<void> {
    this.ended = 'left'
  }

  letGo(): void {
    this.ended = 'let go'
  }
}

describe('a seat in a group', () => {
  let clock: ManualClock
  let members: ToyMember[]
  let consumer: GroupConsumer
  let rebalancings: number
  const crashes: Error[] = []
  const client = new KafkaClient({ brokers: ['127.0.0.1:1'] }, silentLog)

  beforeEach(async () => {
    clock = new ManualClock()
    members = []
    rebalancings = 0
    crashes.length = 0
    consumer = new GroupConsumer(
      client,
      {
        groupId: 'g',
        topics: ['t'],
        sessionTimeoutMs: SESSION_MS,
        heartbeatIntervalMs: 500,
        fetchWaitMs: 250,
        maxBytesPerPartition: 1_000,
        clock,
        memberOf: (...args) => {
          const member = new ToyMember(...args)
          members.push(member)
          return member
        },
      },
      {
        joined() {},
        rebalancing: () => rebalancings++,
        deliver: ({ through }) => through + 1,
        crashed: (error) => crashes.push(error),
      },
      silentLog,
    )
    // A cluster that answers whenever it is doubted.
    client.watch.answers = async () => {}
    await consumer.start()
  })

  /** So many seconds, in each of which something may happen. */
  async function pass(seconds: number, each: () => void = () => {}): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000)
      each()
    }
  }

  it('is left alone while its consumer hears of the coordinator', async () => {
    await pass(600, () => members[0]!.listener.heard())
    expect(members).toHaveLength(1)
    expect([consumer.heartbeatAgeMs, consumer.restarts]).toEqual([0, 0])
  })

  it('is taken by another one when its consumer falls silent: neither works nor crashes', async () => {
    await pass(300, () => members[0]!.listener.heard())
    await pass(29)
    expect(members).toHaveLength(1)
    expect(consumer.heartbeatAgeMs).toBe(29_000)
    await pass(5)
    expect(members).toHaveLength(2)
    expect(members.map(({ ended }) => ended)).toEqual(['let go', null])
    expect(members[1]!.seat).toBe(members[0]!.seat)
    expect([rebalancings, consumer.restarts, crashes]).toEqual([1, 1, []])
  })

  it('is not taken again because of what one that was let go still says', async () => {
    await pass(40, () => members[1]?.listener.heard())
    members[0]!.listener.crashed(new Error('woken up'))
    await pass(10, () => members[1]!.listener.heard())
    expect(members).toHaveLength(2)
    expect(crashes).toEqual([])
  })

  it('is taken by another one when its consumer crashes for a reason that passes, as often as it does', async () => {
    for (let times = 1; times <= 20; times++) {
      members.at(-1)!.listener.crashed(protocolErrors.createErrorFromCode(16))
      await pass(6, () => members.at(-1)!.listener.heard())
      expect(members).toHaveLength(times + 1)
    }
    expect(crashes).toEqual([])
  })

  it('is given up, with the reason, when that lasts', async () => {
    const forbidden = protocolErrors.createErrorFromCode(30)
    members[0]!.listener.crashed(forbidden)
    await pass(60)
    expect(crashes).toEqual([forbidden])
    expect(members).toHaveLength(1)
  })

  it('is given up when the same doubtful reason comes again and again', async () => {
    const unknown = protocolErrors.createErrorFromCode(3)
    for (let times = 1; times <= 3; times++) {
      members.at(-1)!.listener.crashed(unknown)
      await pass(6, () => members.at(-1)!.listener.heard())
    }
    expect(crashes).toEqual([unknown])
    expect(members).toHaveLength(3)
  })

  it('tells what its listener throws at once', () => {
    const broken = new GroupConsumer(
      client,
      {
        groupId: 'g',
        topics: ['t'],
        sessionTimeoutMs: SESSION_MS,
        heartbeatIntervalMs: 500,
        fetchWaitMs: 250,
        maxBytesPerPartition: 1_000,
        clock,
        memberOf: (...args) => {
          const member = new ToyMember(...args)
          members.push(member)
          return member
        },
      },
      {
        joined() {},
        rebalancing() {},
        deliver() {
          throw new Error('records are lost')
        },
        crashed: (error) => crashes.push(error),
      },
      silentLog,
    )
    void broken.start()
    const chunk = { ...PLACE, from: 4, through: 8, records: [] }
    expect(members.at(-1)!.listener.deliver(chunk, 4)).toBe(4)
    expect(crashes.map(({ message }) => message)).toEqual(['records are lost'])
  })

  it('is left when it is stopped, and nobody sits down in it any more', async () => {
    members[0]!.listener.crashed(protocolErrors.createErrorFromCode(16))
    await consumer.stop()
    await pass(60)
    expect(members).toHaveLength(1)
    // Pausing what nobody fetches harms nobody.
    consumer.setPaused('t', 0, true)
    expect(members[0]!.paused).toBe(0)
  })
})
