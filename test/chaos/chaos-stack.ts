/** A stack of a run's own, whose parts can be killed and started again on the same data and ports. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ComponentName } from '../../stack/component.ts'
import { readToken, tokenFolder } from '../../stack/engine-tokens.ts'
import { isAlive, type ProcessIdentity, signalProcess } from '../../stack/process.ts'
import { type Stack, startStack } from '../../stack/stack.ts'
import { readState } from '../../stack/state.ts'
import { stopStack } from '../../stack/stop.ts'

const POLL_MS = 20
const GRACE_MS = 5_000

/** Kafka, registry and ClickHouse of one's own; dispose of it. */
export class ChaosStack implements AsyncDisposable {
  readonly #stack: Stack

  private constructor(stack: Stack) {
    this.#stack = stack
  }

  /** @param analytics whether ClickHouse is a part of it */
  static async open({ analytics = true } = {}): Promise<ChaosStack> {
    const dataDir = mkdtempSync(join(tmpdir(), 'ninefold-chaos-stack-'))
    const stack = new ChaosStack(await startStack({ dataDir, ephemeral: true, analytics }))
    // Every worker has this process's variables.
    if (analytics) process.env[stack.clickhouseTokenEnv] = stack.clickhouseToken
    return stack
  }

  get brokers(): readonly string[] {
    return this.#stack.brokers
  }

  get registryUrl(): string {
    return this.#stack.registryUrl
  }

  get clickhouseUrl(): string {
    return this.#stack.clickhouseUrl!
  }

  /** What ClickHouse lets its owner in with. */
  get clickhouseToken(): string {
    return readToken(tokenFolder(this.#stack.dataDir), 'owner') ?? ''
  }

  /** The variable that workers find it in. */
  get clickhouseTokenEnv(): string {
    return `CHAOS_TOKEN_${new URL(this.clickhouseUrl).port}`
  }

  /** The folder of its parts' logs. */
  get logs(): string {
    return join(this.#stack.dataDir, 'logs')
  }

  /** The process of a part. */
  pid(part: ComponentName): number {
    return this.#identityOf(part).pid
  }

  /** Kills a part, with no warning, and waits until it is gone. */
  async kill(part: ComponentName): Promise<void> {
    signalProcess(this.#identityOf(part), 'SIGKILL')
    await this.gone(part)
  }

  /** Until a part that was killed is gone. */
  async gone(part: ComponentName): Promise<void> {
    while (isAlive(this.#identityOf(part))) await sleep(POLL_MS)
  }

  /** Starts again what does not run, on its data and its ports, and waits until it answers. */
  async startAgain(): Promise<void> {
    const { dataDir, brokers, registryUrl, clickhouseUrl } = this.#stack
    const again = await startStack({ dataDir, ephemeral: true, analytics: clickhouseUrl !== null })
    const before = [brokers[0], registryUrl, clickhouseUrl]
    const after = [again.brokers[0], again.registryUrl, again.clickhouseUrl]
    if (before.join() !== after.join())
      throw new Error(`a port was taken while its part was down: ${before} are now ${after}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { dataDir } = this.#stack
    await stopStack({ dataDir, graceMs: GRACE_MS })
    rmSync(dataDir, { recursive: true, force: true })
  }

  #identityOf(part: ComponentName): ProcessIdentity {
    const identity = readState(this.#stack.dataDir).processes[part]
    if (identity === undefined) throw new Error(`${part} does not run`)
    return identity
  }
}
