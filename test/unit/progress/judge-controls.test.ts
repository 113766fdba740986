/** What an alarm is raised by. */
import { describe, expect, it } from 'vitest'
import { alarmText, ControlWatch } from '../../../progress/judge-controls.ts'
import type { Control } from '../../../schemas/types.ts'
import { ControlLog } from '../../support/control-log.ts'
import { config } from '../../support/records.ts'

const CONTROLS = { every: 1, alarmBelow: 0.9, file: null, given: [] }

function watchOf(log: ControlLog, settings = config({ controls: CONTROLS })): ControlWatch {
  return new ControlWatch(log.source(settings))
}

const noticed = (count: number): Partial<Control>[] => Array(count).fill({})
const passed = (count: number): Partial<Control>[] => Array(count).fill({ judgement: 'Correct' })

describe('the judge on its controls', () => {
  it('is not judged by a few', async () => {
    const log = new ControlLog()
    log.add(0, ...passed(19))
    const watch = watchOf(log)
    await watch.look()
    expect(watch.shares).toMatchObject([{ expected: 'Error', shown: 19, right: 0, alarm: false }])
  })

  it('raises the alarm below the limit, and not at it', async () => {
    const log = new ControlLog()
    log.add(0, ...noticed(18), ...passed(2))
    const watch = watchOf(log)
    await watch.look()
    expect(watch.shares).toMatchObject([{ shown: 20, right: 18, alarm: false }])
    log.add(1, ...passed(1))
    await watch.look()
    expect(watch.shares).toMatchObject([{ shown: 21, right: 18, alarm: true }])
    expect(log.reads).toBe(21)
  })

  it('goes by the last hundred, whatever partitions they stand in', async () => {
    const log = new ControlLog()
    log.add(0, ...passed(60))
    log.add(1, ...noticed(50))
    log.add(0, ...noticed(45))
    const watch = watchOf(log)
    await watch.look()
    expect(watch.shares).toMatchObject([{ shown: 100, right: 95, alarm: false }])
  })

  it('keeps apart what must be called Error and what Correct', async () => {
    const log = new ControlLog()
    const right = { kind: 'given', expected: 'Correct' }
    log.add(0, ...noticed(30), ...Array(20).fill({ ...right, judgement: 'Error' }), {
      ...right,
      judgement: 'Correct',
    })
    const watch = watchOf(log)
    await watch.look()
    expect(watch.shares).toMatchObject([
      { expected: 'Correct', shown: 21, right: 1, alarm: true },
      { expected: 'Error', shown: 30, right: 30, alarm: false },
    ])
  })

  it('says nothing of a judge by what another one, or another prompt, did; nor of what cannot be read', async () => {
    const log = new ControlLog()
    log.add(0, { verifier: 'another' }, { promptVersion: 'verify@0' }, { expected: 'Perhaps' })
    log.addDamaged(0)
    log.add(0, ...noticed(1))
    const watch = watchOf(log)
    await watch.look()
    expect(watch.shares).toMatchObject([{ shown: 1, right: 1 }])
  })

  it('has nothing to say where nobody controls it', async () => {
    const log = new ControlLog()
    log.add(0, ...passed(50))
    const watch = watchOf(log, config())
    await watch.look()
    expect(watch.shares).toEqual([])
  })

  it('is told in words that name the judge, the shares and the limit', () => {
    const share = { verifier: 'qwen', expected: 'Error', shown: 100, right: 71, alarm: true } as const
    const text = alarmText(share, CONTROLS)
    expect(text).toMatch(
      /^the judge qwen says Error of only 71 of the last 100 controls .*\(alarm below 90 %\)/,
    )
  })
})
