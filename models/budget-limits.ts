/** What may be spent, in USD; null = no limit. */
export interface BudgetLimits {
  /** On an edition, over all runs and machines. */
  readonly usd: number | null
  /** On single roles of it, by name; `generate` is all samplers together. */
  readonly roles: Readonly<Record<string, number>>
  /** By one worker, from its start to its end. */
  readonly runUsd: number | null
}

/** Whose limit one is: the edition's, a role's of it, or a run's. */
export type LimitOf =
  | { readonly kind: 'edition' | 'run'; readonly role: null }
  | { readonly kind: 'role'; readonly role: string }

/** The role that a call of this step is paid by: a step of its own is none, and is held by the others alone. */
export function roleOf(step: string): string {
  const dot = step.indexOf('.')
  return dot < 0 ? step : step.slice(0, dot)
}

/** One USD in the unit all sums are kept in. */
const NANO = 1e9

/** A limit in billionths of a US dollar, as it is held against sums, and told in the log. */
export function nanoLimit(usd: number): number {
  return Math.floor(usd * NANO)
}

/** Whether there is any limit. */
export function isLimited({ usd, roles, runUsd }: BudgetLimits): boolean {
  return usd !== null || runUsd !== null || Object.keys(roles).length > 0
}
