/**
 * What a process may of a machine's limits: an endpoint's calls at once, requests and tokens a minute hold for all
 * processes on one data folder that ask it now, and each takes an equal part. Who asks holds a numbered lock, which
 * the kernel takes away when the process dies; who has not asked for a while lets go of it. Others are counted once a
 * second, so that for a second after one has come, and until its own calls have ended, there may be more.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { contentId } from '../schemas/ids.ts'
import { acquireLock, isLocked, type Lock } from '../stack/lock.ts'
import type { Limits } from './limiter.ts'

/** How often others are counted, ms. */
export const COUNT_MS = 1_000
/** Who has asked nothing for so long leaves its part to others, ms. */
const IDLE_MS = 10_000

/** A process' place among those that ask an endpoint. */
interface Place {
  readonly number: number
  readonly lock: Lock
}

/** The part of one process. Moments are of a clock's `now()`. */
export class MachineShare {
  readonly #folder: string
  #place: Place | null = null
  #usedAt = 0

  /**
   * @param dataDir the data folder
   * @param endpoint the endpoint's name, and where it is: another one of the same name has limits of its own
   */
  constructor(dataDir: string, { name, baseURL }: { readonly name: string; readonly baseURL: string }) {
    this.#folder = join(dataDir, 'endpoints', `${name}-${contentId('endpoint', baseURL).slice(0, 8)}`)
  }

  /** The endpoint is asked. @returns whether this process has only now come among those who do */
  use(now: number): boolean {
    this.#usedAt = now
    if (this.#place !== null) return false
    this.#place = onReadyDisk(() => this.#takePlace())
    return this.#place !== null
  }

  /** What this process may of these limits now; null where nothing is to be changed. */
  of(limits: Limits, now: number, isIdle: boolean): Limits | null {
    if (!isIdle) this.#usedAt = now
    if (now - this.#usedAt >= IDLE_MS) this.leave()
    if (this.#place === null) return null
    const { number } = this.#place
    const others = onReadyDisk(() =>
      this.#numbers().filter((other) => other !== number && isLocked(this.#path(other))),
    )
    if (others === null) return null
    return partOf(limits, others.length + 1, others.filter((other) => other < number).length)
  }

  /** Leaves its part to others. */
  leave(): void {
    this.#place?.lock.release()
    this.#place = null
  }

  #takePlace(): Place {
    for (let number = 0; ; number++) {
      const lock = acquireLock(this.#path(number))
      if (lock !== null) return { number, lock }
    }
  }

  #path(number: number): string {
    return join(this.#folder, `${number}.lock`)
  }

  #numbers(): number[] {
    const names = readdirSync(this.#folder).filter((name) => /^\d+\.lock$/.test(name))
    return names.map((name) => Number.parseInt(name, 10))
  }
}

/** Null on a disk that is full or away: calls that cannot be kept are not begun anyway, and later it is tried again. */
function onReadyDisk<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}

/**
 * An equal part; of calls at once, which cannot be shared out evenly, the first take one more. Each may make one call
 * at least, for else its partitions would wait for ever.
 * @param place from 0
 */
export function partOf(limits: Limits, members: number, place: number): Limits {
  const { maxConcurrency: most, requestsPerMinute, tokensPerMinute } = limits
  const calls = Math.floor(most / members) + (place < most % members ? 1 : 0)
  return {
    maxConcurrency: Math.max(1, calls),
    requestsPerMinute: requestsPerMinute === null ? null : requestsPerMinute / members,
    tokensPerMinute: tokensPerMinute === null ? null : tokensPerMinute / members,
  }
}
