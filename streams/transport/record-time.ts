/**
 * The time that stands on records. A broker refuses what is dated more than an hour ahead of its own clock (its
 * `message.timestamp.after.max.ms`), so a worker whose date was set forward by mistake could publish nothing any more.
 * Once that has happened, the time is counted on from the date the process was started at.
 */
import { NinefoldError } from '../../errors.ts'
import { typeOf } from './connection-faults.ts'
import type { Response } from './kafkajs.ts'

const REFUSED = 'INVALID_TIMESTAMP'
/** Clocks drift apart by less, ms: two that are this close tell the same time. */
const DRIFT_MS = 60_000

let isCounted = false

/** The time for records written now, milliseconds since 1970. */
export function recordTime(): number {
  const date = Date.now()
  // Where the date was wrong at the start and has been set right since, it is the date that is believed.
  return isCounted ? Math.min(date, countedDate()) : date
}

/**
 * An answer to a Produce request which may refuse the time.
 * @throws {NinefoldError} `NF_CLOCK_AHEAD` where no other time is known; else what `parse` throws, and the next records
 * have another time
 */
export function mindingTime<T>(response: Response<T>): Response<T> {
  return {
    decode: (raw) => response.decode(raw),
    async parse(data) {
      try {
        return await response.parse(data)
      } catch (error) {
        if (typeOf(error) === REFUSED) refused(error)
        throw error
      }
    },
  }
}

function refused(cause: unknown): void {
  if (isCounted || Date.now() - countedDate() < DRIFT_MS) {
    throw new NinefoldError(
      'NF_CLOCK_AHEAD',
      `the broker refuses records dated ${new Date(recordTime()).toISOString()}: this machine's clock is ahead of its own`,
      'Set the clocks of this machine and of the brokers right (NTP does), then start again: nothing is lost.',
      { cause },
    )
  }
  isCounted = true
}

function countedDate(): number {
  return Math.floor(performance.timeOrigin + performance.now())
}
