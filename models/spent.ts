/** Calls and what they took. */
import type { Completion } from '../schemas/types.ts'

/** A sum over calls. Money is in billionths of a US dollar. */
export interface Spent {
  calls: number
  promptTokens: number
  completionTokens: number
  nanoUsd: number
  /** Calls whose cost nobody knows; `nanoUsd` leaves them out. */
  unpriced: number
}

/** What a sum needs to know of a call. */
export type PaidCall = Pick<Completion, 'promptTokens' | 'completionTokens' | 'costNanoUsd'>

/** Nothing spent. */
export function nothingSpent(): Spent {
  return { calls: 0, promptTokens: 0, completionTokens: 0, nanoUsd: 0, unpriced: 0 }
}

/** Adds a call to a sum. */
export function addCall(spent: Spent, { promptTokens, completionTokens, costNanoUsd }: PaidCall): void {
  spent.calls++
  spent.promptTokens += promptTokens ?? 0
  spent.completionTokens += completionTokens ?? 0
  spent.nanoUsd += costNanoUsd ?? 0
  if (costNanoUsd === null) spent.unpriced++
}

/** The sum over some calls. */
export function spentOn(calls: Iterable<PaidCall>): Spent {
  const spent = nothingSpent()
  for (const call of calls) addCall(spent, call)
  return spent
}

/** The sum of sums. */
export function totalSpent(all: Iterable<Readonly<Spent>>): Spent {
  const sum = nothingSpent()
  for (const one of all) for (const key of Object.keys(sum) as (keyof Spent)[]) sum[key] += one[key]
  return sum
}

/** A sum in USD, to the billionth; null when calls were made and the cost of none is known. */
export function usdOf({ calls, nanoUsd, unpriced }: Readonly<Spent>): number | null {
  return calls > 0 && unpriced === calls ? null : nanoUsd / 1e9
}

/** Calls summed up, as they are shown. */
export interface CallSum {
  readonly calls: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** US dollars, of the calls whose cost is known; null when it is of none. */
  readonly usd: number | null
  readonly callsOfUnknownCost: number
}

/** A sum as it is shown. */
export function callSumOf(spent: Readonly<Spent>): CallSum {
  const { calls, promptTokens, completionTokens, unpriced } = spent
  return { calls, promptTokens, completionTokens, usd: usdOf(spent), callsOfUnknownCost: unpriced }
}
