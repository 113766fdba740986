/** Bringing one part of the stack to the point where it answers. Everything here happens under the stack's lock. */
import type { Component, ComponentName } from './component.ts'
import { ensureJars, type Jars } from './jars.ts'
import { findJava } from './java.ts'
import { buildComponent, DEFAULT_HEAPS } from './layout.ts'
import { stopOrphans } from './orphans.ts'
import { choosePort, isPortFree, type StackPorts, USUAL_PORTS } from './ports.ts'
import { isAlive, type ProcessIdentity, signalProcess, startDetached } from './process.ts'
import { notReadyError, waitUntilReady } from './readiness.ts'
import type { StackOptions } from './stack.ts'
import { readState, type StackState, writeState } from './state.ts'

const DEFAULT_TIMEOUT_MS = 120_000
const START_ATTEMPTS = 3
const PORTS_OF: Record<ComponentName, readonly (keyof StackPorts)[]> = {
  kafka: ['kafka', 'controller'],
  registry: ['registry'],
  clickhouse: ['clickhouse'],
}

/** A start under way: what was asked, what is known of the stack, and the programs to start it with. */
export interface Launch {
  dataDir: string
  options: StackOptions
  /** Kept up to date, in memory and on disk. */
  state: StackState
  /** Found, and downloaded if need be, when first asked for. */
  programs: () => Promise<{ java: string; jars: Jars }>
}

/** Reads the state, chooses the ports of those parts that do not run, and finds the programs if any must start. */
export async function prepareLaunch(
  dataDir: string,
  options: StackOptions,
  names: readonly ComponentName[],
): Promise<Launch> {
  const launch: Launch = {
    dataDir,
    options,
    state: readState(dataDir),
    programs: once(() => findPrograms(options)),
  }
  const dead = names.filter((name) => runningProcess(launch, name) === null)
  if (dead.length > 0) await stopOrphans(dataDir, launch.state)
  // Before the ports are chosen: a download takes long enough for them to be taken by somebody else.
  if (dead.some((name) => name !== 'clickhouse')) await launch.programs()
  for (const name of dead) await choosePorts(launch, name)
  return launch
}

/** The part, running and answering: the process there is, or a new one on the data there is. */
export async function ensureRunning(launch: Launch, name: ComponentName): Promise<void> {
  const found = runningProcess(launch, name)
  if (found === null) return startUntilReady(launch, name)
  const component = boundComponent(launch, name)
  const timeoutMs = timeoutOf(launch)
  const outcome = await waitUntilReady(component, found, timeoutMs, null)
  if (outcome === 'timeout') throw notReadyError(component, outcome, timeoutMs, 0)
  // It may have been dying of a kill that was sent a moment ago.
  if (outcome === 'died') await startUntilReady(launch, name)
}

/** Starts the part; again, at another port, when its port was taken after it was chosen. */
async function startUntilReady(launch: Launch, name: ComponentName): Promise<void> {
  const timeoutMs = timeoutOf(launch)
  for (let attempt = 1; ; attempt++) {
    const component = boundComponent(launch, name)
    const { identity, logOffset } = await startComponent(launch, component)
    const outcome = await waitUntilReady(component, identity, timeoutMs, logOffset)
    if (outcome === 'ready') return
    const portTaken = outcome === 'died' && !(await portsAreFree(launch, name))
    if (!portTaken || attempt === START_ATTEMPTS)
      throw notReadyError(component, outcome, timeoutMs, logOffset)
    await choosePorts(launch, name)
  }
}

function timeoutOf({ options }: Launch): number {
  return options.timeoutMs ?? DEFAULT_TIMEOUT_MS
}

async function findPrograms({ onProgress = () => {} }: StackOptions): Promise<{ java: string; jars: Jars }> {
  const java = findJava()
  return { java, jars: await ensureJars(onProgress) }
}

function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined
  return () => {
    found ??= find()
    return found
  }
}

function runningProcess({ state }: Launch, name: ComponentName): ProcessIdentity | null {
  const identity = state.processes[name]
  return identity && isAlive(identity) ? identity : null
}

function boundComponent({ dataDir, state, options }: Launch, name: ComponentName): Component {
  const heaps = { ...DEFAULT_HEAPS, ...options.heapMb }
  return buildComponent(name, dataDir, { ...USUAL_PORTS, ...state.ports }, heaps)
}

async function startComponent(launch: Launch, component: Component) {
  const { options, dataDir, state } = launch
  const programs = async () => {
    const { java, jars } = await launch.programs()
    return { java, jars: component.name === 'registry' ? jars.registry : jars.kafka }
  }
  options.onProgress?.(`starting ${component.name} at ${component.address}…`)
  await component.prepare(programs)
  const started = await startDetached(await component.command(programs))
  state.processes[component.name] = started.identity
  writeState(dataDir, state)
  if (options.ephemeral) endWithThisProcess(started.identity)
  return started
}

const ephemeral: ProcessIdentity[] = []

function endWithThisProcess(identity: ProcessIdentity): void {
  if (ephemeral.length === 0) {
    process.once('exit', () => {
      for (const process of ephemeral) signalProcess(process, 'SIGKILL')
    })
  }
  ephemeral.push(identity)
}

/** Sets the part's ports: the ones asked for, else last time's, else the usual ones, else free ones. */
async function choosePorts({ dataDir, state, options }: Launch, name: ComponentName): Promise<void> {
  for (const key of PORTS_OF[name]) {
    const usual = options.ephemeral ? undefined : USUAL_PORTS[key]
    const preferred = [options.ports?.[key], state.ports[key], usual].filter((port) => port !== undefined)
    const { [key]: _own, ...others } = state.ports
    state.ports[key] = await choosePort(preferred, new Set(Object.values(others)))
  }
  writeState(dataDir, state)
}

async function portsAreFree({ state }: Launch, name: ComponentName): Promise<boolean> {
  const free = await Promise.all(PORTS_OF[name].map((key) => isPortFree(state.ports[key]!)))
  return free.every(Boolean)
}
