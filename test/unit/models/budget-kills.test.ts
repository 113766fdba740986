/**
 * Workers that die at any moment between setting money aside and booking it: nothing is spent beyond the limit but by
 * calls that were under way at a kill and that no journal holds, and nothing stays set aside for ever.
 */
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Budget, Reservation } from '../../../models/budget.ts'
import { BudgetStore } from '../../../models/budget-store.ts'
import { Journal, JournalShelves } from '../../../models/journal.ts'
import { acquireLock, type Lock } from '../../../stack/lock.ts'
import { Account, callOf, NANO, never, paid } from './budget-fixtures.ts'

/** Each run makes databases on the disk, which others may be using, too. */
const SLOW_MS = 180_000
const LIMIT = 1
const ROLE_LIMIT = 0.6
const LIMITS = { usd: LIMIT, roles: { rank: ROLE_LIMIT } }
const SLOTS = ['a-0', 'a-1'] as const

type Role = 'verify' | 'rank'

/** A call, and how far it has come: set aside, answered (and charged for), in the journal. */
interface Call {
  readonly role: Role
  readonly reservation: Reservation
  readonly cost: number | null
  state: 'reserved' | 'answered' | 'journaled'
  sequence: number
}

/** What endpoints have charged, by role, and what of it no journal can know. */
class Endpoints {
  readonly charged = { verify: 0, rank: 0 }
  readonly unknown = { verify: 0, rank: 0 }
}

/** A worker process with its slot: a real account, a real journal. */
class Process {
  readonly calls: Call[] = []
  readonly #budget: Budget
  readonly #store: BudgetStore
  readonly #journal: Journal
  readonly #lock: Lock
  readonly #name: string
  readonly #endpoints: Endpoints

  private constructor(parts: [Budget, BudgetStore, Journal, Lock], name: string, endpoints: Endpoints) {
    ;[this.#budget, this.#store, this.#journal, this.#lock] = parts
    this.#name = name
    this.#endpoints = endpoints
  }

  static async start(account: Account, slot: string, endpoints: Endpoints): Promise<Process> {
    const places = account.placesOf(slot)
    const lock = acquireLock(places.lock)!
    const opening = vi.spyOn(BudgetStore, 'open')
    const budget = await account.open(slot, LIMITS)
    const store = await (opening.mock.results.at(-1)!.value as Promise<BudgetStore>)
    opening.mockRestore()
    const journal = new Journal(places.journal, places.journalFolder, new JournalShelves(account.folder, ''))
    return new Process([budget, store, journal, lock], places.journal, endpoints)
  }

  ask(role: Role, usd: number, share: number | null): void {
    this.#budget.reserve(callOf(usd, role), never).then(
      (reservation) => {
        const cost = share === null ? null : Math.floor(reservation.nanoUsd * share)
        this.calls.push({ role, reservation, cost, state: 'reserved', sequence: -1 })
      },
      () => {},
    )
  }

  /** One of its calls comes a step further. */
  async advance(which: number): Promise<void> {
    const call = this.calls[which % Math.max(1, this.calls.length)]
    if (call === undefined) return
    const { role, reservation, cost } = call
    if (call.state === 'reserved') {
      call.state = 'answered'
      this.#endpoints.charged[role] += cost ?? reservation.nanoUsd
    } else if (call.state === 'answered') {
      const record = { requestHash: 'r', step: role, costNanoUsd: cost, atMostNanoUsd: reservation.nanoUsd }
      const entered = await this.#journal.append(record as Parameters<Journal['append']>[0])
      call.state = 'journaled'
      call.sequence = entered.sequence
    } else {
      const usd = cost === null ? null : cost / NANO
      reservation.settle(paid(this.#name, call.sequence, usd, reservation.nanoUsd / NANO, role))
      this.calls.splice(this.calls.indexOf(call), 1)
    }
  }

  /** What it had in mind is gone; what it had committed stays, and the kernel gives its lock back. */
  kill(): void {
    for (const { state, role, cost, reservation } of this.calls) {
      if (state === 'answered') this.#endpoints.unknown[role] += cost ?? reservation.nanoUsd
    }
    this.calls.length = 0
    this.#store.close()
    this.#journal.close()
    this.#lock.release()
  }

  async end(): Promise<void> {
    while (this.calls.length > 0) await this.advance(0)
    this.#budget.close()
    this.#journal.close()
    this.#lock.release()
  }
}

const worker = fc.nat({ max: SLOTS.length - 1 })
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      worker,
      role: fc.constantFrom<Role>('verify', 'rank'),
      cents: fc.integer({ min: 1, max: 50 }),
      share: fc.constantFrom(null, 0, 0.5, 1, 1),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), worker, which: fc.nat() }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('turn' as const), worker }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), worker }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The endpoints may have charged more than a limit only by what kills hid. */
function expectWithin({ charged, unknown }: Endpoints): void {
  const hidden = unknown.verify + unknown.rank
  expect(charged.verify + charged.rank).toBeLessThanOrEqual(LIMIT * NANO + hidden)
  expect(charged.rank).toBeLessThanOrEqual(ROLE_LIMIT * NANO + unknown.rank)
}

async function play(script: readonly Step[], account: Account): Promise<Endpoints> {
  const endpoints = new Endpoints()
  const start = (slot: string) => Process.start(account, slot, endpoints)
  const workers: Process[] = []
  for (const slot of SLOTS) workers.push(await start(slot))
  for (const one of script) {
    const at = one.worker
    if (one.kind === 'ask') workers[at]!.ask(one.role, one.cents / 100, one.share)
    else if (one.kind === 'advance') await workers[at]!.advance(one.which)
    else if (one.kind === 'turn') await turn()
    else {
      workers[at]!.kill()
      workers[at] = await start(SLOTS[at]!)
    }
    expectWithin(endpoints)
  }
  for (const one of workers) await one.end()
  return endpoints
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('workers killed at any moment', () => {
  it(
    'never spend more than the limits and what was under way at a kill; nothing is left set aside',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 100, size: 'max' }), async (script) => {
          using account = new Account()
          const { charged, unknown } = await play(script, account)
          const spending = await account.spending()
          expect(spending.reserved).toBe(0)
          // What no journal holds is the only thing the account does not know.
          expect(spending.spent).toBe(charged.verify + charged.rank - unknown.verify - unknown.rank)
          // And all that is left can be spent.
          const rest = LIMIT * NANO - spending.spent
          const budget = await account.open(SLOTS[0], LIMITS)
          if (rest > 0) (await budget.reserve(callOf(rest / NANO), never)).release()
          budget.close()
        }),
        { numRuns: 15 },
      )
    },
    SLOW_MS,
  )
})
