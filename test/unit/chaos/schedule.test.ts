import { expect, it } from 'vitest'
import { otherFaults } from '../../chaos/faults/index.ts'
import { workerKills } from '../../chaos/faults/worker-killed.ts'
import { scheduleOf } from '../../chaos/schedule.ts'

const namesOf = (seed: number) => scheduleOf(seed, 20).map(({ name }) => name)

it('repeats a schedule by its seed, and has another order for another seed', () => {
  expect(namesOf(7)).toEqual(namesOf(7))
  expect(namesOf(8)).not.toEqual(namesOf(7))
})

it('has as many kills of workers as wanted, of each kind its share', () => {
  const killed = scheduleOf(1, 20).filter((fault) => workerKills.includes(fault))
  expect(killed).toHaveLength(20)
  for (const kind of workerKills)
    expect(killed.filter((fault) => fault === kind).length).toBeGreaterThanOrEqual(6)
})

it('has one of each other kind in every schedule, and all there are in some', () => {
  const schedules = Array.from({ length: 300 }, (_, seed) => scheduleOf(seed, 3))
  for (const alike of otherFaults) {
    for (const schedule of schedules)
      expect(schedule.filter((fault) => alike.includes(fault))).toHaveLength(1)
    const weightOfAll = alike.reduce((sum, { weight = 1 }) => sum + weight, 0)
    for (const fault of alike) {
      const share = schedules.filter((schedule) => schedule.includes(fault)).length / schedules.length
      expect(share, fault.name).toBeGreaterThan(0)
      expect(share, fault.name).toBeCloseTo((fault.weight ?? 1) / weightOfAll, 0.7)
    }
  }
})

it('takes only faults that are named, whatever they weigh', () => {
  expect(scheduleOf(1, 3, ['for minutes']).map(({ name }) => name)).toEqual([
    'the models: the endpoint is gone for minutes',
  ])
})

it('has names that tell faults apart', () => {
  const names = [...workerKills, ...otherFaults.flat()].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
