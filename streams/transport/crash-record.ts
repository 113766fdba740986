/** Remembers how a consumer has crashed, and says whether it is worth starting it again. */
import { messageOf } from '../../errors.ts'
import { outlookOf } from './outlook.ts'

/** So many crashes for one reason that may or may not pass, within so many ms, are enough. */
const MAX_ALIKE = 3
const ALIKE_WITHIN_MS = 120_000
/** A consumer that has lasted so long, ms, begins at the shortest pause again. */
const FRESH_AFTER_MS = 60_000

/** The crashes of one consumer and of those that took its place. */
export class CrashRecord {
  readonly #now: () => number
  readonly #doubtful: { readonly at: number; readonly reason: string }[] = []
  #inARow = 0
  #last = Number.NEGATIVE_INFINITY

  /** @param now milliseconds on a clock that only goes on */
  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * It has crashed.
   * @returns how many crashes in a row that makes, from 1; null when starting it again would not help
   */
  note(error: unknown): number | null {
    const now = this.#now()
    this.#inARow = now - this.#last > FRESH_AFTER_MS ? 1 : this.#inARow + 1
    this.#last = now
    const outlook = outlookOf(error)
    if (outlook === 'passing') return this.#inARow
    if (outlook === 'lasting') return null
    const reason = messageOf(error)
    this.#doubtful.push({ at: now, reason })
    const alike = this.#doubtful.filter((one) => one.reason === reason && now - one.at <= ALIKE_WITHIN_MS)
    return alike.length >= MAX_ALIKE ? null : this.#inARow
  }
}
