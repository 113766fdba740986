/** Workers come and go as they are told to. */
import type { ChaosRun } from '../chaos-run.ts'
import type { ChaosWorker } from '../chaos-worker.ts'
import type { Fault } from '../fault.ts'

const LIMIT_MS = 120_000

/** A worker ends by SIGTERM; another one takes its place. */
export const terminated: Fault = {
  name: 'worker ended (SIGTERM) and started again',
  area: 'workers',
  async inject(run, chance) {
    const worker = chance.pick(run.crew.kept)
    const began = performance.now()
    const { code, signal } = await run.crew.end(worker)
    return { what: `it ended with ${code ?? signal}`, recoverySeconds: await run.recovered(began) }
  },
}

/** One more worker takes part. */
export const joined: Fault = {
  name: 'worker joined',
  area: 'workers',
  async inject(run) {
    const began = performance.now()
    const guest = await join(run)
    const what = `${run.crew.members.length} workers, the new one's first records after ${secondsSince(began)} s`
    const recoverySeconds = await run.recovered(began)
    await run.crew.dismiss(guest)
    return { what, recoverySeconds }
  },
}

/** A worker that took part leaves, and none comes in its place. */
export const left: Fault = {
  name: 'worker left (SIGTERM)',
  area: 'workers',
  async inject(run) {
    const guest = await join(run)
    const began = performance.now()
    const { code, signal } = await run.crew.dismiss(guest)
    return { what: `it ended with ${code ?? signal}`, recoverySeconds: await run.recovered(began) }
  },
}

async function join(run: ChaosRun): Promise<ChaosWorker> {
  const guest = run.crew.join()
  await run.until(() => guest.published > 0, 'the new worker published nothing', LIMIT_MS)
  return guest
}

function secondsSince(moment: number): string {
  return ((performance.now() - moment) / 1_000).toFixed(1)
}
