import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultyEndpoint } from '../../support/faulty-endpoint.ts'
import type { Chance } from '../chance.ts'
import type { Fault } from '../fault.ts'

/** So many requests must have met the fault before it is taken away again; who is refused soon asks no more often. */
const MET = 50
const REFUSED = 12
const MEET_LIMIT_MS = 60_000
/** How long it lasts beyond that, ms. */
const SHORT = { least: 500, most: 8_000 }

function endpointIll(
  name: string,
  met: number,
  begin: (endpoint: FaultyEndpoint, chance: Chance) => void,
): Fault {
  return {
    name: `the models: ${name}`,
    area: 'models',
    async inject(run, chance) {
      const { endpoint } = run
      const [before, began] = [endpoint.spoiled, performance.now()]
      begin(endpoint, chance)
      await run.until(() => endpoint.spoiled - before >= met, 'no requests met the fault', MEET_LIMIT_MS)
      await sleep(chance.between(SHORT.least, SHORT.most))
      const healed = performance.now()
      await endpoint.heal()
      const recoverySeconds = await run.recovered(healed)
      const seconds = ((healed - began) / 1_000).toFixed(1)
      return { what: `${endpoint.spoiled - before} requests met it in ${seconds} s`, recoverySeconds }
    },
  }
}

/** An endpoint that answers, but not as it should, for some seconds. */
export const illEndpoints: readonly Fault[] = [
  endpointIll('a storm of 429, Retry-After in seconds', REFUSED, (one, chance) =>
    one.storm429({ retryAfter: chance.between(1, 4) }),
  ),
  endpointIll('a storm of 429, Retry-After as a date', REFUSED, (one, chance) =>
    one.storm429({ retryAfter: chance.between(1, 4), as: 'date' }),
  ),
  endpointIll('a storm of 429 without Retry-After', REFUSED, (one) => one.storm429({ retryAfter: null })),
  endpointIll('every answer is 500', MET, (one) => one.errors500()),
  endpointIll('connections that hang, then break', MET, (one) => one.hang()),
  endpointIll('answers cut in the middle', MET, (one) => one.cut()),
  endpointIll('answers that are no JSON, or no completions', MET, (one) => one.malformed()),
]
