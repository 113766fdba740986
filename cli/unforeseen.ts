/**
 * Errors that nobody has caught: an exception out of a timer, a promise that was rejected and forgotten. Node would end
 * the process where it stands; a worker has calls under way that are paid for, and things to release.
 */
import { messageOf, NinefoldError } from '../errors.ts'

/** Takes the errors instead of the command. */
type Taker = (fault: NinefoldError) => void

let taker: Taker | null = null

/**
 * From now on an error that nobody has caught is told in the user's words.
 * @param end ends the process; called unless somebody has taken over by `takeUnforeseen`
 */
export function tellUnforeseen(end: (fault: NinefoldError) => void): void {
  // Node hands over rejected promises the same way.
  process.on('uncaughtException', (error) => {
    // Whoever read the output has gone, as `head` does: there is nobody to tell.
    if (taker === null && (error as NodeJS.ErrnoException).code === 'EPIPE') process.exit()
    const fault = unforeseenFault(error)
    if (taker === null) end(fault)
    else taker(fault)
  })
}

/** Takes over until disposed of: whoever does that must end. */
export function takeUnforeseen(take: Taker): Disposable {
  taker = take
  return {
    [Symbol.dispose]() {
      taker = null
    },
  }
}

/** The error to show. */
function unforeseenFault(error: unknown): NinefoldError {
  if (error instanceof NinefoldError) return error
  return new NinefoldError(
    'NF_UNFORESEEN',
    `something went wrong that nobody foresaw: ${messageOf(error)}${placeOf(error)}`,
    'What was finished is committed, and run again it goes on from there. NINEFOLD_DEBUG=1 shows the whole stack: please report it.',
    { cause: error },
  )
}

/** The innermost place in the error's stack, without the folders of this machine. */
function placeOf(error: unknown): string {
  const line = error instanceof Error ? error.stack?.match(/([\w.-]+\/[\w.-]+:\d+):\d+\)?$/m) : null
  return line ? ` (${line[1]})` : ''
}
