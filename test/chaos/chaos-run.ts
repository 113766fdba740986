/** A pipeline on recorded questions, with several workers, whose parts a schedule of faults is let loose on. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT } from '../../cli/exit-codes.ts'
import { databaseOf } from '../../config/names.ts'
import type { WorkerTuning } from '../../streams/worker-tuning.ts'
import { type EndpointStats, resetStats, statsOf } from '../support/endpoint-stats.ts'
import { FaultyEndpoint } from '../support/faulty-endpoint.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import type { RecordedQuestion } from '../support/test-data.ts'
import { Workspace } from '../support/workspace.ts'
import type { ChaosStack } from './chaos-stack.ts'
import type { ChaosWorker, WorkerEnd } from './chaos-worker.ts'
import { type Connection, connectionsTo } from './connections.ts'
import { Crew } from './crew.ts'
import { type Case, type Judgement, judge } from './judge.ts'
import type { Blow, Kill, KillKind, KillOrder } from './kill-order.ts'

/** Calls at once for each worker there may be, high enough that a kill always finds enough of them in flight. */
const CALLS_A_WORKER = 128
/** Workers are given up sooner than usual: a fault must pass in seconds. A machine that is busy needs longer. */
export const SESSION_TIMEOUT_MS = Number(process.env.CHAOS_SESSION_MS ?? 6_000)
const TUNING: Partial<WorkerTuning> = { sessionTimeoutMs: SESSION_TIMEOUT_MS }

/** How long a moment of quiet may last, and how long the stream flows between two, ms. */
const HUSH_MS = 3_000
const FLOW_MS = 100
/** How long the gate takes at most to notice that somebody has left, ms. */
const LEAVE_MS = 500
const POLL_MS = 20
/** With every call made, and nothing published for so long, nothing more will be, ms. */
const IDLE_MS = 20_000
/** A pipeline that is not well again by then is ill, ms. */
const RECOVERY_LIMIT_MS = 300_000
/** What is left after the last fault is worked off by then, ms. */
const DRAIN_LIMIT_MS = 15 * 60_000
/** Calls a second, at least, while a moment for a kill is waited for, or a worker ends in good order. */
const HURRIED_PACE = 75
/** A kill whose moment has not come by then will not come, ms. */
const STRIKE_LIMIT_MS = 300_000

/** Everything is worked off: a fault finds nothing to disturb, and no worker can show that it is well. */
export class OutOfWork extends Error {}

/** What a run is made of. */
export interface ChaosRunSettings {
  /** The pipeline's name; one of its own for each run on a stack. */
  readonly pipeline: string
  readonly stack: ChaosStack
  /** Base URL of the endpoint that plays the models, whose counters are this run's alone. */
  readonly double: string
  readonly questions: readonly RecordedQuestion[]
  /** Workers kept up; default 3. */
  readonly workers?: number
  /** Calls to models it takes by itself, where that is known. */
  readonly expectedCalls?: number
  /** Safeguards to go without, comma-separated. */
  readonly negativeControl?: string
  /** Further keys of the configuration. */
  readonly config?: object
}

/** One pipeline with its own folder, so that no other one's journal answers it. Dispose of it. */
export class ChaosRun implements AsyncDisposable {
  readonly name: string
  readonly stack: ChaosStack
  /** What its workers ask: it passes on to the endpoint that plays the models, or does something worse. */
  readonly endpoint: FaultyEndpoint
  readonly crew: Crew
  readonly #settings: ChaosRunSettings
  readonly #workspace: Workspace
  #pace: number | null = null
  #isStriking = false
  /** Workers on their way to their end: a call they make must end within the grace they are given, as it usually would. */
  #ending = 0

  private constructor(settings: ChaosRunSettings, endpoint: FaultyEndpoint) {
    const { pipeline, stack, workers = 3, negativeControl, config } = settings
    this.name = pipeline
    this.stack = stack
    this.endpoint = endpoint
    this.#settings = settings
    // A machine's calls are shared by those who work on it, a guest among them.
    const maxConcurrency = CALLS_A_WORKER * (workers + 1)
    this.#workspace = new Workspace({
      ...recordedPipeline({ pipeline, endpoint: endpoint.url, stack, maxConcurrency }),
      clickhouse: { url: stack.clickhouseUrl, passwordEnv: stack.clickhouseTokenEnv },
      ...config,
    })
    this.crew = new Crew({ folder: this.folder, tuning: TUNING, negativeControl }, workers, (ended) =>
      this.#hurryUntil(ended),
    )
  }

  static async open(settings: ChaosRunSettings): Promise<ChaosRun> {
    return new ChaosRun(settings, await FaultyEndpoint.open(settings.double))
  }

  /** The pipeline's folder. */
  get folder(): string {
    return this.#workspace.folder
  }

  /** The path of its configuration. */
  get config(): string {
    return join(this.folder, 'ninefold.yaml')
  }

  /** Where its workers keep journal and stores. */
  get dataDir(): string {
    return join(this.folder, '.ninefold')
  }

  /** How long a worker may stand still before the others do its work, ms. */
  get sessionTimeoutMs(): number {
    return SESSION_TIMEOUT_MS
  }

  /** What its workers said. */
  get said(): string {
    return readFileSync(join(this.folder, 'workers.log'), 'utf8')
  }

  /** The kills so far, as the workers wrote them down. */
  get kills(): Kill[] {
    if (!existsSync(this.#killLog)) return []
    const lines = readFileSync(this.#killLog, 'utf8').split('\n')
    // What follows the last line's end is being written at this moment.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Kill)
  }

  /** Requests that were passed on to the models. */
  get calls(): number {
    return this.endpoint.gate.forwarded
  }

  /** What the endpoint that plays the models has seen of this run. */
  get stats(): Promise<EndpointStats> {
    return statsOf(this.#settings.double)
  }

  /** Records published so far, by all workers together. */
  progress(): number {
    return this.crew.published
  }

  /** Rows in the pipeline's tables, as ClickHouse tells. */
  async rows(): Promise<number> {
    const database = databaseOf(this.name)
    const query = `SELECT sum(total_rows) FROM system.tables WHERE database = '${database}'`
    const headers = { 'X-ClickHouse-Key': this.stack.clickhouseToken }
    const answer = await fetch(this.stack.clickhouseUrl, { method: 'POST', body: query, headers })
    return Number(await answer.text())
  }

  /** Forgets what the models were asked before, and loads the questions. */
  async load(): Promise<void> {
    await resetStats(this.#settings.double)
    const file = this.#workspace.writeLines('questions.jsonl', this.#settings.questions)
    // The batch is a part of what is compared; by itself it would hold the time.
    await this.#workspace.succeed('load', '--source', 'recorded', '--batch', 'recorded', file)
  }

  /** Runs a command of `ninefold` in the pipeline's folder that must succeed. @returns what it said on stdout. */
  async command(...args: string[]): Promise<string> {
    return (await this.#workspace.succeed(...args)).stdout
  }

  /** Lets no more than so many calls a second through to the models; null: as many as come. */
  pace(callsASecond: number | null): void {
    if (callsASecond === this.#pace) return
    this.#pace = callsASecond
    this.#applyPace()
  }

  /**
   * Until the pipeline is well: as many workers run as should, and each of them has published records since.
   * @param since a moment as `performance.now()` tells time; now where left out
   * @returns seconds from then on.
   * @throws {OutOfWork} when there is nothing left to publish.
   * @throws when it does not become well.
   */
  async recovered(since = performance.now()): Promise<number> {
    const isWell = () => {
      this.#mustHaveWork(since)
      const { kept, size } = this.crew
      return (
        kept.length === size &&
        kept.every(({ lastCommitAt, hasEnded }) => !hasEnded && (lastCommitAt ?? 0) > since)
      )
    }
    await this.until(isWell, 'the pipeline did not become well again', RECOVERY_LIMIT_MS)
    return (performance.now() - since) / 1_000
  }

  /** Waits for a condition. @throws with these words, and the end of what the workers said, when it does not come. */
  async until(
    condition: () => boolean | Promise<boolean>,
    otherwise: string,
    limitMs: number,
  ): Promise<void> {
    const deadline = performance.now() + limitMs
    while (!(await condition())) {
      if (performance.now() > deadline)
        throw new Error(
          `${otherwise} within ${limitMs / 1_000} s; the workers said:\n${lastLines(this.said)}`,
        )
      await sleep(POLL_MS)
    }
  }

  /**
   * Has a worker send itself a signal, at a moment of this kind that counts: many calls in flight, results uncommitted,
   * and no answer on its way. What it has asked and not heard of is not asked any more.
   * @returns the moment. @throws when none comes.
   */
  async strike(worker: ChaosWorker, kind: KillKind, signal: Blow = 'SIGKILL'): Promise<Kill> {
    const order = { kind, signal, victim: null, afterMs: 0, whenQuiet: true }
    let isReady = false
    void worker.says('ready').then(() => {
      isReady = true
    })
    return this.#strike(worker, order, (hasStruck) =>
      isReady ? this.#hush(worker, hasStruck) : sleep(POLL_MS),
    )
  }

  /**
   * Has a worker kill another process, at a moment of this kind in its own work.
   * @param afterMs how long after an insert has begun
   * @returns the moment. @throws when none comes.
   */
  async strikeAt(worker: ChaosWorker, victim: number, kind: KillOrder['kind'], afterMs = 0): Promise<Kill> {
    const order = { kind, signal: 'SIGKILL', victim, afterMs, whenQuiet: false } as const
    return this.#strike(worker, order, () => sleep(POLL_MS))
  }

  async #strike(
    worker: ChaosWorker,
    order: Omit<KillOrder, 'endpointPort' | 'log'>,
    whileWaiting: (hasStruck: () => boolean) => Promise<void>,
  ): Promise<Kill> {
    const before = this.kills.length
    const hasStruck = () => this.kills.length > before
    const endpointPort = this.#endpointPort
    // A moment that counts needs answers to come.
    this.#isStriking = true
    this.#applyPace()
    worker.tell({ order: { ...order, endpointPort, log: this.#killLog } })
    const since = performance.now()
    const deadline = since + STRIKE_LIMIT_MS
    while (!hasStruck()) {
      this.#mustHaveWork(since)
      if (worker.hasEnded) throw new Error(`a worker ended before it could strike (${order.kind})`)
      if (performance.now() > deadline)
        throw new Error(`no moment (${order.kind}) came; the workers said:\n${lastLines(this.said)}`)
      await whileWaiting(hasStruck)
    }
    this.#isStriking = false
    this.#applyPace()
    return this.kills.at(-1)!
  }

  /**
   * Does something to the endpoint at a moment when no answer is on its way, so that none is lost by it: what was paid
   * for is known.
   */
  async quietly(action: () => Promise<void> | void): Promise<void> {
    const { gate } = this.endpoint
    await new Promise<void>((resolve) => gate.hush(resolve))
    const isRead = () =>
      this.crew.members.every(({ pid }) => this.#connections(pid).every((c) => c.unread === 0))
    try {
      await this.until(isRead, 'a worker did not read its answers', RECOVERY_LIMIT_MS)
      await action()
    } finally {
      gate.reopen()
    }
  }

  /** Works off what is left, all workers together, and ends them. @returns how the one ended that saw it drained. */
  async drain(): Promise<WorkerEnd> {
    this.pace(null)
    const last = this.crew.join({ untilDrained: true })
    await this.until(() => last.hasEnded, 'the rest was not worked off', DRAIN_LIMIT_MS)
    await this.crew.stop()
    return last.ended
  }

  /** Exports the records and has everything judged: topics, tables, files. */
  async judged(comparison: Pick<Case, 'reference' | 'save' | 'leaves'> = {}): Promise<Judgement> {
    const folder = join(this.folder, 'export')
    const { code, stderr } = await this.#workspace.run('export', '--out', folder)
    const exported = code === EXIT.clean || code === EXIT.leftover ? folder : undefined
    const { clickhouseUrl, clickhouseToken } = this.stack
    const found = await judge({
      ...comparison,
      stack: this.stack,
      pipeline: this.name,
      clickhouseUrl,
      clickhouseToken,
      exported,
    })
    if (exported !== undefined) return found
    return { ...found, findings: [...found.findings, `the export ended with ${code}: ${stderr}`] }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crew.kill()
    await this.endpoint.close()
    this.#workspace[Symbol.dispose]()
  }

  /** @throws {OutOfWork} when every call was made, and nothing was published for long, in this time. */
  #mustHaveWork(since: number): void {
    if (this.calls < (this.#settings.expectedCalls ?? Number.POSITIVE_INFINITY)) return
    const publishedAt = this.crew.kept.map(({ lastCommitAt }) => lastCommitAt ?? 0)
    if (performance.now() - Math.max(since, ...publishedAt) > IDLE_MS)
      throw new OutOfWork(`all ${this.calls} calls were made before a fault was over`)
  }

  /** Where workers write down how they killed themselves. */
  get #killLog(): string {
    return join(this.folder, 'kills.jsonl')
  }

  #hurryUntil(ended: Promise<unknown>): void {
    this.#ending++
    this.#applyPace()
    void ended.then(() => {
      this.#ending--
      this.#applyPace()
    })
  }

  #applyPace(): void {
    const least = this.#isStriking || this.#ending > 0 ? HURRIED_PACE : 0
    this.endpoint.gate.pace(this.#pace === null ? null : Math.max(this.#pace, least))
  }

  get #endpointPort(): number {
    return Number(new URL(this.endpoint.url).port)
  }

  /** A worker's connections to the endpoint. */
  #connections(pid: number): Connection[] {
    return connectionsTo(this.#endpointPort, pid) ?? []
  }

  /** Tells a worker that it is quiet no longer, and waits until it has heard of it, or has struck before. */
  async #endQuiet(worker: ChaosWorker, hasStruck: () => boolean): Promise<void> {
    let hasHeard = false
    void worker.says('heard').then(() => {
      hasHeard = true
    })
    worker.tell({ quiet: false })
    while (!hasHeard && !hasStruck()) await sleep(POLL_MS)
  }

  /** One moment of quiet for a worker that is to strike, as soon as it is ready for it. */
  async #hush(worker: ChaosWorker, hasStruck: () => boolean): Promise<void> {
    const flow = sleep(FLOW_MS)
    let isOver = false
    this.endpoint.gate.hush(() => {
      if (!isOver) worker.tell({ quiet: true })
    })
    const until = performance.now() + HUSH_MS
    while (!hasStruck() && !worker.hasEnded && performance.now() < until) await sleep(POLL_MS)
    isOver = true
    // A moment that has passed unused is over only when the worker knows it: answers come again then.
    if (!hasStruck()) await this.#endQuiet(worker, hasStruck)
    if (hasStruck()) {
      const own = this.#connections(worker.pid).map(({ localPort }) => localPort)
      this.endpoint.gate.drop(new Set(own))
      // What a killed worker has asked and the gate still holds must not reach the endpoint any more.
      await sleep(LEAVE_MS)
      worker.tell({ quiet: false })
    }
    this.endpoint.gate.reopen()
    await flow
  }
}

/** The end of a long text. */
function lastLines(text: string, lines = 30): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}
