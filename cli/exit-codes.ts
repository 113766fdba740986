/** What a command's exit code says, and how a failure is told. */
import { messageOf, NinefoldError } from '../errors.ts'
import { BudgetReached } from '../models/budget-reached.ts'
import { diskFault } from '../stack/disk-fault.ts'
import { brokersLost } from '../streams/transport/connection-faults.ts'

/** Exit codes of all commands. */
export const EXIT = {
  /** Done, nothing left over. */
  clean: 0,
  /** It could not go on; the reason is on standard error. */
  failed: 1,
  /** The command line was not understood. */
  usage: 2,
  /** Done, but questions wait, dead letters exist or something could not be read; an audit that found a fault. */
  leftover: 3,
  /** Paused at the budget. */
  budget: 4,
  /** Interrupted: everything finished is committed. */
  interrupted: 130,
} as const

/** What each code says to whoever reads it. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  [EXIT.clean]: 'done, nothing left over',
  [EXIT.failed]: 'it could not go on; the reason is on standard error',
  [EXIT.usage]: 'the command line was not understood',
  [EXIT.leftover]:
    'done, but something is left: questions wait, dead letters or faults exist, lines or records could not be read',
  [EXIT.budget]: 'paused at the budget; nothing is lost',
  [EXIT.interrupted]: 'interrupted; everything finished is committed',
}

/** Prints what went wrong and what to do. @returns the exit code. */
export function exitFor(thrown: unknown): number {
  const error =
    thrown instanceof NinefoldError ? thrown : (diskFault(thrown, null) ?? brokersLost(thrown) ?? thrown)
  if (error instanceof NinefoldError) {
    console.error(`ninefold: ${error.message}\n  ${error.remedy}  [${error.code}]`)
    if (process.env.NINEFOLD_DEBUG && error.cause instanceof Error) console.error(error.cause.stack)
  } else {
    console.error(
      `ninefold: ${process.env.NINEFOLD_DEBUG && error instanceof Error ? error.stack : messageOf(error)}`,
    )
  }
  return error instanceof BudgetReached ? EXIT.budget : EXIT.failed
}
