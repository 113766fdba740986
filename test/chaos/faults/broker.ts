/** The broker dies, and is started again on what it had written. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosRun } from '../chaos-run.ts'
import type { Fault } from '../fault.ts'
import { startedAgain } from './part-away.ts'

/** The longest it takes from the draw to the kill at any moment, and from the kill to the start, ms. */
const ANY_MOMENT_MS = 500
const DOWN_MS = 1_500

/** At a moment by chance. */
export const brokerKilled: Fault = {
  name: 'broker killed (SIGKILL) at any moment',
  area: 'broker',
  async inject(run, chance) {
    await sleep(chance.next() * ANY_MOMENT_MS)
    await run.stack.kill('kafka')
    return {
      what: 'at a moment by chance',
      recoverySeconds: await startedLater(run, chance.next() * DOWN_MS),
    }
  },
}

/** While a worker's transaction has been sent and has not ended. */
export const brokerKilledInTransaction: Fault = {
  name: 'broker killed (SIGKILL) inside a transaction',
  area: 'broker',
  async inject(run, chance) {
    const worker = chance.pick(run.crew.kept)
    const kill = await run.strikeAt(worker, run.stack.pid('kafka'), 'transaction')
    await run.stack.gone('kafka')
    return {
      what: `${kill.callsInFlight} calls in flight, ${kill.uncommitted} results uncommitted`,
      recoverySeconds: await startedLater(run, chance.next() * DOWN_MS),
      kill,
    }
  },
}

async function startedLater(run: ChaosRun, downMs: number): Promise<number> {
  await sleep(downMs)
  return startedAgain(run)
}
