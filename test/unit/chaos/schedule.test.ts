import { expect, it } from 'vitest'
import { faults } from '../../chaos/faults/index.ts'
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

it('has every fault that is not rare once in every schedule, and rare ones in some', () => {
  const others = faults.filter((fault) => !workerKills.includes(fault))
  const schedules = Array.from({ length: 200 }, (_, seed) => scheduleOf(seed, 3))
  for (const fault of others) {
    const share = schedules.filter((schedule) => schedule.includes(fault)).length / schedules.length
    expect(share, fault.name).toBeCloseTo(fault.weight ?? 1, 1)
  }
})

it('takes only faults that are named, whatever they weigh', () => {
  expect(scheduleOf(1, 3, ['for minutes']).map(({ name }) => name)).toEqual([
    'the models: the endpoint is gone for minutes',
  ])
})

it('has names that tell faults apart', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length)
})
