import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLOCK_SHIFT, CLOCK_SHIFT_PRELOAD } from '../../support/clock-shift-variable.ts'
import type { Fault } from '../fault.ts'

const HOUR_MS = 3_600_000
const MOST_HOURS = 6
/** Longer than a session: who forgets to say that it lives is given up. */
const LASTS_MS = 6_000
const STORM_SECONDS = 1

function clockJump(name: string, direction: 1 | -1): Fault {
  return {
    name: `the date of a worker jumps by hours, ${name} and there again`,
    area: 'machine',
    async inject(run, chance) {
      const file = join(run.folder, `shift-${Math.floor(performance.now())}`)
      const env = { [CLOCK_SHIFT]: file }
      const chosen = chance.pick(run.crew.kept)
      const worker = await run.crew.replace(chosen, { preloads: [CLOCK_SHIFT_PRELOAD], env })
      await run.recovered()
      const hours = chance.between(1, MOST_HOURS)
      const jumped = performance.now()
      writeFileSync(file, String(direction * hours * HOUR_MS))
      // A pause by the date, asked for while the date is wrong.
      run.endpoint.storm429({ retryAfter: STORM_SECONDS, as: 'date' })
      await sleep(STORM_SECONDS * 1_000)
      await run.endpoint.heal()
      await sleep(LASTS_MS)
      const wrong = await run.recovered(jumped)
      const set = performance.now()
      writeFileSync(file, '0')
      const right = await run.recovered(set)
      if (worker.hasEnded) throw new Error('the worker ended because its date was wrong')
      return { what: `by ${hours} hours`, recoverySeconds: Math.max(right, wrong - LASTS_MS / 1_000) }
    },
  }
}

/** Somebody sets the date of a worker's machine. */
export const clockJumps: readonly Fault[] = [clockJump('forward', 1), clockJump('back', -1)]
