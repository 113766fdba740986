/**
 * What the log says about the limits of an edition, and what would have to be said of a change. Pure: who reads and
 * writes the log is {@link ../pipeline/budget-log.ts}.
 */
import { type BudgetLimits, nanoLimit } from '../models/budget-limits.ts'
import type { BudgetReached } from '../models/budget-reached.ts'
import { contentId } from '../schemas/ids.ts'
import type { BudgetEvent } from '../schemas/types.ts'

/** Whose limit: a role's, or the edition's (null). */
type Whose = string | null

/** One limit, as the log has it last. */
interface LimitState {
  readonly eventId: string
  /** null = it was removed. */
  readonly nanoUsd: number | null
  readonly isReached: boolean
}

/** The limits as the log has them last. */
export class BudgetState {
  readonly #limits = new Map<Whose, LimitState>()
  /** Of runs that reached their own limit. */
  readonly #runs = new Set<string>()
  /** The newest event; null when there is none. */
  last: BudgetEvent | null = null

  /** Takes the next event of the topic. */
  add(event: BudgetEvent): void {
    const { kind, role, eventId, limitNanoUsd } = event
    this.last = event
    if (kind === 'run-reached') this.#runs.add(eventId)
    else this.#limits.set(role, { eventId, nanoUsd: limitNanoUsd, isReached: kind === 'reached' })
  }

  /** What the configuration changes: nothing where the log has its limits already. */
  changesTo({ usd, roles }: Pick<BudgetLimits, 'usd' | 'roles'>, by: EventMaker): BudgetEvent[] {
    const wanted = new Map<Whose, number>(
      Object.entries(roles).map(([role, limit]) => [role, nanoLimit(limit)]),
    )
    const whose = new Set<Whose>([null, ...this.#limits.keys(), ...wanted.keys()])
    if (usd !== null) wanted.set(null, nanoLimit(usd))
    return [...whose].flatMap((role) => {
      const was = this.#limits.get(role)?.nanoUsd ?? null
      const now = wanted.get(role) ?? null
      return was === now ? [] : [this.#event(kindOf(was, now), role, now, null, by)]
    })
  }

  /**
   * That a limit was reached; nothing where the log says so, or has another limit than this worker: that one was
   * started with a configuration which has been replaced since.
   */
  reached({ limit: { of, nanoUsd, spending } }: BudgetReached, by: EventMaker): BudgetEvent[] {
    if (of.kind === 'run') {
      const { slot, host, at } = by
      const eventId = contentId('budget-event', 'run-reached', slot, host, at, nanoUsd)
      if (this.#runs.has(eventId)) return []
      return [
        eventOf({ eventId, kind: 'run-reached', role: null, limitNanoUsd: nanoUsd }, spending.spent, by),
      ]
    }
    const known = this.#limits.get(of.role)
    if (known === undefined || known.nanoUsd !== nanoUsd || known.isReached) return []
    return [this.#event('reached', of.role, nanoUsd, spending.spent, by)]
  }

  #event(
    kind: string,
    role: Whose,
    limitNanoUsd: number | null,
    spent: number | null,
    by: EventMaker,
  ): BudgetEvent {
    const before = this.#limits.get(role)?.eventId ?? null
    const eventId = contentId('budget-event', by.edition, role, before, kind, limitNanoUsd)
    return eventOf({ eventId, kind, role, limitNanoUsd }, spent, by)
  }
}

/** Who tells it. */
export interface EventMaker {
  readonly edition: string
  readonly slot: string | null
  readonly host: string
  /** Milliseconds since 1970. */
  readonly at: number
}

function eventOf(
  what: Pick<BudgetEvent, 'eventId' | 'kind' | 'role' | 'limitNanoUsd'>,
  spentNanoUsd: number | null,
  by: EventMaker,
): BudgetEvent {
  return { ...what, ...by, spentNanoUsd }
}

function kindOf(was: number | null, now: number | null): string {
  if (now === null) return 'removed'
  if (was === null) return 'set'
  return now > was ? 'raised' : 'lowered'
}
