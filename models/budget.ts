/**
 * Keeps spending within its limits: an edition's (`budget.usd`), a role's of it (`budget.roles`), and a run's
 * (`--max-usd`). A call sets aside the most it can cost before it is sent, and is settled with what it did cost; where
 * that is not reported, what was set aside counts as spent.
 *
 * On one machine, however many workers it runs, nothing is overspent but what an endpoint charges above the most
 * a call can cost: for an answer longer than its limit (or than USUAL_ANSWER_LIMIT where none is sent), or for a
 * request that it refused. A call that a killed worker had under way is set aside no more once the worker's slot
 * is free: if it was answered it is in the journal and counts, if not, the endpoint may still charge for it. What
 * other machines spend counts once it has been read from `completions`, OTHERS_LATE_MS later; until then each of them
 * may spend what is left: together they overspend by no more than what all but one of them spend within that time.
 *
 * A run's limit is one process's own, and is forgotten with it: it counts the calls of this worker since its start.
 */
import { messageOf } from '../errors.ts'
import { diskFault } from '../stack/disk-fault.ts'
import { acquireLock } from '../stack/lock.ts'
import { type BudgetLimits, roleOf } from './budget-limits.ts'
import type { PricedCall } from './budget-reached.ts'
import { BudgetStore, countedOf, isBusy, type Payment, type Spending } from './budget-store.ts'
import { askClosed, StepHalted } from './errors.ts'
import { readPayments } from './journal.ts'
import { NO_SPENDING, Purses, sumOf } from './purses.ts'

/** Longest answer reckoned with where the request names no limit, in tokens. */
export const USUAL_ANSWER_LIMIT = 16_384

/**
 * How often a machine reads what the others have spent. Each reading asks for eight partitions' ends, and what comes is
 * counted at a hundred thousand calls a second or so: often enough costs little.
 */
export const OTHERS_LATE_MS = 5_000

/** How often a waiting call looks at what other workers have done, ms. */
const LOOK_MS = 500

/** Where a slot of this machine keeps its things. */
export interface SlotPlaces {
  readonly lock: string
  /** Its journal's name and folder. */
  readonly journal: string
  readonly journalFolder: string
}

/** What a budget is made of. */
export interface BudgetOptions {
  readonly limits: BudgetLimits
  /** The machine's database for the edition. */
  readonly path: string
  /** The slot this process holds. */
  readonly slot: string
  readonly placesOf: (slot: string) => SlotPlaces
}

/** Money set aside for one call; to be ended exactly once. */
export interface Reservation {
  readonly nanoUsd: number
  /** The call was made, and is in the journal. */
  settle(payment: Payment): void
  /** The call was made, and could not be entered into the journal: what was set aside counts as spent. */
  lose(): void
  /** The call was not made, or cost nothing for certain. */
  release(): void
}

interface Asked {
  readonly call: PricedCall
  readonly signal: AbortSignal
  readonly grant: (reservation: Reservation) => void
  readonly refuse: (reason: unknown) => void
}

interface Ended {
  readonly role: string
  readonly nanoUsd: number
  readonly outcome: Payment | 'lost' | 'released'
}

/** What this process has spent and set aside, a role. */
type Own = ReadonlyMap<string, Spending>

/** What a turn came to: this process's part then, what to tell those whose turn it was, and who goes on waiting. */
interface Decision {
  readonly own: Own
  readonly tell: readonly (() => void)[]
  readonly waiting: Asked[]
}

/** A worker's access to the budget. What comes in one turn of the event loop is decided in one transaction. */
export class Budget {
  readonly #options: BudgetOptions
  readonly #store: BudgetStore
  #asked: Asked[] = []
  #ended: Ended[] = []
  #own: Own = new Map()
  #turning: NodeJS.Immediate | null = null
  #looking: NodeJS.Timeout | null = null

  private constructor(options: BudgetOptions, store: BudgetStore) {
    this.#options = options
    this.#store = store
  }

  /** Takes over the slot: what its last owner had set aside is free, what it had journaled counts. */
  static async open(options: BudgetOptions): Promise<Budget> {
    const budget = new Budget(options, await BudgetStore.open(options.path))
    budget.#takeOver(options.slot)
    return budget
  }

  /**
   * Sets aside the most a call can cost.
   * @throws {BudgetReached} when that is more than is left.
   * @throws {DiskFault}, or {StepHalted} `NF_BUDGET_STORE`, when it cannot be written down.
   * @throws the signal's reason once it is aborted.
   */
  reserve(call: PricedCall, signal: AbortSignal): Promise<Reservation> {
    if (signal.aborted) return Promise.reject(signal.reason)
    const { promise, resolve, reject } = Promise.withResolvers<Reservation>()
    this.#asked.push({ call, signal, grant: resolve, refuse: reject })
    const stir = (): void => this.#stir()
    signal.addEventListener('abort', stir, { once: true })
    this.#stir()
    return promise.finally(() => signal.removeEventListener('abort', stir))
  }

  /** What this process's calls have cost and may cost still, since it was opened: what a run's limit counts. */
  get run(): Spending {
    return sumOf(this.#own.values())
  }

  /** @throws {StepHalted} `NF_BUDGET_PRICE` when a limit holds calls of this step: what costs nobody knows is not made. */
  checkUnpriced(step: string, model: string): void {
    const { usd, roles, runUsd } = this.#options.limits
    if (usd === null && runUsd === null && roles[roleOf(step)] === undefined) return
    throw new StepHalted(
      'NF_BUDGET_PRICE',
      `step ${step} asks the model ${model}, whose price is unknown, and a budget is set: its calls could not be counted`,
      'Write `price: { input: ..., output: ... }` for the model (0 for your own hardware), or take the limit away.',
    )
  }

  /** Writes down what has ended; who waits is refused. Nothing may be asked for afterwards. */
  close(): void {
    const closed = askClosed()
    for (const { refuse } of this.#asked.splice(0)) refuse(closed)
    this.#turn()
    if (this.#turning !== null) clearImmediate(this.#turning)
    if (this.#looking !== null) clearTimeout(this.#looking)
    this.#store.close()
  }

  /** Something is to be decided. */
  #stir(): void {
    this.#turning ??= setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#turning = null
    this.#dropAborted()
    if (this.#asked.length === 0 && this.#ended.length === 0) return
    let decision: Decision
    try {
      decision = this.#store.atomically(() => this.#decide())
    } catch (error) {
      this.#failed(error)
      return
    }
    this.#own = decision.own
    this.#ended = []
    this.#asked = decision.waiting
    for (const tell of decision.tell) tell()
    if (this.#asked.length > 0) this.#lookLater()
  }

  #dropAborted(): void {
    this.#asked = this.#asked.filter(({ signal, refuse }) => {
      if (signal.aborted) refuse(signal.reason)
      return !signal.aborted
    })
  }

  /** Books what has ended, then decides in the order of asking. */
  #decide(): Decision {
    const store = this.#store
    const own = new Map(this.#own)
    for (const ended of this.#ended) this.#book(ended, own)
    const purses = new Purses(this.#options.limits, {
      roles: this.#standing(own),
      run: sumOf(own.values()),
      othersLateMs: () => (store.knowsOthers(this.#journals) ? OTHERS_LATE_MS : null),
    })
    const tell: (() => void)[] = []
    const waiting: Asked[] = []
    for (const asked of this.#asked) {
      const { call, grant, refuse } = asked
      const verdict = purses.decide(call)
      if (verdict === 'waits') waiting.push(asked)
      else if (verdict === 'granted') {
        const role = roleOf(call.step)
        add(own, role, { ...NO_SPENDING, reserved: call.nanoUsd })
        tell.push(() => grant(this.#reservation(role, call.nanoUsd)))
      } else tell.push(() => refuse(verdict))
    }
    for (const [role, { reserved }] of own) {
      if (reserved !== this.#own.get(role)?.reserved) store.setReserved(this.#options.slot, role, reserved)
    }
    return { own, tell, waiting }
  }

  #book({ role, nanoUsd, outcome }: Ended, own: Map<string, Spending>): void {
    const counted =
      outcome === 'released'
        ? NO_SPENDING
        : outcome === 'lost'
          ? { spent: nanoUsd, assumed: nanoUsd }
          : countedOf(outcome)
    add(own, role, { ...counted, reserved: -nanoUsd })
    if (outcome === 'lost') this.#store.countLost(role, nanoUsd)
    else if (outcome !== 'released') this.#store.count([outcome])
  }

  /** The account a role, with what this process has set aside now in place of what it had when it last wrote it. */
  #standing(own: Own): Map<string, Spending> {
    const standing = this.#store.spendings()
    for (const [role, { reserved }] of own) {
      const written = this.#own.get(role)?.reserved ?? 0
      add(standing, role, { ...NO_SPENDING, reserved: reserved - written })
    }
    return standing
  }

  /** What the names of this machine's journals begin with. */
  get #journals(): string {
    const { slot, placesOf } = this.#options
    return placesOf(slot).journal.replace(/\d+$/, '')
  }

  #reservation(role: string, nanoUsd: number): Reservation {
    let open = true
    const end = (outcome: Ended['outcome']): void => {
      if (!open) return
      open = false
      this.#ended.push({ role, nanoUsd, outcome })
      this.#stir()
    }
    return {
      nanoUsd,
      settle: (payment) => end(payment),
      lose: () => end('lost'),
      release: () => end('released'),
    }
  }

  /** Nothing was written: what has ended stays to be booked; who asks waits for a busy store, and for no other. */
  #failed(error: unknown): void {
    if (isBusy(error)) {
      this.#lookLater()
      return
    }
    const halted =
      diskFault(error, this.#options.path) ??
      new StepHalted(
        'NF_BUDGET_STORE',
        `the budget's account ${this.#options.path} cannot be written: ${messageOf(error)}`,
        'Make room on the disk, or delete the file (it is made again from the topics), then start again.',
        { cause: error },
      )
    for (const { refuse } of this.#asked.splice(0)) refuse(halted)
  }

  #lookLater(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = null
      try {
        this.#freeDeadSlots()
      } catch (error) {
        this.#failed(error)
      }
      this.#turn()
    }, LOOK_MS)
  }

  /** What killed workers had set aside is waited for in vain: nobody holds their slots any more. */
  #freeDeadSlots(): void {
    const { slot: own, placesOf } = this.#options
    for (const slot of this.#store.reservingSlots(own)) {
      using lock = acquireLock(placesOf(slot).lock)
      if (lock !== null) this.#takeOver(slot)
    }
  }

  /** Counts what a slot's journal holds, and frees what its last owner had set aside. */
  #takeOver(slot: string): void {
    const { journal, journalFolder } = this.#options.placesOf(slot)
    this.#store.atomically(() => {
      this.#store.count(readPayments(journalFolder, this.#store.firstUncounted(journal)))
      this.#store.freeReserved(slot)
    })
  }
}

function add(to: Map<string, Spending>, role: string, more: Spending): void {
  to.set(role, sumOf([to.get(role) ?? NO_SPENDING, more]))
}
