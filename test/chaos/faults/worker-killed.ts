import type { Fault } from '../fault.ts'
import { KILL_KINDS, type KillKind } from '../kill-order.ts'

const MOMENTS: Readonly<Record<KillKind, string>> = {
  transaction: 'inside a transaction',
  finished: 'outside transactions, a record just finished',
  committed: 'right after a commit',
}

function workerKilled(kind: KillKind): Fault {
  return {
    name: `worker killed (SIGKILL), ${MOMENTS[kind]}`,
    area: 'workers',
    async inject(run, chance) {
      const kill = await run.strike(chance.pick(run.crew.kept), kind)
      return {
        what: `${kill.callsInFlight} calls in flight, ${kill.uncommitted} results uncommitted`,
        recoverySeconds: await run.recovered(),
        kill,
      }
    },
  }
}

/** A worker dies without warning, at each kind of moment. */
export const workerKills: readonly Fault[] = KILL_KINDS.map(workerKilled)
