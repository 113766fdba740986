/**
 * What is to be done while a disk is full: wait, and write as soon as there is room. What waits to be written is in
 * memory meanwhile, so nothing may begin that would add to it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { DiskFault } from './disk-fault.ts'
import { untilAborted } from './until-aborted.ts'

/** How often it is tried whether there is room again, ms. */
const RETRY_MS = 500

/** Room on the disks that one process writes its data to. */
export class Room {
  readonly #onChange: (fault: DiskFault | null) => void
  readonly #end = new AbortController()
  /** Writes that wait for room. */
  #waiting = 0
  #fault: DiskFault | null = null
  #roomAgain: PromiseWithResolvers<void> | null = null

  /** @param onChange told when the disk is full, and, with null, when there is room again */
  constructor(onChange: (fault: DiskFault | null) => void = () => {}) {
    this.#onChange = onChange
  }

  /** What a write that waits has met; null while there is room. */
  get fault(): DiskFault | null {
    return this.#fault
  }

  /**
   * Writes, again and again while the disk is full.
   * @throws {DiskFault} `NF_DISK_FULL` once it is waited no longer
   * @throws what else the write throws; the signal's reason once it is aborted
   */
  async write<T>(write: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    let waits = false
    try {
      for (;;) {
        try {
          return await write()
        } catch (error) {
          if (!isFull(error) || this.#end.signal.aborted) throw error
          if (!waits) this.#waits(error)
          waits = true
        }
        await this.#pause(signal)
      }
    } finally {
      if (waits) this.#hasEnded()
    }
  }

  /**
   * Waits until nothing waits for room any more; null where nothing does.
   * @throws the signal's reason once it is aborted
   */
  free(signal: AbortSignal): Promise<void> | null {
    if (this.#fault === null) return null
    this.#roomAgain ??= Promise.withResolvers<void>()
    return untilAborted(this.#roomAgain.promise, signal)
  }

  /** Waits no longer: what finds no room from now on fails. */
  close(): void {
    this.#end.abort()
  }

  async #pause(signal: AbortSignal | undefined): Promise<void> {
    const { signal: end } = this.#end
    const either = signal === undefined ? end : AbortSignal.any([signal, end])
    await sleep(RETRY_MS, undefined, { signal: either }).catch(() => {})
    if (signal?.aborted) throw signal.reason
  }

  #waits(fault: DiskFault): void {
    this.#waiting++
    if (this.#fault !== null) return
    this.#fault = fault
    this.#onChange(fault)
  }

  #hasEnded(): void {
    // Whoever could not wait to the end leaves the disk as full as it was.
    if (--this.#waiting > 0 || this.#end.signal.aborted) return
    this.#fault = null
    this.#roomAgain?.resolve()
    this.#roomAgain = null
    this.#onChange(null)
  }
}

function isFull(error: unknown): error is DiskFault {
  return error instanceof DiskFault && error.code === 'NF_DISK_FULL'
}
