import type { Config, Endpoint } from '../config/types.ts'
import { NinefoldError } from '../errors.ts'
import type { TextRequest } from './ask.ts'
import type { Clock } from './clock.ts'
import { type ChatEndpoint, connectEndpoint } from './endpoint.ts'
import { activityOf, type EndpointActivity } from './endpoint-activity.ts'
import { EndpointRefusedKey } from './errors.ts'
import { Lane } from './lane.ts'
import { COUNT_MS, MachineShare } from './machine-share.ts'

/** Which endpoints there are, and how they are reached. */
export interface LanesOptions {
  /** With a data folder the limits hold for all processes on it together, else for each. */
  readonly config: Pick<Config, 'endpoints' | 'models'> & Partial<Pick<Config, 'dataDir'>>
  readonly clock: Clock
  /** A number in [0, 1), from which waits are drawn. */
  readonly random: () => number
  /** In place of connections of its own, by name; those not given are connected to. */
  readonly endpoints?: Readonly<Record<string, ChatEndpoint>>
  /** Where keys are read from; the process's environment when left out. */
  readonly environment?: NodeJS.ProcessEnv
}

/** The endpoints that models use. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  readonly #shares = new Map<Lane, MachineShare>()
  readonly #clock: Clock
  readonly #counting: NodeJS.Timeout | null

  constructor(options: LanesOptions) {
    const { config, clock, random } = options
    this.#clock = clock
    const models = Object.values(config.models)
    const used = new Set(models.flatMap(({ endpoints }) => endpoints))
    const siblings = new Set(models.flatMap(({ endpoints }) => (endpoints.length > 1 ? endpoints : [])))
    for (const spec of Object.values(config.endpoints)) {
      if (!used.has(spec.name)) continue
      const endpoint = options.endpoints?.[spec.name] ?? connected(spec, options)
      const lane = new Lane(spec, endpoint, { clock, hasSiblings: siblings.has(spec.name), random })
      this.#lanes.set(spec.name, lane)
      // A simulator is the process' own.
      if (config.dataDir !== undefined && spec.simulated === null)
        this.#shares.set(lane, new MachineShare(config.dataDir, spec))
    }
    this.#counting = this.#shares.size === 0 ? null : setInterval(() => this.#share(), COUNT_MS).unref()
  }

  /** Those that a request may go to. */
  of({ step, model }: TextRequest): Lane[] {
    return model.endpoints.map((name) => {
      const lane = this.#lanes.get(name)
      if (lane === undefined) throw unknown(name, step, model.name)
      if (this.#shares.get(lane)?.use(this.#clock.now())) this.#shareOf(lane)
      return lane
    })
  }

  /** How each is asked now. */
  activity(): EndpointActivity[] {
    const now = this.#clock.now()
    return [...this.#lanes.values()].map((lane) => activityOf(lane, now))
  }

  /** Lets no call start any more; those under way go on. */
  hush(): void {
    for (const { limiter } of this.#lanes.values()) limiter.hush()
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    if (this.#counting !== null) clearInterval(this.#counting)
    for (const { limiter } of this.#lanes.values()) limiter.close()
    for (const share of this.#shares.values()) share.leave()
    await Promise.all([...this.#lanes.values()].map(({ endpoint }) => endpoint.close()))
  }

  #share(): void {
    for (const lane of this.#shares.keys()) this.#shareOf(lane)
  }

  #shareOf(lane: Lane): void {
    const { limiter, spec } = lane
    const limits = this.#shares.get(lane)?.of(spec, this.#clock.now(), limiter.isIdle) ?? null
    if (limits !== null) limiter.limitTo(limits)
  }
}

/** Connects; an endpoint whose key is not set stops the steps that need it, when they do, and no other. */
function connected(spec: Endpoint, { clock, environment }: LanesOptions): ChatEndpoint {
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

function unknown(endpoint: string, step: string, model: string): NinefoldError {
  return new NinefoldError(
    'NF_ENDPOINT_UNKNOWN',
    `step ${step}: model ${model} names the endpoint ${endpoint}, which no configured model uses`,
    'Add the endpoint and the model to the configuration.',
  )
}
