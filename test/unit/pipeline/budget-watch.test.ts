import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { LimitOf } from '../../../models/budget-limits.ts'
import { BudgetReached } from '../../../models/budget-reached.ts'
import { BudgetWatch, type Paying } from '../../../pipeline/budget-watch.ts'
import { silentLog } from '../../../streams/log.ts'

const EDITION: LimitOf = { kind: 'edition', role: null }

function reached(of: LimitOf): BudgetReached {
  const spending = { spent: 5, assumed: 0, reserved: 0 }
  return new BudgetReached(
    { of, nanoUsd: 5, spending, othersLateMs: null },
    { step: 'verify', model: 'm', nanoUsd: 1 },
  )
}

/** A run whose worker has met these limits, beside a log that is away. */
function watching(limits: readonly LimitOf[], sink: object | null, isAtRest = async () => true) {
  const halted = limits.map((of) => ({ step: 'verify', error: reached(of) }))
  const session = {
    log: silentLog,
    config: { edition: 'main', dataDir: '/nowhere', pipeline: 'p', budgetUsd: 5, roleBudgetsUsd: {} },
    fullName: () => {
      throw new Error('the log is away')
    },
  }
  const paying = { session, worker: { slot: 'm-0', halted, isAtRest }, sink, say: () => {} }
  return new BudgetWatch(paying as unknown as Paying)
}

const never = new AbortController().signal

describe('a run whose limit is reached', () => {
  it('waits until all is at rest, then for the analytics', async () => {
    const seen: string[] = []
    const after = (word: string, times: number) => async () => {
      seen.push(word)
      return seen.filter((one) => one === word).length >= times
    }
    const sink = { away: null, isDrained: after('drained?', 2) }
    await watching([EDITION], sink, after('rest?', 2)).outOfMoney(never)
    expect(seen).toEqual(['rest?', 'rest?', 'drained?', 'drained?'])
  })

  it('does not wait for analytics that are away', async () => {
    const sink = { away: 'no server', isDrained: async () => false }
    await watching([EDITION], sink).outOfMoney(never)
  })

  it('ends for its own limit, too, and not for that of a role', async () => {
    await watching([{ kind: 'run', role: null }], null).outOfMoney(never)
    const stop = new AbortController()
    let isOver = false
    const waiting = watching([{ kind: 'role', role: 'verify' }], null)
      .outOfMoney(stop.signal)
      .then(() => {
        isOver = true
      })
    await sleep(600)
    expect(isOver).toBe(false)
    stop.abort()
    await waiting
  })

  it('tells each limit once, whichever steps met it', () => {
    const verify: LimitOf = { kind: 'role', role: 'verify' }
    expect(watching([verify, verify, EDITION], null).reached.map(({ limit }) => limit.of)).toEqual([
      verify,
      EDITION,
    ])
  })
})
