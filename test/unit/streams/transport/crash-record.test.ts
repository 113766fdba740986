import { beforeEach, describe, expect, it } from 'vitest'
import { CrashRecord } from '../../../../streams/transport/crash-record.ts'
import { kafkajs, protocolErrors } from '../../../../streams/transport/kafkajs.ts'

const away = new kafkajs.KafkaJSConnectionError('connect ECONNREFUSED')
const unknownTopic = protocolErrors.createErrorFromCode(3)
const forbidden = protocolErrors.createErrorFromCode(29)
const MINUTE = 60_000

describe('the crashes of a consumer', () => {
  let now = 0
  let crashes: CrashRecord

  beforeEach(() => {
    now = 0
    crashes = new CrashRecord(() => now)
  })

  it('count in a row, however many, while the cluster is away', () => {
    expect(Array.from({ length: 50 }, () => crashes.note(away))).toEqual(
      Array.from({ length: 50 }, (_, at) => at + 1),
    )
  })

  it('begin a new row after a minute without any', () => {
    crashes.note(away)
    now += MINUTE / 2
    expect(crashes.note(away)).toBe(2)
    now += MINUTE + 1
    expect(crashes.note(away)).toBe(1)
  })

  it('are enough at once when the reason lasts', () => {
    expect(crashes.note(forbidden)).toBeNull()
  })

  it('are enough when a reason that may last has come three times within two minutes', () => {
    expect(crashes.note(unknownTopic)).toBe(1)
    now += MINUTE / 2
    expect(crashes.note(unknownTopic)).toBe(2)
    now += MINUTE / 2
    expect(crashes.note(unknownTopic)).toBeNull()
  })

  it('are not when it comes rarely, or is another one each time', () => {
    for (let hour = 0; hour < 10; hour++) {
      now += 61 * MINUTE
      expect(crashes.note(unknownTopic)).toBe(1)
    }
    for (let at = 0; at < 10; at++) expect(crashes.note(new Error(`odd ${at}`))).not.toBeNull()
  })
})
