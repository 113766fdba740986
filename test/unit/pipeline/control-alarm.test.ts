/** When whoever waits for a run is told of the judge. */
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../config/config.ts'
import { ControlAlarm } from '../../../pipeline/control-alarm.ts'
import { silentLog } from '../../../streams/log.ts'
import { ControlLog } from '../../support/control-log.ts'
import { config } from '../../support/records.ts'

const CONTROLLED = config({ controls: { every: 1, alarmBelow: 0.9, file: null, given: [] } })
const times = (count: number, judgement: string) => Array(count).fill({ judgement })

function alarmOn(
  log: ControlLog,
  settings: Config = CONTROLLED,
  away: { since: Date; reason: string } | null = null,
) {
  const said: string[] = []
  const session = { ...log.source(settings), log: silentLog, client: { watch: { away } } }
  return { said, alarm: new ControlAlarm(session, (line, event) => said.push(`${event}: ${line}`)) }
}

describe('the alarm of a run', () => {
  it('is raised once, and called off once', async () => {
    const log = new ControlLog()
    const { alarm, said } = alarmOn(log)
    log.add(0, ...times(30, 'Correct'))
    await alarm.lookLast()
    await alarm.lookLast()
    expect(said).toEqual([
      expect.stringMatching(/^judge-alarm: ALARM: .* says Error of only 0 of the last 30/),
    ])
    log.add(1, ...times(100, 'Error'))
    await alarm.lookLast()
    await alarm.lookLast()
    expect(said.slice(1)).toEqual([
      'judge-alarm-over: the judge verify-model does well again: 100 of 100 controls',
    ])
  })

  it('follows until it is stopped', async () => {
    const log = new ControlLog()
    log.add(0, ...times(30, 'Correct'))
    const { alarm, said } = alarmOn(log)
    const stop = new AbortController()
    const following = alarm.follow(stop.signal)
    await expect.poll(() => said).toHaveLength(1)
    stop.abort()
    await following
    expect(alarm.shares).toMatchObject([{ shown: 30, alarm: true }])
  })

  it('is silent where nobody controls the judge, where it does well, and where Kafka is away', async () => {
    const log = new ControlLog()
    log.add(0, ...times(30, 'Error'))
    const well = alarmOn(log)
    await well.alarm.lookLast()
    log.add(0, ...times(30, 'Correct'))
    const [off, away] = [
      alarmOn(log, config()),
      alarmOn(log, CONTROLLED, { since: new Date(0), reason: 'gone' }),
    ]
    await off.alarm.lookLast()
    await off.alarm.follow(new AbortController().signal)
    await away.alarm.lookLast()
    expect([well.said, off.said, away.said]).toEqual([[], [], []])
  })

  it('goes on after a look that failed', async () => {
    const log = new ControlLog()
    log.add(0, ...times(30, 'Correct'))
    const { alarm, said } = alarmOn(log)
    log.fails = true
    await alarm.lookLast()
    expect(said).toEqual([])
    log.fails = false
    await alarm.lookLast()
    expect(said).toHaveLength(1)
  })
})
