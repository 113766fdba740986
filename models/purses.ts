/**
 * The limits a call has to keep, as they stand at one moment, and who may go.
 *
 * A call is held by every limit that concerns it. One that would fit if the calls under way cost nothing waits for
 * them, and whatever comes behind it and is held by the limit it waits for waits behind it, or large calls would
 * never get their turn; calls held by other limits pass. One that would not fit even then is refused.
 */
import { type BudgetLimits, type LimitOf, nanoLimit, roleOf } from './budget-limits.ts'
import { BudgetReached, type PricedCall } from './budget-reached.ts'
import type { Spending } from './budget-store.ts'

/** Neither spent nor set aside. */
export const NO_SPENDING: Spending = { spent: 0, assumed: 0, reserved: 0 }

/** What a limit has left. */
interface Purse {
  readonly of: LimitOf
  readonly limit: number
  readonly spending: Spending
  free: number
  /** Somebody waits for what is under way. */
  isAwaited: boolean
}

/** What is spent and set aside when it is decided. */
export interface Standing {
  /** Of the edition, a role. */
  readonly roles: ReadonlyMap<string, Spending>
  /** By this run. */
  readonly run: Spending
  /** Asked when a limit is reached: see {@link ReachedLimit}. */
  readonly othersLateMs: () => number | null
}

/** The limits as they stand. Made anew for every decision. */
export class Purses {
  readonly #edition: Purse | null
  readonly #roles: ReadonlyMap<string, Purse>
  readonly #run: Purse | null
  readonly #othersLateMs: () => number | null

  constructor(limits: BudgetLimits, { roles, run, othersLateMs }: Standing) {
    const { usd, runUsd } = limits
    const edition = { kind: 'edition', role: null } as const
    this.#edition = usd === null ? null : purse(edition, usd, sumOf(roles.values()))
    this.#run = runUsd === null ? null : purse({ kind: 'run', role: null }, runUsd, run)
    this.#roles = new Map(
      Object.entries(limits.roles).map(([role, limit]) => [
        role,
        purse({ kind: 'role', role }, limit, roles.get(role) ?? NO_SPENDING),
      ]),
    )
    this.#othersLateMs = othersLateMs
  }

  /** Asked in the order of asking: what is granted here is no longer free for the next. */
  decide(call: PricedCall): 'granted' | 'waits' | BudgetReached {
    const { nanoUsd } = call
    const its = this.#holding(call.step)
    const reached = its.find(({ limit, spending }) => spending.spent + nanoUsd > limit)
    if (reached !== undefined) {
      const { of, limit, spending } = reached
      const othersLateMs = of.kind === 'run' ? null : this.#othersLateMs()
      return new BudgetReached({ of, nanoUsd: limit, spending, othersLateMs }, call)
    }
    const short = its.filter(({ free, isAwaited }) => isAwaited || nanoUsd > free)
    for (const one of short) one.isAwaited = true
    if (short.length > 0) return 'waits'
    for (const one of its) one.free -= nanoUsd
    return 'granted'
  }

  #holding(step: string): Purse[] {
    return [this.#edition, this.#roles.get(roleOf(step)) ?? null, this.#run].filter((one) => one !== null)
  }
}

function purse(of: LimitOf, usd: number, spending: Spending): Purse {
  const limit = nanoLimit(usd)
  return { of, limit, spending, free: limit - spending.spent - spending.reserved, isAwaited: false }
}

/** The sum of what several roles have spent and set aside. */
export function sumOf(all: Iterable<Spending>): Spending {
  const sum = { ...NO_SPENDING }
  for (const { spent, assumed, reserved } of all) {
    sum.spent += spent
    sum.assumed += assumed
    sum.reserved += reserved
  }
  return sum
}
