import { Chance } from './chance.ts'
import type { Fault } from './fault.ts'
import { otherFaults, workerKills } from './faults/index.ts'

/**
 * Which faults come one after the other: so many kills of workers, of each kind its share, and one of every other kind, by
 * chance where there are several of it, in an order by chance. The same seed gives the same schedule.
 * @param only faults whose name holds one of these words, every one of them; all where empty
 */
export function scheduleOf(seed: number, kills: number, only: readonly string[] = []): Fault[] {
  const chance = new Chance(seed)
  const isWanted = ({ name }: Fault) => only.length === 0 || only.some((word) => name.includes(word))
  const deadly = workerKills.filter(isWanted)
  const killed =
    deadly.length === 0 ? [] : Array.from({ length: kills }, (_, at) => deadly[at % deadly.length]!)
  const others = otherFaults.flatMap((alike) => {
    const drawn = drawnFrom(alike, chance)
    return only.length === 0 ? [drawn] : alike.filter(isWanted)
  })
  return [...killed, ...others]
    .map((fault) => ({ fault, place: chance.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ fault }) => fault)
}

/** One of these, each as likely as it weighs. */
function drawnFrom(alike: readonly Fault[], chance: Chance): Fault {
  const weightOf = ({ weight = 1 }: Fault) => weight
  let left = chance.next() * alike.reduce((sum, fault) => sum + weightOf(fault), 0)
  for (const fault of alike) {
    left -= weightOf(fault)
    if (left < 0) return fault
  }
  return alike.at(-1)!
}
