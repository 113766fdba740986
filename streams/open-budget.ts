import type { Config } from '../config/config.ts'
import { Budget } from '../models/budget.ts'
import { type BudgetLimits, isLimited } from '../models/budget-limits.ts'
import { budgetPath } from '../models/budget-store.ts'
import { slotPlaces } from './slot.ts'

/** What a configuration allows to be spent. @param runUsd one worker in one run; null = no limit */
export function limitsOf(config: Config, runUsd: number | null = null): BudgetLimits {
  return { usd: config.budgetUsd, roles: config.roleBudgetsUsd, runUsd }
}

/** The access of a slot's worker to its machine's account; null without any limit. */
export function openBudget(
  config: Config,
  { name }: { readonly name: string },
  runUsd: number | null = null,
): Promise<Budget> | null {
  const limits = limitsOf(config, runUsd)
  if (!isLimited(limits)) return null
  const placesOf = (slot: string) => slotPlaces(config, slot)
  return Budget.open({ limits, path: budgetPath(config), slot: name, placesOf })
}
