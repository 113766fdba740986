import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

/** How long it is gone, s. */
interface Absence {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly weight: number
}

const ABSENCES: readonly Absence[] = [
  { name: 'for seconds', least: 2, most: 15, weight: 1 },
  { name: 'for minutes', least: 120, most: 150, weight: 0.1 },
]

function endpointGone({ name, least, most, weight }: Absence): Fault {
  return {
    name: `the models: the endpoint is gone ${name}`,
    area: 'models',
    weight,
    async inject(run, chance) {
      const seconds = chance.between(least, most)
      // Answers on their way would be lost, and paid again: that is another fault's.
      await run.quietly(() => run.endpoint.gone())
      await sleep(seconds * 1_000)
      const back = performance.now()
      await run.endpoint.heal()
      return { what: `nobody listened for ${seconds} s`, recoverySeconds: await run.recovered(back) }
    },
  }
}

/** Nobody listens at the endpoint's address for a while. */
export const goneEndpoints: readonly Fault[] = ABSENCES.map(endpointGone)
