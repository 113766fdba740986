/** The registry dies, and is started again on its database. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

/** How long it is away while workers run, ms. */
const AWAY_MS = { from: 1_000, to: 4_000 } as const

/** While workers run, that know the schemas by then. */
export const registryAway: Fault = {
  name: 'registry killed (SIGKILL) while workers run',
  area: 'registry',
  async inject(run, chance) {
    await run.stack.kill('registry')
    const awayMs = chance.between(AWAY_MS.from, AWAY_MS.to)
    await sleep(awayMs)
    await run.stack.startAgain()
    return { what: `away for ${awayMs} ms and its start`, recoverySeconds: await run.recovered() }
  },
}

/** While a worker starts, that must know them first. */
export const registryAwayAtStart: Fault = {
  name: 'registry down while a worker starts',
  area: 'registry',
  async inject(run, chance) {
    await run.stack.kill('registry')
    const what = await startedWithout(run, chance)
    await run.stack.startAgain()
    return { what, recoverySeconds: await run.recovered() }
  },
}

/** A worker is ended and its successor begins with a part of the stack away. @returns what became of it. */
export async function startedWithout(...[run, chance]: Parameters<Fault['inject']>): Promise<string> {
  const worker = chance.pick(run.crew.kept)
  const endings = run.crew.endings.length
  worker.kill('SIGTERM')
  await worker.ended
  const isFull = () => run.crew.kept.length === run.crew.size
  await run.until(isFull, 'no worker was started in its place', START_LIMIT_MS)
  const successor = run.crew.kept.at(-1)!
  await Promise.race([successor.ended, successor.says('committed'), sleep(START_MS)])
  const codes = run.crew.endings.slice(endings).map(({ code }) => code)
  return codes.length === 0
    ? 'its successor waited, or did without'
    : `its successor ended with ${codes.join(', ')}`
}

const START_LIMIT_MS = 30_000
/** Long enough for a worker to notice what is missing. */
const START_MS = 8_000
