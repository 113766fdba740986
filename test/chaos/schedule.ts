import { Chance } from './chance.ts'
import type { Fault } from './fault.ts'
import { faults } from './faults/index.ts'
import { workerKills } from './faults/worker-killed.ts'

/**
 * Which faults come one after the other: so many kills of workers, of each kind its share, and every other fault once (by
 * chance, where its weight is below 1), in an order by chance. The same seed gives the same schedule.
 * @param only faults whose name holds one of these words, whatever they weigh; all where empty
 */
export function scheduleOf(seed: number, kills: number, only: readonly string[] = []): Fault[] {
  const chance = new Chance(seed)
  const chosen = faults.filter(({ name, weight = 1 }) => {
    const isDrawn = chance.next() < weight
    return only.length === 0 ? isDrawn : only.some((word) => name.includes(word))
  })
  const deadly = chosen.filter((fault) => workerKills.includes(fault))
  const killed =
    deadly.length === 0 ? [] : Array.from({ length: kills }, (_, at) => deadly[at % deadly.length]!)
  const others = chosen.filter((fault) => !deadly.includes(fault))
  return [...killed, ...others]
    .map((fault) => ({ fault, place: chance.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ fault }) => fault)
}
