/** A part of the stack that workers can do without for a while dies, and is started again on its data. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chance } from '../chance.ts'
import type { ChaosRun } from '../chaos-run.ts'
import type { Fault } from '../fault.ts'

/** How long it is away while workers run, ms. */
const AWAY_MS = { from: 1_000, to: 4_000 } as const
const START_LIMIT_MS = 30_000
/** Long enough for a worker to notice what is missing. */
const START_MS = 8_000

/** The part, and how it comes back. */
export interface Part {
  readonly area: 'registry' | 'clickhouse'
  /** As people call it. */
  readonly called: string
  /** Starts it again, and waits until all is well. @returns seconds from the moment it answers. */
  readonly startAgain: (run: ChaosRun) => Promise<number>
}

/** While workers run. */
export function killedWhileWorkersRun({ area, called, startAgain }: Part): Fault {
  return {
    name: `${called} killed (SIGKILL) while workers run`,
    area,
    async inject(run, chance) {
      await run.stack.kill(area)
      const awayMs = chance.between(AWAY_MS.from, AWAY_MS.to)
      await sleep(awayMs)
      return { what: `away for ${awayMs} ms and its start`, recoverySeconds: await startAgain(run) }
    },
  }
}

/** While a worker starts. */
export function downAtStart({ area, called, startAgain }: Part): Fault {
  return {
    name: `${called} down while a worker starts`,
    area,
    async inject(run, chance) {
      await run.stack.kill(area)
      const what = await startedWithout(run, chance)
      return { what, recoverySeconds: await startAgain(run) }
    },
  }
}

/** Starts again what is away, and waits until the pipeline is well. @returns seconds from the moment it answers. */
export async function startedAgain(run: ChaosRun): Promise<number> {
  await run.stack.startAgain()
  return run.recovered()
}

/** A worker is ended and its successor begins with a part of the stack away. @returns what became of it. */
async function startedWithout(run: ChaosRun, chance: Chance): Promise<string> {
  const worker = chance.pick(run.crew.kept)
  const endings = run.crew.endings.length
  await run.crew.end(worker)
  const isFull = () => run.crew.kept.length === run.crew.size
  await run.until(isFull, 'no worker was started in its place', START_LIMIT_MS)
  const successor = run.crew.kept.at(-1)!
  await Promise.race([successor.ended, successor.says('committed'), sleep(START_MS)])
  const codes = run.crew.endings.slice(endings).map(({ code }) => code)
  return codes.length === 0
    ? 'its successor waited, or did without'
    : `its successor ended with ${codes.join(', ')}`
}
