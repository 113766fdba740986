/** What an edition's calls cost, added up from the log. */
import { roleOf } from '../../models/budget-limits.ts'
import type { Completion } from '../../schemas/types.ts'

/** Calls of one role to one model. */
export interface Spending {
  readonly role: string
  readonly model: string
  calls: number
  failed: number
  promptTokens: number
  completionTokens: number
  /** USD; of the calls whose price and usage are known. */
  usd: number
  /** Calls whose cost is not known. */
  unknown: number
}

const NANO = 1e9

/** By role and model, in the order of their names. Each payment counts once. */
export async function spendingOf(completions: AsyncIterable<Completion>): Promise<Spending[]> {
  const all = new Map<string, Spending & { nanoUsd: bigint }>()
  for await (const completion of completions) {
    const { step, model, status, promptTokens, completionTokens, costNanoUsd } = completion
    const role = roleOf(step)
    const key = JSON.stringify([role, model])
    const sums = all.get(key) ?? { role, model, ...NOTHING, nanoUsd: 0n }
    sums.calls++
    if (status === 'failed') sums.failed++
    sums.promptTokens += promptTokens ?? 0
    sums.completionTokens += completionTokens ?? 0
    if (costNanoUsd === null) sums.unknown++
    else sums.nanoUsd += BigInt(costNanoUsd)
    all.set(key, sums)
  }
  return [...all.keys()].sort().flatMap((key) => {
    const { nanoUsd, ...sums } = all.get(key)!
    return [{ ...sums, usd: Number(nanoUsd) / NANO }]
  })
}

const NOTHING = { calls: 0, failed: 0, promptTokens: 0, completionTokens: 0, usd: 0, unknown: 0 } as const
