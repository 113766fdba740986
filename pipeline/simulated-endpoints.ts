/**
 * Endpoints that the configuration calls simulated: Ninefold plays their models itself, on loopback, as long as
 * somebody asks them. The same question gets the same answer from the same model in every process.
 */
import type { Config, Endpoint } from '../config/config.ts'
import type { PosedQuestion } from '../simulate/known-question.ts'
import type { Part } from '../simulate/options.ts'
import { type Simulator, startSimulator } from '../simulate/simulator.ts'
import { readNew } from '../sinks/session-records.ts'
import type { Session } from './session.ts'

/** Running simulators, and the configuration with their addresses in it. */
export interface SimulatedEndpoints extends AsyncDisposable {
  readonly config: Config
  /** Names of the endpoints that are simulated; empty where none is. */
  readonly names: readonly string[]
  /** Calls that came in since they were started. */
  calls(): number
}

/**
 * Starts a simulator for each endpoint of the configuration that is simulated.
 * @param more questions whose keys the simulators need to play models of different skill, as they come in
 */
export async function startSimulatedEndpoints(
  config: Config,
  more: () => Promise<readonly PosedQuestion[]>,
): Promise<SimulatedEndpoints> {
  const simulators = new Map<string, Simulator>()
  const close = async () => {
    await Promise.all([...simulators.values()].map((simulator) => simulator.close()))
  }
  try {
    for (const { name, simulated } of Object.values(config.endpoints)) {
      if (simulated === null) continue
      const options = { more, latency: simulated.latencyMs, parts: partsOf(config) }
      simulators.set(name, await startSimulator(options))
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    config: withAddresses(config, simulators),
    names: [...simulators.keys()],
    calls: () => [...simulators.values()].reduce((sum, simulator) => sum + simulator.stats().calls, 0),
    [Symbol.asyncDispose]: close,
  }
}

/** The same for a session: the questions are those of its topic, each of which is there before it is asked. */
export async function simulateFor(session: Session): Promise<SimulatedEndpoints> {
  return startSimulatedEndpoints(session.config, questionsOf(session))
}

/** What a user must know before anything is made with simulated endpoints; one line. */
export function simulatedNotice(names: readonly string[]): string {
  const which = names.length === 1 ? `Endpoint ${names[0]} is` : `Endpoints ${names.join(', ')} are`
  return `${which} SIMULATED: no model is asked, nothing is paid; the texts come from templates and teach no medicine.`
}

function withAddresses(config: Config, simulators: ReadonlyMap<string, Simulator>): Config {
  const addressed = ([name, endpoint]: [string, Endpoint]): [string, Endpoint] => {
    const simulator = simulators.get(name)
    return [name, simulator === undefined ? endpoint : { ...endpoint, baseURL: `${simulator.url}/v1` }]
  }
  return { ...config, endpoints: Object.fromEntries(Object.entries(config.endpoints).map(addressed)) }
}

/** Whoever mends or writes anew, and does not generate as well, is played as doing that. */
function partsOf({ roles, samplers }: Config): Record<string, Part> {
  const generating = new Set(samplers.map(({ model }) => model.model))
  const parts: [string, Part][] = [
    [roles.refine.model.model, 'refine'],
    [roles.regenerate.model.model, 'regenerate'],
  ]
  return Object.fromEntries(parts.filter(([model]) => !generating.has(model)))
}

/** Reads what is new in the topic of questions. */
function questionsOf(session: Session): () => Promise<PosedQuestion[]> {
  const positions = new Map<number, number>()
  return async () => {
    const questions: PosedQuestion[] = []
    for await (const { record } of readNew(session, 'questions', positions)) questions.push(record)
    return questions
  }
}
