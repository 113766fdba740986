/**
 * Whether a cluster answers at all. Whoever was not answered says so, and may wait; one probe then finds out for all of
 * them, so that twenty consumers of an away broker neither knock twenty times a second nor disagree about it.
 */

import { messageOf } from '../../errors.ts'
import { systemClock } from '../../models/clock.ts'
import { untilAborted } from '../../stack/until-aborted.ts'
import { Absence } from '../absence.ts'
import { backOff } from './back-off.ts'
import { outlookOf } from './outlook.ts'

/** Something that is needed does not answer. */
export interface Away {
  readonly since: Date
  /** What whoever asked was told last; holds no secret. */
  readonly reason: string
}

/** Told once of each absence. */
export interface WatchListener {
  /** Nobody answers, and has not for some seconds. */
  went(away: Away): void
  /** Somebody answers again. */
  returned(away: Away): void
}

/** Shorter absences, as of a connection that was cut, are nothing to speak of, ms. */
const TELL_AFTER_MS = 3_000
const PAUSES = { firstMs: 250, maxMs: 2_000 }

/** Watches one cluster, from the moment somebody doubts that it is there. */
export class BrokerWatch {
  readonly #probe: () => Promise<unknown>
  readonly #clock: Pick<typeof systemClock, 'now' | 'date' | 'sleep'>
  readonly #listeners = new Set<WatchListener>()
  readonly #closing = new AbortController()
  readonly #absence = new Absence({
    went: (away) => {
      for (const listener of this.#listeners) listener.went(away)
    },
    returned: (away) => {
      for (const listener of this.#listeners) listener.returned(away)
    },
  })
  #looking: Promise<void> | null = null

  /** @param probe resolves when a broker answers */
  constructor(probe: () => Promise<unknown>, clock = systemClock) {
    this.#probe = probe
    this.#clock = clock
  }

  /** The absence, once it is worth speaking of; null while a broker answers, as far as anybody knows. */
  get away(): Away | null {
    return this.#absence.now
  }

  /** Tells of absences from now on. @returns what ends that. */
  listen(listener: WatchListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Somebody was not answered: waits until a broker answers, which may be at once.
   * @throws the signal's reason once it is aborted, or that the watch is closed.
   */
  async answers(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    await untilAborted(this.#looking, signal)
  }

  /** Looks no more; who waits is told so. */
  close(): void {
    this.#closing.abort(new Error('the connection to Kafka is closed'))
  }

  async #look(): Promise<void> {
    const { signal } = this.#closing
    const since = new Date(this.#clock.date())
    const began = this.#clock.now()
    for (let failures = 1; ; failures++) {
      try {
        await this.#probe()
        break
      } catch (error) {
        signal.throwIfAborted()
        // It answers, if only to refuse: who has asked finds out.
        if (outlookOf(error) === 'lasting') break
        if (this.#clock.now() - began >= TELL_AFTER_MS) this.#absence.missed(messageOf(error), since)
      }
      await this.#clock.sleep(backOff(failures, PAUSES), signal)
    }
    this.#absence.answered()
  }
}
