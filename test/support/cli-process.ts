/** The command line as its user runs it: a process of its own, killed with the tests if they end first. */
import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
/** As the installed command has it: half of the time it takes to begin. */
const COMPILE_CACHE = join(tmpdir(), 'node-compile-cache')
const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** How a command ended. */
export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A command under way. */
export class CliProcess {
  readonly #child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''

  /**
   * Starts `ninefold <args>` in a folder.
   * @param env further environment variables
   * @param input whether it has a standard input, which `write` and `endInput` feed
   */
  constructor(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = false) {
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, ...env },
      stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    })
    running.add(this.#child)
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => {
        running.delete(this.#child)
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
  }

  /** The process' number. */
  get pid(): number {
    return this.#child.pid!
  }

  /** What it has said on standard output so far. */
  get stdout(): string {
    return this.#stdout
  }

  /** What it has said on standard error so far. */
  get stderr(): string {
    return this.#stderr
  }

  /** Writes to its standard input. */
  write(text: string): void {
    this.#child.stdin?.write(text)
  }

  /** Ends its standard input. */
  endInput(): void {
    this.#child.stdin?.end()
  }

  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}
