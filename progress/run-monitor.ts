/**
 * Watches a run from within its worker: the worker's own counters, which cost nothing to look at, and how far the
 * groups are behind, for which the cluster is asked now and then.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import { type EndpointActivity, troubleOf } from '../models/endpoint-activity.ts'
import type { EndpointWait } from '../models/endpoint-waits.ts'
import { totalSpent } from '../models/spent.ts'
import type { BesideWorker } from '../pipeline/run.ts'
import type { Session } from '../pipeline/session.ts'
import { TOPIC_OF_TIER, type TopicName } from '../schemas/topics.ts'
import type { DiskFault } from '../stack/disk-fault.ts'
import { ClusterObserver } from '../streams/transport/observer.ts'
import type { StepActivity } from '../streams/worker.ts'
import type { WorkerHealth } from '../streams/worker-health.ts'
import { readerOf, readLags, totalLag } from './lags.ts'
import { project } from './projection.ts'
import { Rates } from './rates.ts'
import type { CostSnapshot, RunSnapshot, StepSnapshot } from './run-snapshot.ts'

/** What is looked at of a worker. */
export interface Watched {
  readonly slot: string
  activity(): StepActivity[]
  written(topic: TopicName): number
  waits(): EndpointWait[]
  endpoints(): EndpointActivity[]
  outOfRoom(): DiskFault | null
  health(): Pick<WorkerHealth, 'kafkaAway' | 'registryAway'>
}

const NANO = 1e9

/** A run that is watched. */
export class RunMonitor {
  readonly #session: Session
  readonly #worker: Watched
  readonly #around: BesideWorker
  readonly #observer: ClusterObserver
  readonly #rates = new Rates()
  readonly #began = performance.now()
  /** How far each step was behind, and what this worker had done of it by then. */
  #lags = new Map<string, { readonly offsets: number; readonly doneBefore: number }>()
  #unheard: string | null = null

  constructor(session: Session, worker: Watched, around: BesideWorker) {
    this.#session = session
    this.#worker = worker
    this.#around = around
    this.#observer = new ClusterObserver(session.client)
  }

  /** Asks again and again how far the groups are, until the signal. @param everyMs how long it rests in between */
  async follow(everyMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look()
      await sleep(everyMs, undefined, { signal }).catch(() => {})
    }
  }

  /** Asks how far the groups are. What goes wrong is a trouble to be shown, and ends nothing. */
  async look(): Promise<void> {
    // That it is away is told; nothing is gained by knocking.
    if (this.#worker.health().kafkaAway !== null) return
    const { fullName } = this.#session
    const activity = this.#worker.activity()
    const readers = activity.map(({ processor }) => readerOf(processor))
    const doneBefore = new Map(activity.map(({ processor, done }) => [processor.step, done]))
    try {
      const extents = await this.#observer.extents([
        ...new Set(readers.flatMap(({ inputs }) => inputs.map(fullName))),
      ])
      const lags = await readLags(this.#session, this.#observer, readers, extents)
      this.#lags = new Map(
        lags.map((lag) => [lag.step, { offsets: totalLag(lag), doneBefore: doneBefore.get(lag.step) ?? 0 }]),
      )
      this.#unheard = null
    } catch (error) {
      this.#unheard = messageOf(error)
    }
  }

  /** The run now. */
  snapshot(): RunSnapshot {
    const { config } = this.#session
    const activity = this.#worker.activity()
    const now = performance.now()
    this.#rates.note(now, new Map(activity.map(({ processor, spent }) => [processor.step, spent.calls])))
    const steps = activity.map((one) => this.#stepOf(one))
    const cost = this.#costOf(steps)
    return {
      pipeline: config.pipeline,
      edition: config.edition,
      worker: this.#worker.slot,
      elapsedMs: now - this.#began,
      steps,
      cost,
      projected: project(steps, config.samplers.length, cost.nanoUsd, this.#decided()),
      troubles: this.#troubles(activity),
    }
  }

  #stepOf({ processor, done, working, deadLetters, spent, density }: StepActivity): StepSnapshot {
    const { step, title = step } = processor
    return {
      step,
      title,
      done,
      inFlight: working,
      waiting: this.#waitingOf(step, { done, working, density }),
      errors: deadLetters,
      callsPerSecond: this.#rates.of(step),
      spent: { ...spent },
    }
  }

  /** What was left when the cluster was last asked, less what this worker has done since. */
  #waitingOf(
    step: string,
    { done, working, density }: Pick<StepActivity, 'done' | 'working' | 'density'>,
  ): number | null {
    const lag = this.#lags.get(step)
    if (lag === undefined) return null
    return Math.max(working, Math.round(lag.offsets * (density ?? 1)) - (done - lag.doneBefore))
  }

  #costOf(steps: readonly StepSnapshot[]): CostSnapshot {
    const { budgetUsd } = this.#session.config
    const own = totalSpent(steps.map(({ spent }) => spent))
    const known = this.#around.spending()
    return {
      nanoUsd: known === null ? own.nanoUsd : known.spent,
      of: known === null ? 'worker' : 'edition',
      limitNanoUsd: budgetUsd === null ? null : Math.round(budgetUsd * NANO),
      unpriced: own.unpriced,
    }
  }

  #decided(): number {
    return Object.values(TOPIC_OF_TIER).reduce((sum, topic) => sum + this.#worker.written(topic), 0)
  }

  #troubles(activity: readonly StepActivity[]): string[] {
    const halted = new Map(
      activity.flatMap(({ halted: one }) => (one === null ? [] : [[one.code, one.message]])),
    )
    const waited = this.#worker.waits()
    const waits = waited.map(({ endpoint, reason, until, failures }) => {
      const seconds = Math.max(1, Math.ceil((until - performance.now()) / 1_000))
      return `endpoint ${endpoint} waits ${seconds} s after ${failures} failures: ${reason}`
    })
    const crowded = this.#worker
      .endpoints()
      .filter(({ endpoint }) => waited.every((wait) => wait.endpoint !== endpoint))
      .flatMap((endpoint) => troubleOf(endpoint) ?? [])
    const away = this.#around.sink()?.away ?? null
    const full = this.#worker.outOfRoom()
    const { kafkaAway, registryAway } = this.#worker.health()
    return [
      ...(kafkaAway === null ? [] : [`Kafka is away, and waited for: ${kafkaAway.reason}`]),
      ...(registryAway === null ? [] : [`records wait for the schema registry: ${registryAway.reason}`]),
      ...(full === null ? [] : [`${full.message}: nothing is asked until there is room`]),
      ...halted.values(),
      ...waits,
      ...crowded,
      ...(away === null ? [] : [`analytics wait: ${away}`]),
      ...(this.#unheard === null || kafkaAway !== null
        ? []
        : [`Kafka does not tell how far the groups are: ${this.#unheard}`]),
    ]
  }
}
