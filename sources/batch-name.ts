/** What a load is called, so that it can be asked for later. */
import { basename } from 'node:path'
import { NinefoldError } from '../errors.ts'

const LONGEST = 200

/**
 * The name of a load that was given none: where its questions come from, and when, UTC to the second.
 * @param from the source's name, or a path of which the file's name without its endings is taken
 */
export function usualBatchName(from: string, at: Date): string {
  return `${stemOf(from) || 'load'}-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

/** The name of a file without its endings. */
export function stemOf(path: string): string {
  return basename(path).replace(/(?<=.)\..*$/, '')
}

/** A name as somebody gave it. @throws {NinefoldError} NF_BATCH_NAME when it cannot be typed or shown. */
export function checkedBatchName(name: string): string {
  if (isBatchName(name)) return name
  throw new NinefoldError(
    'NF_BATCH_NAME',
    `${JSON.stringify(name.slice(0, LONGEST))} cannot be the name of a batch`,
    `Give a name that is not empty, has no control characters and at most ${LONGEST} characters.`,
  )
}

/** Whether it can be typed and shown. */
export function isBatchName(name: string): boolean {
  return name.trim() !== '' && name.length <= LONGEST && !/\p{Cc}/u.test(name)
}
