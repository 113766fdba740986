/**
 * What a run does about limits of spending. A limit that was reached is a record in the log first. The edition's, or
 * the run's own, then ends the run when nothing is left that could do without money; a role's pauses that role's steps,
 * and all others go on.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sink } from '../analytics/sink/sink.ts'
import { askingsOf } from '../config/askings.ts'
import type { Config } from '../config/types.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import { roleOf } from '../models/budget-limits.ts'
import { BudgetReached } from '../models/budget-reached.ts'
import type { AnyProcessor } from '../streams/processor.ts'
import type { Worker } from '../streams/worker.ts'
import { recordReached } from './budget-log.ts'
import type { Session } from './session.ts'
import { until } from './until.ts'

/** So long the analytics may take to bring in what was done before the pause; the next run goes on with the rest. */
const SINK_GRACE_MS = 30_000
const RECORD_GRACE_MS = 15_000

/** What is watched. */
export interface Paying {
  readonly session: Session
  readonly worker: Worker
  readonly sink: Sink | null
  readonly say: (line: string) => void
}

/** Watches one worker for the limits it meets. */
export class BudgetWatch {
  readonly #paying: Paying
  readonly #recorded = new Set<string>()
  #recording: Promise<void> = Promise.resolve()

  constructor(paying: Paying) {
    this.#paying = paying
  }

  /** Until the run has to end for want of money: nothing is under way, and all that was done is committed. */
  async outOfMoney(stop: AbortSignal): Promise<void> {
    const { worker, sink } = this.#paying
    await until(stop, async () => {
      await this.recordReached()
      const ends = this.reached.some(({ limit }) => limit.of.kind !== 'role')
      return ends && (await worker.isAtRest())
    })
    if (sink === null) return
    const grace = AbortSignal.any([stop, AbortSignal.timeout(SINK_GRACE_MS)])
    await until(grace, async () => sink.away !== null || (await sink.isDrained()))
  }

  /** The limits the worker has met, each once. */
  get reached(): BudgetReached[] {
    const errors = this.#paying.worker.halted
      .map(({ error }) => error)
      .filter((error) => error instanceof BudgetReached)
    return [...new Map(errors.map((error) => [nameOf(error), error])).values()]
  }

  /** Records what has been reached by now, one call after the other; what cannot be is tried again the next time. */
  recordReached(): Promise<void> {
    this.#recording = this.#recording.then(() => this.#recordAll())
    return this.#recording
  }

  /** The same at the end. A log that is away keeps no run from ending: the next one meets the limit again. */
  async recordLast(): Promise<void> {
    const over = new AbortController()
    const grace = sleep(RECORD_GRACE_MS, undefined, { signal: over.signal }).catch(() => {})
    await Promise.race([this.recordReached(), grace])
    over.abort()
  }

  async #recordAll(): Promise<void> {
    const { session, worker, say } = this.#paying
    for (const reached of this.reached) {
      if (this.#recorded.has(nameOf(reached))) continue
      try {
        await recordReached(session, reached, worker.slot)
      } catch (error) {
        session.log.warn({ error: messageOf(error) }, 'a limit that was reached could not be recorded yet')
        return
      }
      this.#recorded.add(nameOf(reached))
      const { message, remedy, limit } = reached
      if (limit.of.kind === 'role') say(`${message}. The other steps go on. ${remedy}`)
    }
  }
}

function nameOf({ limit: { of } }: BudgetReached): string {
  return of.role === null ? of.kind : `role ${of.role}`
}

/**
 * A run's own limit holds all its steps.
 * @throws NF_CONFIG_UNKNOWN_PRICE when one of them asks a model whose price is unknown
 */
export function checkRunPrices(config: Config, processors: readonly AnyProcessor[]): void {
  const roles = new Set(processors.map(({ step }) => roleOf(step)))
  const asked = askingsOf(config).filter(({ step }) => roles.has(step))
  const unpriced = asked.find(({ model }) => model.price === null)?.model
  if (unpriced === undefined) return
  throw new NinefoldError(
    'NF_CONFIG_UNKNOWN_PRICE',
    `this run has a limit of its own, and the model ${unpriced.name} is used, but its price is unknown, so spending could not be counted`,
    `Write \`price: { input: ..., output: ... }\` under \`models.${unpriced.name}\`, in USD per million tokens (0 for your own hardware), or run without the limit.`,
  )
}
