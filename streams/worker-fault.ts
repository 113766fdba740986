/** Why a worker cannot go on, in the words of whoever has to mend it. */
import { messageOf, NinefoldError } from '../errors.ts'
import { diskFault } from '../stack/disk-fault.ts'
import { refusal } from './transport/connection-faults.ts'

/**
 * The error to show for anything a part of a worker threw.
 * @param place which part, e.g. `step verify, partition 3`
 */
export function workerFault(error: unknown, place: string): NinefoldError {
  if (error instanceof NinefoldError) return error
  return (
    diskFault(error, null) ??
    refusal(error, place) ??
    new NinefoldError(
      'NF_WORKER_FAILED',
      `${place} cannot go on: ${messageOf(error)}`,
      'What was finished is committed: run it again. Should it end the same way, NINEFOLD_DEBUG=1 shows where it happened, and logs/ninefold.log in the data folder what came before.',
      { cause: error },
    )
  )
}
