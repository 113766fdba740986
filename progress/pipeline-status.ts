/** A pipeline's edition as it stands, without starting, making or changing anything. */
import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { messageOf } from '../errors.ts'
import { BudgetStore, budgetPath } from '../models/budget-store.ts'
import { runningAddresses } from '../pipeline/addresses.ts'
import { baseOf, findEdition } from '../pipeline/editions.ts'
import { ownTopics, topicsOf } from '../plugins/topics.ts'
import { topology } from '../processors/topology.ts'
import { createCodec } from '../schemas/codec.ts'
import { lookUpRegistry } from '../schemas/registry.ts'
import type { RegistryAddress } from '../schemas/registry-http.ts'
import { groupName } from '../schemas/topic-names.ts'
import { editionTopics, sharedTopics } from '../streams/edition-topics.ts'
import { silentLog } from '../streams/log.ts'
import type { AnyProcessor } from '../streams/processor.ts'
import { KafkaClient } from '../streams/transport/client.ts'
import { ClusterObserver } from '../streams/transport/observer.ts'
import { TopicReader } from '../streams/transport/reader.ts'
import { UnreadableRecords } from '../streams/unreadable.ts'
import { readerOf, readLags, totalLag } from './lags.ts'

/** A worker that is in at least one group. */
export interface ActiveWorker {
  readonly slot: string
  readonly host: string
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly since: string
  /** What people call the steps it runs. */
  readonly steps: readonly string[]
}

/** What can be told; numbers are null while they are not known. */
export interface PipelineStatus {
  readonly pipeline: string
  readonly edition: string
  /** `never run`: its topics do not exist yet. `unknown`: it could not be looked at; `problem` says why. */
  readonly state: 'working' | 'idle' | 'never run' | 'unknown'
  readonly problem: string | null
  /** How much of what is in the topics its steps have worked off, of a hundred, to a tenth, rounded down. */
  readonly percentDone: number | null
  /** Offsets that steps have not worked off, summed over their groups. */
  readonly lag: number | null
  /** Of the edition, as this machine's account has it; null without a budget. */
  readonly spentUsd: number | null
  readonly budgetUsd: number | null
  readonly workers: readonly ActiveWorker[]
}

const NANO = 1e9

/** Looks at the edition now. What cannot be told is told as a problem. */
export async function pipelineStatus(config: Config): Promise<PipelineStatus> {
  const { pipeline, edition, budgetUsd } = config
  const known = { pipeline, edition, budgetUsd, spentUsd: await spentUsd(config) }
  const nothing = { problem: null, percentDone: null, lag: null, workers: [] }
  try {
    const addresses = await runningAddresses(config)
    if (addresses === null) throw new Error('the local stack does not run')
    const client = await KafkaClient.connect(addresses.kafka, silentLog)
    try {
      const seen = await lookAt(config, client, addresses.registry)
      return { ...known, ...nothing, ...seen }
    } finally {
      await client.close()
    }
  } catch (error) {
    return { ...known, ...nothing, state: 'unknown', problem: messageOf(error) }
  }
}

type Seen = Pick<PipelineStatus, 'state'> & Partial<PipelineStatus>

async function lookAt(config: Config, client: KafkaClient, registry: RegistryAddress): Promise<Seen> {
  const own = editionTopics(config, null)
  const topics = await client.listTopics()
  if (!topics.includes(own('editions'))) return { state: 'never run' }
  const codec = createCodec(lookUpRegistry(registry), { extra: ownTopics(config) })
  const source = { client, reader: new TopicReader(client), codec, unreadable: new UnreadableRecords() }
  const recorded = await findEdition(source, own('editions'))
  const base = recorded === null ? null : baseOf(recorded)
  const fullName = editionTopics(config, base)
  const shared = sharedTopics(base)
  const steps = topology(config).filter(({ outputs }) => !outputs.some((topic) => shared.has(topic)))
  const observer = new ClusterObserver(client)
  const extents = await observer.extents(topicsOf(config).map(fullName))
  const lags = await readLags({ config, fullName }, observer, steps.map(readerOf), extents)
  const lag = lags.reduce((sum, one) => sum + totalLag(one), 0)
  const offsets = lags
    .flatMap((one) => one.topics.flatMap(({ topic }) => extents.get(fullName(topic)) ?? []))
    .reduce((sum, { first, end }) => sum + end - first, 0)
  const workers = await activeWorkers(config, observer, steps)
  return {
    state: workers.length > 0 ? 'working' : 'idle',
    percentDone: offsets === 0 ? 100 : Math.floor((1_000 * (offsets - lag)) / offsets) / 10,
    lag,
    workers,
  }
}

async function activeWorkers(
  config: Config,
  observer: ClusterObserver,
  steps: readonly AnyProcessor[],
): Promise<ActiveWorker[]> {
  const titles = new Map(steps.map(({ step, title = step }) => [groupName(config, step), title]))
  const workers = new Map<string, { host: string; pid: number; startedAt: number; steps: string[] }>()
  for (const { groupId, workers: members } of await observer.members([...titles.keys()])) {
    for (const { slot, host, pid, startedAt } of members) {
      const known = workers.get(slot) ?? { host, pid, startedAt, steps: [] }
      workers.set(slot, known)
      known.steps.push(titles.get(groupId) ?? groupId)
    }
  }
  return [...workers]
    .map(([slot, { host, pid, startedAt, steps: its }]) => {
      return { slot, host, pid, since: new Date(startedAt).toISOString(), steps: its }
    })
    .sort((a, b) => (a.slot < b.slot ? -1 : 1))
}

async function spentUsd(config: Config): Promise<number | null> {
  if (config.budgetUsd === null) return null
  const path = budgetPath(config)
  if (!existsSync(path)) return 0
  const store = await BudgetStore.open(path)
  try {
    return store.spending().spent / NANO
  } finally {
    store.close()
  }
}
