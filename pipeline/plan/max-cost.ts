import { NinefoldError } from '../../errors.ts'
import { nanoLimit } from '../../models/budget-limits.ts'
import { counted, dollars } from '../../terminal/numbers.ts'
import type { ReplayPlan } from './replay-plan.ts'

/**
 * Refuses a replay of which it is certain beforehand that its money will not suffice.
 * @param usd the most it may cost, in USD
 * @throws NF_REPLAY_COST
 */
export function refuseAbove({ certain, edition }: ReplayPlan, usd: number): void {
  if (certain.nanoUsd <= nanoLimit(usd)) return
  throw new NinefoldError(
    'NF_REPLAY_COST',
    `edition ${edition} takes ${counted(certain.calls, 'call')} for certain, which cost about ${dollars(certain.nanoUsd)}: more than the $${usd} it may cost`,
    'Nothing was begun. Raise --max-cost; --plan shows what the calls are for.',
  )
}
