import type { LimitOf } from './budget-limits.ts'
import type { Spending } from './budget-store.ts'
import { StepHalted } from './errors.ts'

/** A call the budget is asked for, and the most it can cost in billionths of a US dollar. */
export interface PricedCall {
  readonly step: string
  readonly model: string
  readonly nanoUsd: number
}

/** A limit that leaves too little for a call. */
export interface ReachedLimit {
  readonly of: LimitOf
  /** Billionths of a US dollar. */
  readonly nanoUsd: number
  /** What counts for this limit. */
  readonly spending: Spending
  /** How late what other machines spend is known here, ms; null where none is known to share the limit. */
  readonly othersLateMs: number | null
}

/** The budget does not allow this call: it has not been sent. Calls that are free, or journaled, go on. */
export class BudgetReached extends StepHalted {
  readonly limit: ReachedLimit
  readonly call: PricedCall

  constructor(limit: ReachedLimit, call: PricedCall) {
    super('NF_BUDGET_REACHED', messageFor(limit, call), remedyFor(limit, call), { othersMayGoOn: true })
    this.name = 'BudgetReached'
    this.limit = limit
    this.call = call
  }

  /** The same, told with what counts for the limit by now. */
  toldWith(spending: Spending): BudgetReached {
    return new BudgetReached({ ...this.limit, spending }, this.call)
  }
}

function messageFor({ of, nanoUsd, spending, othersLateMs }: ReachedLimit, call: PricedCall): string {
  const { spent, assumed, reserved } = spending
  const unknown = assumed > 0 ? ` (${usd(assumed)} of it assumed for calls whose cost is not known)` : ''
  const others =
    othersLateMs === null
      ? ''
      : `; what other machines spend is known here about ${othersLateMs / 1000} s late: so much may be spent above it`
  return (
    `${nameOf(of, nanoUsd)} is reached: ${usd(spent)} spent${unknown}, ${usd(reserved)} reserved for calls ` +
    `under way; the next call (step ${call.step}, model ${call.model}) may cost ${usd(call.nanoUsd)}${others}`
  )
}

function nameOf({ kind, role }: LimitOf, nanoUsd: number): string {
  if (kind === 'run') return `the limit of ${usd(nanoUsd)} for this run of this worker`
  return `the budget of ${usd(nanoUsd)}${role === null ? '' : ` for ${role}`}`
}

function remedyFor({ of, spending }: ReachedLimit, call: PricedCall): string {
  const atLeast = usd(spending.spent + call.nanoUsd)
  const goesOn = 'it goes on where it stopped, and pays nothing twice.'
  if (of.kind === 'run') return `Run again, with the same limit, a higher one or none: ${goesOn}`
  const key = of.role === null ? 'budget.usd' : `budget.roles.${of.role}`
  return `Raise \`${key}\` in the configuration, to ${atLeast} at the least, and run again: ${goesOn}`
}

const NANO = 1e9

/** Enough digits for a single cheap call; rounded up, so that what a remedy names is enough. */
function usd(nanoUsd: number): string {
  const digits = nanoUsd >= 100 * NANO ? 2 : 6
  const scale = 10 ** digits
  const value = Math.ceil((nanoUsd / NANO) * scale - 1e-6) / scale
  return `$${value.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, '$1')}`
}
