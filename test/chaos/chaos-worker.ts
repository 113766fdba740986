/** A worker as a process of its own, which tells what it commits and may have to kill itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerTuning } from '../../streams/worker-tuning.ts'
import { type FromWorker, type ToWorker, TUNING } from './kill-order.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const AGENT = new URL('./worker-agent.ts', import.meta.url).href
/** As the installed command has it: half of the time it takes to begin. */
const COMPILE_CACHE = join(tmpdir(), 'node-compile-cache')
const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** How a worker ended. */
export interface WorkerEnd {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** How to start one. */
export interface ChaosWorkerOptions {
  /** The folder of `ninefold.yaml`; what the worker says goes into `workers.log` there. */
  readonly folder: string
  readonly untilDrained?: boolean
  /** Safeguards to go without, comma-separated. */
  readonly negativeControl?: string
  readonly tuning?: Partial<WorkerTuning>
  /** Modules to load before anything else, as URLs: what changes the world inside this worker. */
  readonly preloads?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Told of every transaction with records. */
  readonly onCommitted?: (records: number) => void
}

/** A worker under way. */
export class ChaosWorker {
  readonly #child: ChildProcess
  readonly #listeners = new Set<(message: FromWorker) => void>()
  readonly startedAt = performance.now()
  readonly ended: Promise<WorkerEnd>
  #hasEnded = false
  #published = 0
  #lastCommitAt: number | null = null

  constructor(options: ChaosWorkerOptions) {
    const { folder, untilDrained = false, negativeControl = '', tuning = {}, preloads = [], env } = options
    const imports = [AGENT, ...preloads].flatMap((url) => ['--import', url])
    const log = openSync(join(folder, 'workers.log'), 'a')
    this.#child = spawn(
      process.execPath,
      [...imports, MAIN, 'run', ...(untilDrained ? ['--until-drained'] : [])],
      {
        cwd: folder,
        env: {
          NODE_COMPILE_CACHE: COMPILE_CACHE,
          ...process.env,
          [TUNING]: JSON.stringify(tuning),
          NINEFOLD_NEGATIVE_CONTROL: negativeControl,
          ...env,
        },
        stdio: ['ignore', log, log, 'ipc'],
      },
    )
    closeSync(log)
    running.add(this.#child)
    this.#child.on('message', (message: FromWorker) => {
      if ('committed' in message && message.committed > 0) {
        this.#published += message.committed
        this.#lastCommitAt = performance.now()
        options.onCommitted?.(message.committed)
      }
      for (const listener of this.#listeners) listener(message)
    })
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => {
        this.#hasEnded = true
        running.delete(this.#child)
        resolve({ code, signal })
      })
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Records it has published so far. */
  get published(): number {
    return this.#published
  }

  /** When it last committed records, as `performance.now()` tells time; null when it never did. */
  get lastCommitAt(): number | null {
    return this.#lastCommitAt
  }

  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Tells it something; it is no fault when it has ended by then. */
  tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Until it says something of this kind, or has ended. @returns whether it said it. */
  async says(kind: 'committed' | 'ready' | 'heard'): Promise<boolean> {
    const said = Promise.withResolvers<boolean>()
    const listener = (message: FromWorker) => {
      if (kind in message) said.resolve(true)
    }
    this.#listeners.add(listener)
    try {
      return await Promise.race([said.promise, this.ended.then(() => false)])
    } finally {
      this.#listeners.delete(listener)
    }
  }
}
