import { setMaxListeners } from 'node:events'
import type { Ask } from './ask.ts'
import { askWith } from './ask-with.ts'
import { type CallerOptions, callUntilAnswered } from './caller.ts'
import { Dialects } from './dialect.ts'
import type { EndpointActivity } from './endpoint-activity.ts'
import { askClosed } from './errors.ts'
import type { HandoverPort } from './handover.ts'
import type { StoredAnswer } from './journal-port.ts'
import { Lanes, type LanesOptions } from './lanes.ts'
import type { PlannedCall } from './plan.ts'
import { AskerGroup, SharedCalls } from './shared-calls.ts'
import { askStructured } from './structured.ts'
import { askText } from './text.ts'
import { UnderWay } from './under-way.ts'

export type { EndpointActivity } from './endpoint-activity.ts'

/** What calling needs and asking has itself. */
type OwnOption = 'underWay' | 'cut' | 'dialects' | 'nextOrder' | 'random'

/** What asking needs. */
export interface AskOptions extends Omit<CallerOptions, OwnOption>, Omit<LanesOptions, 'random'> {
  /** Left out where no other process takes work over. */
  readonly handover?: HandoverPort
  /** A number in [0, 1), from which waits are drawn; the machine's own when left out. */
  readonly random?: () => number
}

/** Asks, and can be stopped. */
export interface Asker extends Ask {
  /**
   * The same for work that may be taken away: when the signal is aborted what was asked through it is given up, unless
   * somebody else asks for the same. A call that is at its endpoint by then is paid for: it goes on to its end, and
   * what comes of it is journaled.
   * @param ready null when something may be asked now; otherwise resolves when it may
   */
  withSignal(signal: AbortSignal, ready?: () => Promise<void> | null): Ask
  /** The hashes of what is asked under a signal now; calls that nobody waits for any more are not among them. */
  askedUnder(signal: AbortSignal): Iterable<string>
  /** Calls under way at the endpoints. */
  inFlight(): number
  /** The endpoints that models use, each as it is asked now. */
  endpoints(): EndpointActivity[]
  /**
   * Sends nothing more, and waits at most this long, ms, until the journal has what came of the calls under way.
   * @returns how many are under way still
   */
  hush(graceMs: number): Promise<number>
  /** Calls that have not ended, those that wait for their turn or to be sent again among them. */
  pending(): number
  /** Gives up every call, waits until the journal has what came of them, and ends the connections. */
  close(): Promise<void>
}

/**
 * Asks the models of a configuration.
 * An endpoint whose key is not set refuses who asks it: `NF_ENDPOINT_KEY_MISSING`.
 */
export function createAsk(options: AskOptions): Asker {
  const { handover, random = Math.random } = options
  const lanes = new Lanes({ ...options, random })
  const calls = new SharedCalls<StoredAnswer>((hash) => handover?.ended(hash))
  const cut = new AbortController()
  // One for each call.
  setMaxListeners(0, cut.signal)
  let asked = 0
  const callerOptions = {
    ...options,
    underWay: new UnderWay(),
    cut: cut.signal,
    dialects: new Dialects(),
    nextOrder: () => asked++,
    random,
  }
  const groups = new WeakMap<AbortSignal, AskerGroup>()

  const begin = (call: PlannedCall, signal: AbortSignal): Promise<StoredAnswer> => {
    const stored = options.journal.find(call.hash)
    if (stored !== null) return Promise.resolve(stored)
    const made = (): Promise<StoredAnswer> =>
      callUntilAnswered(call, lanes.of(call.request), callerOptions, signal)
    const awaited = handover?.awaited(call.hash, signal) ?? null
    return awaited === null ? made() : awaited.then((answer) => answer ?? made())
  }
  const askFor = (group: AskerGroup | null, ready: () => Promise<void> | null): Ask => {
    const ask = (call: PlannedCall): Promise<StoredAnswer> => {
      const join = () => calls.join(call.hash, (signal) => begin(call, signal), group)
      const waited = ready()
      return waited === null ? join() : waited.then(join)
    }
    return {
      text: (request) => askText(request, ask),
      structured: (request) => askStructured(request, ask),
    }
  }
  return {
    ...askFor(null, () => null),
    withSignal(signal, ready = () => null) {
      const group = groups.get(signal) ?? new AskerGroup(signal)
      groups.set(signal, group)
      return askFor(group, ready)
    },
    askedUnder: (signal) => groups.get(signal)?.keys ?? [],
    inFlight: () => lanes.activity().reduce((sum, { inFlight }) => sum + inFlight, 0),
    endpoints: () => lanes.activity(),
    async hush(graceMs) {
      lanes.hush()
      const over = new AbortController()
      const grace = options.clock.sleep(graceMs, over.signal).catch(() => {})
      await Promise.race([callerOptions.underWay.none(), grace])
      over.abort()
      return callerOptions.underWay.count
    },
    pending: () => calls.size,
    async close() {
      const reason = askClosed()
      const closed = calls.close(reason)
      cut.abort(reason)
      await closed
      await lanes.close()
    },
  }
}

/** Asks through another one, and says for whom: see `payer` of a request. */
export function paidBy(ask: Ask, payer: string): Ask {
  return askWith(ask, () => ({ payer }))
}
