import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { KILL_KINDS, type KillKind } from '../kill-order.ts'

/** Times the session's time-out for which a worker stands still: the others have its partitions by then. */
const SESSIONS = 1.6

function zombieAt(moments: readonly KillKind[]): Fault {
  return {
    name: 'worker stopped (SIGSTOP) for longer than its session, then gone on (SIGCONT)',
    area: 'workers',
    async inject(run, chance) {
      const worker = chance.pick(run.crew.kept)
      const kind = chance.pick(moments)
      const { callsInFlight, uncommitted } = await run.strike(worker, kind, 'SIGSTOP')
      await sleep(run.sessionTimeoutMs * SESSIONS)
      worker.kill('SIGCONT')
      return {
        what: `${kind}: ${callsInFlight} calls in flight, ${uncommitted} results uncommitted`,
        recoverySeconds: await run.recovered(),
      }
    },
  }
}

/** A worker stands still until others do its work, and then goes on as if nothing had been. */
export const zombie = zombieAt(KILL_KINDS)

/** The same with no transaction open, which would have timed out meanwhile: only the group can refuse its next one. */
export const zombieBetweenTransactions = zombieAt(['finished'])
