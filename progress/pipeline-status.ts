/** A pipeline's edition as it stands, without starting, making or changing anything. */
import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { messageOf } from '../errors.ts'
import { countLetters, type LetterCounts } from '../letters/letter-counts.ts'
import { listLetters } from '../letters/letter-list.ts'
import { letterSourceOf } from '../letters/source.ts'
import { BudgetStore, budgetPath, type Spending } from '../models/budget-store.ts'
import { sumOf } from '../models/purses.ts'
import { runningAddresses } from '../pipeline/addresses.ts'
import { readBudgetState } from '../pipeline/budget-log.ts'
import { baseOf, findEdition } from '../pipeline/editions.ts'
import { ownTopics, topicsOf } from '../plugins/topics.ts'
import { topology } from '../processors/topology.ts'
import { createCodec } from '../schemas/codec.ts'
import { lookUpRegistry } from '../schemas/registry.ts'
import type { RegistryAddress } from '../schemas/registry-http.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { BudgetEvent } from '../schemas/types.ts'
import { editionTopics, sharedTopics } from '../streams/edition-topics.ts'
import { silentLog } from '../streams/log.ts'
import type { AnyProcessor } from '../streams/processor.ts'
import { KafkaClient } from '../streams/transport/client.ts'
import { ClusterObserver } from '../streams/transport/observer.ts'
import { TopicReader } from '../streams/transport/reader.ts'
import { UnreadableRecords } from '../streams/unreadable.ts'
import { type ControlShare, type ControlSource, ControlWatch } from './judge-controls.ts'
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
  readonly deadLetters: LetterCounts | null
  /** Of the edition, as this machine's account has it; null without a budget. */
  readonly spentUsd: number | null
  readonly budgetUsd: number | null
  /** The roles that have limits of their own. */
  readonly roleBudgets: readonly RoleBudget[]
  /** The last that was decided about limits, by a person or by what was spent; null when nothing was, or is known. */
  readonly lastBudgetEvent: BudgetNews | null
  readonly workers: readonly ActiveWorker[]
  /** How the judge did on its last controls; empty where it is not controlled, or nothing is known. */
  readonly judgeControls: readonly ControlShare[]
}

/** What a role has spent, as this machine's account has it, and may. */
export interface RoleBudget {
  readonly role: string
  readonly spentUsd: number
  readonly budgetUsd: number
}

/** A limit that was set, changed or reached. */
export interface BudgetNews {
  readonly kind: string
  /** null = the edition's, or a run's. */
  readonly role: string | null
  readonly limitUsd: number | null
  readonly spentUsd: number | null
  readonly slot: string | null
  readonly host: string
  /** ISO 8601, UTC. */
  readonly at: string
}

const NANO = 1e9

/** Looks at the edition now. What cannot be told is told as a problem. */
export async function pipelineStatus(config: Config): Promise<PipelineStatus> {
  const { pipeline, edition, budgetUsd } = config
  const known = { pipeline, edition, budgetUsd, ...(await spendingOf(config)) }
  const nothing = {
    problem: null,
    percentDone: null,
    lag: null,
    deadLetters: null,
    lastBudgetEvent: null,
    workers: [],
    judgeControls: [],
  }
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
  // A topic that an older version did not have is made at the next run.
  const there = topicsOf(config)
    .map(fullName)
    .filter((topic) => topics.includes(topic))
  const extents = await observer.extents(there)
  const lags = await readLags({ config, fullName }, observer, steps.map(readerOf), extents)
  const lag = lags.reduce((sum, one) => sum + totalLag(one), 0)
  const offsets = lags
    .flatMap((one) => one.topics.flatMap(({ topic }) => extents.get(fullName(topic)) ?? []))
    .reduce((sum, { first, end }) => sum + end - first, 0)
  const workers = await activeWorkers(config, observer, steps)
  const isTold = there.includes(fullName('budget-events'))
  return {
    lastBudgetEvent: isTold ? newsOf((await readBudgetState({ ...source, fullName })).last) : null,
    state: workers.length > 0 ? 'working' : 'idle',
    deadLetters: countLetters(await listLetters(letterSourceOf({ ...source, config, base, fullName }))),
    percentDone: offsets === 0 ? 100 : Math.floor((1_000 * (offsets - lag)) / offsets) / 10,
    lag,
    workers,
    judgeControls: await controlsOf({ ...source, config, fullName }, there),
  }
}

async function controlsOf(source: ControlSource, there: readonly string[]): Promise<readonly ControlShare[]> {
  if (source.config.controls === null || !there.includes(source.fullName('controls'))) return []
  const watch = new ControlWatch(source)
  await watch.look()
  return watch.shares
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

function newsOf(event: BudgetEvent | null): BudgetNews | null {
  if (event === null) return null
  const { kind, role, limitNanoUsd, spentNanoUsd, slot, host, at } = event
  const usd = (nano: number | null) => (nano === null ? null : nano / NANO)
  const [limitUsd, spentUsd] = [usd(limitNanoUsd), usd(spentNanoUsd)]
  return { kind, role, limitUsd, spentUsd, slot, host, at: new Date(at).toISOString() }
}

async function spendingOf(config: Config): Promise<Pick<PipelineStatus, 'spentUsd' | 'roleBudgets'>> {
  const path = budgetPath(config)
  const store = existsSync(path) ? await BudgetStore.open(path) : null
  try {
    const spent = store?.spendings() ?? new Map<string, Spending>()
    return {
      spentUsd: config.budgetUsd === null ? null : sumOf(spent.values()).spent / NANO,
      roleBudgets: Object.entries(config.roleBudgetsUsd).map(([role, budgetUsd]) => {
        return { role, spentUsd: (spent.get(role)?.spent ?? 0) / NANO, budgetUsd }
      }),
    }
  } finally {
    store?.close()
  }
}
