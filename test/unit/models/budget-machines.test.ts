/**
 * Machines with an account each, that learn of each other's payments from the log only: together they spend no more
 * than the limit and what all others have spent since any one of them last read.
 */
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget, Reservation } from '../../../models/budget.ts'
import { BudgetStore, type Payment } from '../../../models/budget-store.ts'
import { Account, callOf, NANO, never } from './budget-fixtures.ts'

/** Each run makes databases on the disk, which others may be using, too. */
const SLOW_MS = 180_000
const LIMIT = 1
const MACHINES = ['a', 'b', 'c'] as const

/** What all machines have paid for, in order. */
interface Entry {
  readonly machine: number
  readonly nanoUsd: number
  readonly payment: Payment
}

class Machine {
  readonly #at: number
  readonly #budget: Budget
  readonly #store: BudgetStore
  readonly #log: Entry[]
  readonly #open: Reservation[] = []
  /** How much of the log it has read, and had when it was granted a call last; null before. */
  read = 0
  readAtGrant: number | null = null

  private constructor(at: number, budget: Budget, store: BudgetStore, log: Entry[]) {
    this.#at = at
    this.#budget = budget
    this.#store = store
    this.#log = log
  }

  static async start(at: number, account: Account, log: Entry[]): Promise<Machine> {
    const budget = await account.open(`${MACHINES[at]}-0`, LIMIT)
    return new Machine(at, budget, await BudgetStore.open(account.path), log)
  }

  ask(usd: number): void {
    this.#budget.reserve(callOf(usd), never).then(
      (reservation) => {
        this.#open.push(reservation)
        this.readAtGrant = this.read
      },
      () => {},
    )
  }

  pay(share: number): void {
    const reservation = this.#open.shift()
    if (reservation === undefined) return
    const nanoUsd = Math.floor(reservation.nanoUsd * share)
    const sequence = this.#log.length
    const payment = {
      journal: `main-${MACHINES[this.#at]}-0`,
      sequence,
      step: 'verify',
      costNanoUsd: nanoUsd,
      atMostNanoUsd: reservation.nanoUsd,
    }
    this.#log.push({ machine: this.#at, nanoUsd, payment })
    reservation.settle(payment)
  }

  readLog(): void {
    const news = this.#log.slice(this.read).map(({ payment }) => payment)
    this.read = this.#log.length
    this.#store.countRead('completions/0', news, this.read)
  }

  close(): void {
    for (const reservation of this.#open.splice(0)) reservation.release()
    this.#budget.close()
    this.#store.close()
  }
}

const machine = fc.nat({ max: MACHINES.length - 1 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), machine, cents: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant('pay' as const), machine, share: fc.constantFrom(0.5, 1, 1) }),
  fc.record({ kind: fc.constant('turn' as const), machine }),
  fc.record({ kind: fc.constant('read' as const), machine }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function total(entries: readonly Entry[]): number {
  return entries.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)
}

/** Whoever pays: what is spent in all is the limit at most, and what that machine could not know of. */
function expectWithin(machines: readonly Machine[], log: readonly Entry[]): void {
  for (const [at, { readAtGrant }] of machines.entries()) {
    if (readAtGrant === null) continue
    const unread = log.slice(readAtGrant).filter((entry) => entry.machine !== at)
    expect(total(log)).toBeLessThanOrEqual(LIMIT * NANO + total(unread))
  }
}

async function play(script: readonly Step[], accounts: readonly Account[]): Promise<void> {
  const log: Entry[] = []
  const machines: Machine[] = []
  for (const [at, account] of accounts.entries()) machines.push(await Machine.start(at, account, log))
  try {
    for (const one of script) {
      const its = machines[one.machine]!
      if (one.kind === 'ask') its.ask(one.cents / 100)
      else if (one.kind === 'pay') its.pay(one.share)
      else if (one.kind === 'turn') await turn()
      else its.readLog()
      expectWithin(machines, log)
    }
  } finally {
    for (const one of machines) one.close()
  }
}

describe('several machines', () => {
  it(
    'overspend by no more than what the others spent since one of them last read',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (script) => {
          const accounts = MACHINES.map(() => new Account())
          try {
            await play(script as Step[], accounts)
          } finally {
            for (const account of accounts) account[Symbol.dispose]()
          }
        }),
        { numRuns: 10 },
      )
    },
    SLOW_MS,
  )
})
