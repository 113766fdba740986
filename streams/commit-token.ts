/**
 * What a transaction writes next to the journal's offset: its number, and whose it is. Read back after a transaction
 * whose end was not heard of, it tells whether that has happened; and whether somebody else commits under this slot,
 * which no two living workers may: their journals would be told as one.
 */
import { randomBytes } from 'node:crypto'
import { NinefoldError } from '../errors.ts'

/** The tokens of one worker's transactions. */
export class CommitTokens {
  readonly #own = randomBytes(6).toString('base64url')
  readonly #journalGroup: string
  #number = 0
  #last = ''

  /** @param journalGroup the group the journal's progress is kept under, for messages */
  constructor(journalGroup: string) {
    this.#journalGroup = journalGroup
  }

  /** Goes on behind what stands there at the start. @param found the metadata; empty where nothing was committed yet */
  continueFrom(found: string): void {
    this.#number = Number.parseInt(found, 10) || 0
    this.#last = found
  }

  /** The next transaction's. */
  next(): string {
    return `${++this.#number} ${this.#own}`
  }

  /** The transaction with this token has committed. */
  committed(token: string): void {
    this.#last = token
  }

  /**
   * Whether the transaction with this token has committed.
   * @param found what stands there now; empty where Kafka has forgotten it
   * @throws {NinefoldError} NF_SLOT_TAKEN when it is of neither this transaction nor the one before
   */
  hasCommitted(token: string, found: string): boolean {
    if (found === token) return true
    if (found === this.#last || found === '') return false
    throw new NinefoldError(
      'NF_SLOT_TAKEN',
      `another worker commits under this one's place (${this.#journalGroup})`,
      'Two machines must not share a data folder, nor use copies of one: delete `machine-id` in the copy, and start the worker there again. This one ends, so that nothing is mixed up.',
    )
  }
}
