/** The workers of a run, kept up as a supervisor would: one that has died is started again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT } from '../../cli/exit-codes.ts'
import { ChaosWorker, type ChaosWorkerOptions, type WorkerEnd } from './chaos-worker.ts'

/** How soon a worker that ended is started again, ms; an ending right after the start waits longer. */
const RESTART_MS = 50
const RESTART_AFTER_FAILURE_MS = 1_000
const SHORT_LIFE_MS = 5_000

/** What differs from worker to worker. */
export type WorkerDifferences = Pick<ChaosWorkerOptions, 'preloads' | 'env' | 'untilDrained'>

/** The workers of one run. */
export class Crew {
  readonly #options: ChaosWorkerOptions
  readonly #members = new Set<ChaosWorker>()
  readonly #kept = new Set<ChaosWorker>()
  readonly #endings: WorkerEnd[] = []
  readonly size: number
  readonly #onEnding: (ended: Promise<WorkerEnd>) => void
  #published = 0
  #isUp = false

  /**
   * @param size how many workers are kept up
   * @param onEnding told when one is on its way to its end in good order
   */
  constructor(options: ChaosWorkerOptions, size: number, onEnding: (ended: Promise<WorkerEnd>) => void) {
    this.#options = options
    this.size = size
    this.#onEnding = onEnding
  }

  /** The workers that run, those on their way to their end included. */
  get members(): readonly ChaosWorker[] {
    return [...this.#members]
  }

  /** Those of them that would be started again. */
  get kept(): readonly ChaosWorker[] {
    return [...this.#kept]
  }

  /** Records published by all workers so far. */
  get published(): number {
    return this.#published
  }

  /** How workers ended by themselves that should have gone on. */
  get endings(): readonly WorkerEnd[] {
    return this.#endings
  }

  /** Keeps so many workers up from now on. */
  keepUp(): void {
    this.#isUp = true
    while (this.#kept.size < this.size) this.#keep()
  }

  /** Starts one more worker, which is not started again when it ends. */
  join(differences: WorkerDifferences = {}): ChaosWorker {
    const worker = new ChaosWorker({
      ...this.#options,
      ...differences,
      onCommitted: (records) => {
        this.#published += records
      },
    })
    this.#members.add(worker)
    void worker.ended.then(() => this.#members.delete(worker))
    return worker
  }

  /** Takes a worker's place for another one: it ends by SIGTERM, and one with these differences is kept instead. */
  async replace(worker: ChaosWorker, differences: WorkerDifferences): Promise<ChaosWorker> {
    const isKept = this.#kept.delete(worker)
    await this.end(worker)
    return isKept ? this.#keep(differences) : this.join(differences)
  }

  /** Ends a worker by SIGTERM, for good. */
  async dismiss(worker: ChaosWorker): Promise<WorkerEnd> {
    this.#kept.delete(worker)
    return this.end(worker)
  }

  /** Ends a worker by SIGTERM; if it is kept, another one is started in its place. */
  end(worker: ChaosWorker): Promise<WorkerEnd> {
    worker.kill('SIGTERM')
    this.#onEnding(worker.ended)
    return worker.ended
  }

  /** Ends all workers by SIGTERM. */
  async stop(): Promise<WorkerEnd[]> {
    this.#isUp = false
    return Promise.all(this.members.map((worker) => this.dismiss(worker)))
  }

  /** Ends all workers at once. */
  async kill(): Promise<void> {
    this.#isUp = false
    for (const worker of this.#members) worker.kill('SIGKILL')
    await Promise.all(this.members.map(({ ended }) => ended))
  }

  #keep(differences: WorkerDifferences = {}): ChaosWorker {
    const worker = this.join(differences)
    this.#kept.add(worker)
    void worker.ended.then((end) => this.#startAgain(worker, end))
    return worker
  }

  async #startAgain(worker: ChaosWorker, end: WorkerEnd): Promise<void> {
    if (!this.#kept.delete(worker) || !this.#isUp) return
    if (end.signal === null && end.code !== EXIT.interrupted) this.#endings.push(end)
    const lived = performance.now() - worker.startedAt
    await sleep(end.signal === null && lived < SHORT_LIFE_MS ? RESTART_AFTER_FAILURE_MS : RESTART_MS)
    if (this.#isUp && this.#kept.size < this.size) this.#keep()
  }
}
