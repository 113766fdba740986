import { setMaxListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import type { Config, Endpoint } from '../config/types.ts'
import { NinefoldError } from '../errors.ts'
import type { Ask, TextRequest } from './ask.ts'
import { type CallerOptions, callUntilAnswered } from './caller.ts'
import { Dialects } from './dialect.ts'
import { type ChatEndpoint, connectEndpoint } from './endpoint.ts'
import { EndpointRefusedKey } from './errors.ts'
import type { HandoverPort } from './handover.ts'
import type { StoredAnswer } from './journal-port.ts'
import { Lane } from './lane.ts'
import type { PlannedCall } from './plan.ts'
import { AskerGroup, SharedCalls } from './shared-calls.ts'
import { askStructured } from './structured.ts'
import { askText } from './text.ts'
import { UnderWay } from './under-way.ts'

/** What calling needs and asking has itself. */
type OwnOption = 'underWay' | 'cut' | 'dialects' | 'nextOrder' | 'random'

/** What asking needs. */
export interface AskOptions extends Omit<CallerOptions, OwnOption> {
  readonly config: Pick<Config, 'endpoints' | 'models'>
  /** Left out where no other process takes work over. */
  readonly handover?: HandoverPort
  /** In place of connections of its own, by name; those not given are connected to. */
  readonly endpoints?: Readonly<Record<string, ChatEndpoint>>
  /** Where keys are read from; the process's environment when left out. */
  readonly environment?: NodeJS.ProcessEnv
  /** A number in [0, 1), from which waits are drawn; the machine's own when left out. */
  readonly random?: () => number
}

/** What an endpoint is asked now. */
export interface EndpointActivity {
  readonly endpoint: string
  /** Calls under way, and how many there may be, as things stand. */
  readonly inFlight: number
  readonly limit: number
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
  /** Sends nothing more, and waits at most this long, ms, until the journal has what came of the calls under way. */
  hush(graceMs: number): Promise<void>
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
  const lanes = openLanes(options)
  const { handover } = options
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
    random: options.random ?? Math.random,
  }
  const groups = new WeakMap<AbortSignal, AskerGroup>()

  const begin = (call: PlannedCall, signal: AbortSignal): Promise<StoredAnswer> => {
    const stored = options.journal.find(call.hash)
    if (stored !== null) return Promise.resolve(stored)
    const made = (): Promise<StoredAnswer> =>
      callUntilAnswered(call, lanesOf(lanes, call.request), callerOptions, signal)
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
    inFlight: () => [...lanes.values()].reduce((sum, { limiter }) => sum + limiter.active, 0),
    endpoints: () =>
      [...lanes.values()].map(({ name, limiter }) => {
        return { endpoint: name, inFlight: limiter.active, limit: limiter.limit }
      }),
    async hush(graceMs) {
      for (const { limiter } of lanes.values()) limiter.hush()
      // Whoever was given a turn a moment ago is counted only now.
      await turn()
      const over = new AbortController()
      const grace = options.clock.sleep(graceMs, over.signal).catch(() => {})
      await Promise.race([callerOptions.underWay.none(), grace])
      over.abort()
    },
    pending: () => calls.size,
    async close() {
      const reason = new NinefoldError(
        'NF_ASK_CLOSED',
        'no model is asked any more',
        'Start the worker again.',
      )
      const closed = calls.close(reason)
      cut.abort(reason)
      await closed
      for (const lane of lanes.values()) lane.limiter.close()
      await Promise.all([...lanes.values()].map((lane) => lane.endpoint.close()))
    },
  }
}

/** Asks through another one, and says for whom: see `payer` of a request. */
export function paidBy(ask: Ask, payer: string): Ask {
  return {
    text: (request) => ask.text({ ...request, payer }),
    structured: (request) => ask.structured({ ...request, payer }),
  }
}

function openLanes(options: AskOptions): ReadonlyMap<string, Lane> {
  const { config, clock, random = Math.random } = options
  const models = Object.values(config.models)
  const used = new Set(models.flatMap(({ endpoints }) => endpoints))
  const siblings = new Set(models.flatMap(({ endpoints }) => (endpoints.length > 1 ? endpoints : [])))
  const lanes = new Map<string, Lane>()
  for (const spec of Object.values(config.endpoints)) {
    if (!used.has(spec.name)) continue
    const endpoint = options.endpoints?.[spec.name] ?? connected(spec, options)
    lanes.set(spec.name, new Lane(spec, endpoint, { clock, hasSiblings: siblings.has(spec.name), random }))
  }
  return lanes
}

/** Connects; an endpoint whose key is not set stops the steps that need it, when they do, and no other. */
function connected(spec: Endpoint, { clock, environment }: AskOptions): ChatEndpoint {
  try {
    return connectEndpoint(spec, clock, environment)
  } catch (error) {
    if (!(error instanceof NinefoldError) || error.code !== 'NF_ENDPOINT_KEY_MISSING') throw error
    const { message, remedy, code } = error
    return {
      send: () => Promise.reject(new EndpointRefusedKey(spec.name, message, remedy, code)),
      close: async () => {},
    }
  }
}

function lanesOf(lanes: ReadonlyMap<string, Lane>, { step, model }: TextRequest): Lane[] {
  return model.endpoints.map((name) => {
    const lane = lanes.get(name)
    if (lane !== undefined) return lane
    throw new NinefoldError(
      'NF_ENDPOINT_UNKNOWN',
      `step ${step}: model ${model.name} names the endpoint ${name}, which no configured model uses`,
      'Add the endpoint and the model to the configuration.',
    )
  })
}
