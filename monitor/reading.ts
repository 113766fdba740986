/** What is read off a worker when somebody asks: all of it lies in memory, but for the journal's size on the disk. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import type { EndpointActivity } from '../models/endpoint-activity.ts'
import type { BesideWorker } from '../pipeline/run.ts'
import { topicsOf } from '../plugins/topics.ts'
import type { ControlShare } from '../progress/judge-controls.ts'
import type { GroupLag } from '../progress/lags.ts'
import type { StepActivity, Worker } from '../streams/worker.ts'
import type { WorkerHealth } from '../streams/worker-health.ts'
import type { Verdict } from './health.ts'
import type { MetricKey } from './metrics.ts'

/** One value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Values by metric; a metric that is left out has none, or is counted elsewhere. */
export type Reading = Readonly<Partial<Record<MetricKey, readonly Sample[]>>>

/** What is read of a worker. */
export type ReadWorker = Pick<
  Worker,
  'slot' | 'activity' | 'endpoints' | 'waits' | 'written' | 'journal' | 'health'
>

/** How far groups were behind, and when. */
export interface LagsRead {
  readonly lags: readonly GroupLag[]
  /** Milliseconds since 1970. */
  readonly at: number
  /** Whether that is so long ago that the numbers mean nothing any more. */
  readonly isOld: boolean
}

/** What the reading is made of. */
export interface ReadingSources {
  readonly config: Config
  readonly version: string
  readonly worker: ReadWorker
  readonly beside: BesideWorker
  readonly verdict: Verdict
  /** null before it was read. */
  readonly lags: LagsRead | null
}

const NANO = 1e9
const MS = 1_000

/** Reads. */
export function readingOf(sources: ReadingSources): Reading {
  const { config, worker, version, verdict } = sources
  return {
    info: [{ labels: { worker: worker.slot, version }, value: 1 }],
    ready: only(Number(verdict.ready)),
    ...stepsOf(worker),
    written: topicsOf(config).map((topic) => ({ labels: { topic }, value: worker.written(topic) })),
    ...endpointsOf(worker),
    ...journalOf(worker),
    ...lagsOf(sources.lags),
    ...besideOf(sources),
  }
}

function only(value: number): Sample[] {
  return [{ labels: {}, value }]
}

/** How the worker is, its steps by what people call them. */
export function healthOf(worker: Pick<ReadWorker, 'activity' | 'health'>): WorkerHealth {
  const titles = new Map(worker.activity().map(({ processor }) => [processor.step, titleOf(processor)]))
  const health = worker.health()
  const groups = health.groups.map((group) => ({ ...group, step: titles.get(group.step) ?? group.step }))
  return { ...health, groups }
}

function stepsOf(worker: ReadWorker): Reading {
  const activity = worker.activity()
  const eachStep = (measure: (one: StepActivity) => number): Sample[] =>
    activity.map((one) => ({ labels: { step: titleOf(one.processor) }, value: measure(one) }))
  const triage = activity.find(({ processor }) => processor.step === 'triage')
  return {
    inFlight: eachStep(({ working }) => working),
    processed: eachStep(({ done }) => done),
    deadLetters: activity.flatMap(({ processor, failures }) =>
      [...failures].map(([kind, value]) => ({ labels: { step: titleOf(processor), class: kind }, value })),
    ),
    halted: eachStep(({ halted }) => Number(halted !== null)),
    restarts: healthOf(worker).groups.map(({ step, restarts }) => ({ labels: { step }, value: restarts })),
    ...(triage === undefined ? {} : { waiting: only(triage.unsettled) }),
  }
}

function titleOf({ step, title = step }: StepActivity['processor']): string {
  return title
}

function endpointsOf(worker: ReadWorker): Reading {
  const waiting = new Set(worker.waits().map(({ endpoint }) => endpoint))
  const activity = worker.endpoints()
  const each = (measure: (one: EndpointActivity) => number): Sample[] =>
    activity.map((one) => ({ labels: { endpoint: one.endpoint }, value: measure(one) }))
  return {
    endpointInFlight: each(({ inFlight }) => inFlight),
    endpointLimit: each(({ limit }) => limit),
    endpointMost: each(({ most }) => most),
    endpointPaused: each(({ pausedMs }) => pausedMs / MS),
    endpointWaiting: each(({ endpoint }) => Number(waiting.has(endpoint))),
  }
}

function journalOf({ journal }: ReadWorker): Reading {
  return {
    journalEntries: only(journal.entries),
    journalUnpublished: only(journal.unpublished),
    journalBytes: only(bytesIn(journal.folder)),
  }
}

/** The database, and what SQLite keeps beside it: files that come and go. */
function bytesIn(folder: string): number {
  const sizes = readdirSync(folder).map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function lagsOf(read: LagsRead | null): Reading {
  if (read === null) return {}
  const samples = read.lags.flatMap(({ title, topics }) =>
    topics.map(({ topic, lag }) => ({ labels: { step: title, topic }, value: lag })),
  )
  return { lagRead: only(read.at / MS), ...(read.isOld ? {} : { lag: samples }) }
}

function besideOf({ config, beside }: ReadingSources): Reading {
  const sink = beside.sink()
  return {
    ...budgetOf(config, beside),
    ...controlsOf(beside),
    ...(sink === null
      ? { sinkRows: [] }
      : { sinkUp: only(Number(sink.away === null)), sinkRows: only(sink.written) }),
  }
}

function controlsOf(beside: BesideWorker): Reading {
  const each = (measure: (share: ControlShare) => number): Sample[] =>
    beside.controls().map((share) => {
      const { verifier, expected } = share
      return { labels: { verifier, expected }, value: measure(share) }
    })
  return {
    controlsShown: each(({ shown }) => shown),
    controlsRight: each(({ shown, right }) => right / shown),
    controlsAlarm: each(({ alarm }) => Number(alarm)),
  }
}

/** The edition's limit, and those of single roles. */
function budgetOf({ budgetUsd, roleBudgetsUsd }: Config, beside: BesideWorker): Reading {
  const limits = [
    ...(budgetUsd === null ? [] : [{ name: 'edition', usd: budgetUsd, spending: beside.spending() }]),
    ...Object.entries(roleBudgetsUsd).map(([role, usd]) => ({
      name: role,
      usd,
      spending: beside.spending(role),
    })),
  ]
  const each = (measure: (limit: (typeof limits)[number]) => number): Sample[] =>
    limits.map((limit) => ({ labels: { limit: limit.name }, value: measure(limit) }))
  return {
    budgetSpent: each(({ spending }) => (spending?.spent ?? 0) / NANO),
    budgetReserved: each(({ spending }) => (spending?.reserved ?? 0) / NANO),
    budgetLimit: each(({ usd }) => usd),
  }
}
