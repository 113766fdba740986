/**
 * The monitor of one run: serves `/metrics`, `/healthz` and `/readyz` from the run's first moment to its last.
 *
 * Nothing is watched where nobody asked for a monitor, and this file and prom-client are loaded only then. What is told
 * comes from counters that the worker keeps anyway, and from its word of calls that ended and commits.
 */
import { codeVersion } from '../config/code-version.ts'
import type { MonitorAddress } from '../config/types.ts'
import type { BesideWorker } from '../pipeline/run.ts'
import type { Session } from '../pipeline/session.ts'
import { readerOf, readLags } from '../progress/lags.ts'
import { sinkReader } from '../progress/topics.ts'
import { isLoopback } from '../stack/request-host.ts'
import { ClusterObserver } from '../streams/transport/observer.ts'
import type { WorkerOptions } from '../streams/worker-options.ts'
import { type Phase, type Verdict, verdictOn } from './health.ts'
import { LagReader } from './lag-reader.ts'
import { processMetrics, watchProcess } from './process-metrics.ts'
import { healthOf, type ReadWorker, readingOf } from './reading.ts'
import { type MonitorServer, type Page, startMonitorServer } from './server.ts'
import { WorkerMetrics } from './worker-metrics.ts'

interface Attached {
  readonly worker: ReadWorker
  readonly beside: BesideWorker
}

/** Serves until it is disposed of. */
export class Monitor implements AsyncDisposable {
  readonly #session: Session
  readonly #metrics: WorkerMetrics
  readonly #lags: LagReader
  readonly #version = codeVersion()
  #server: MonitorServer | null = null
  #attached: Attached | null = null
  #phase: Phase = 'starting'
  /** Asked for by several at once, it is made once. */
  #making: Promise<Page> | null = null

  private constructor(session: Session) {
    this.#session = session
    this.#metrics = new WorkerMetrics(session.config)
    const observer = new ClusterObserver(session.client)
    this.#lags = new LagReader(() => this.#readLags(observer))
  }

  /**
   * Listens.
   * @param say told where, and what somebody should know of it
   * @throws {NinefoldError} `NF_MONITOR_PORT`
   */
  static async start(
    session: Session,
    address: MonitorAddress,
    say: (line: string) => void,
  ): Promise<Monitor> {
    const monitor = new Monitor(session)
    watchProcess()
    const server = await startMonitorServer(address, {
      '/metrics': () => monitor.#metricsPage(),
      '/healthz': () => monitor.#healthPage(({ live }) => live),
      '/readyz': () => monitor.#healthPage(({ ready }) => ready),
    })
    monitor.#server = server
    if (server.taken !== null) say(`port ${server.taken} is taken, as by another worker of this machine`)
    say(`metrics: ${server.url}/metrics`)
    if (!isLoopback(address.host)) {
      say('metrics and health are open to the network at this address: there is no login, and no encryption')
    }
    return monitor
  }

  /** Where it listens, e.g. `http://127.0.0.1:9464`. */
  get url(): string {
    return this.#server!.url
  }

  /** What a worker is to tell from its beginning. */
  get ears(): Required<Pick<WorkerOptions, 'onCallEnded' | 'onCommitted'>> {
    return { onCallEnded: this.#metrics.callEnded, onCommitted: this.#metrics.committed }
  }

  /** The worker runs. */
  attach(worker: ReadWorker, beside: BesideWorker): void {
    this.#attached = { worker, beside }
    this.#phase = 'running'
  }

  /** The worker is being stopped. */
  stopping(): void {
    this.#phase = 'stopping'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.close()
  }

  #metricsPage(): Promise<Page> {
    this.#making ??= this.#makeMetrics().finally(() => {
      this.#making = null
    })
    return this.#making
  }

  async #makeMetrics(): Promise<Page> {
    const own = this.#attached === null ? '' : await this.#metrics.text(await this.#reading(this.#attached))
    const contentType = this.#metrics.contentType
    return { status: 200, contentType, body: `${own}${own === '' ? '' : '\n'}${await processMetrics()}` }
  }

  async #reading(attached: Attached) {
    const lags = await this.#lags.look()
    const { config } = this.#session
    return readingOf({ config, version: this.#version, ...attached, verdict: this.#verdict(), lags })
  }

  async #readLags(observer: ClusterObserver) {
    const { fullName } = this.#session
    const steps = this.#attached!.worker.activity().map(({ processor }) => readerOf(processor))
    const hasSink = this.#attached!.beside.sink() !== null
    const readers = hasSink ? [...steps, sinkReader(this.#session)] : steps
    const topics = new Set(readers.flatMap(({ inputs }) => inputs.map(fullName)))
    return readLags(this.#session, observer, readers, await observer.extents([...topics]))
  }

  #verdict(): Verdict {
    const health = this.#attached === null ? null : healthOf(this.#attached.worker)
    return verdictOn({ phase: this.#phase, health, troubles: this.#troubles() })
  }

  /** What hinders the work from outside, and goes on by itself when that is well again. */
  #troubles(): string[] {
    const { worker, beside } = this.#attached ?? {}
    const waits = worker?.waits() ?? []
    const away = beside?.sink()?.away ?? null
    return [
      ...waits.map(
        ({ endpoint, reason, failures }) => `endpoint ${endpoint}: ${failures} failures, ${reason}`,
      ),
      ...(away === null ? [] : [`analytics wait: ${away}`]),
    ]
  }

  #healthPage(isWell: (verdict: Verdict) => boolean): Page {
    const verdict = this.#verdict()
    const { pipeline, edition } = this.#session.config
    const worker = this.#attached?.worker
    const steps = (worker === undefined ? [] : healthOf(worker).groups).map(
      ({ step, member, partitions, heartbeatAgeMs, restarts, halted }) => {
        const heartbeatAgeSeconds = heartbeatAgeMs === null ? null : Math.round(heartbeatAgeMs) / 1_000
        return { step, member, partitions, heartbeatAgeSeconds, restarts, halted: halted?.code ?? null }
      },
    )
    const body = { ...verdict, pipeline, edition, worker: worker?.slot ?? null, steps }
    return {
      status: isWell(verdict) ? 200 : 503,
      contentType: 'application/json',
      body: `${JSON.stringify(body, null, 2)}\n`,
    }
  }
}
