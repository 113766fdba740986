/** What a disk can do to us: no room, no rights, broken. Told with the place, whoever met it. */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf, NinefoldError } from '../errors.ts'

/**
 * Something could not be written or read on this machine's disks. No record's fault: whoever meets it stops, and what
 * it worked on stays unfinished.
 */
export class DiskFault extends NinefoldError {
  constructor(code: string, message: string, remedy: string, options: { cause: unknown }) {
    super(code, message, remedy, options)
    this.name = 'DiskFault'
  }
}

/** What SQLite adds to a file at a time, and some more. */
const LITTLE_BYTES = 128 * 1024

type Kind = 'full' | 'not writable' | 'broken'

/** SQLite's primary result codes (https://sqlite.org/rescode.html). */
const KIND_OF_SQLITE: Readonly<Record<number, Kind>> = {
  3: 'not writable',
  8: 'not writable',
  10: 'broken',
  11: 'broken',
  13: 'full',
  14: 'not writable',
  26: 'broken',
}
const KIND_OF_ERRNO: Readonly<Record<string, Kind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'not writable',
  EACCES: 'not writable',
  EPERM: 'not writable',
  EEXIST: 'not writable',
  ENOTDIR: 'not writable',
  EIO: 'broken',
}
/** The same codes come of ports and programs. */
const NOT_OF_FILES = /^(listen|bind|connect|spawn|kill)/

interface SystemError {
  readonly code?: unknown
  readonly errcode?: unknown
  readonly syscall?: unknown
  readonly path?: unknown
}

/**
 * The fault behind an error; null when it is of another kind.
 * @param place the file or folder that was written, where the error does not know
 */
export function diskFault(error: unknown, place: string | null): DiskFault | null {
  if (error instanceof DiskFault) return error
  if (!(error instanceof Error)) return null
  const { code, errcode, syscall, path } = error as SystemError
  const kind = typeof errcode === 'number' ? KIND_OF_SQLITE[errcode % 256] : kindOf(String(code), syscall)
  if (kind === undefined || NOT_OF_FILES.test(String(syscall))) return null
  const where = place ?? (typeof path === 'string' ? path : 'a file')
  // SQLite calls it broken when it is the file it shares with other processes that has no room.
  return told(kind === 'broken' && !hasRoom(where) ? 'full' : kind, where, error)
}

/** Whether a file could grow by a little. */
function hasRoom(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file))
    return bavail * bsize >= LITTLE_BYTES
  } catch {
    return true
  }
}

/** Making folders down a path tells of a read-only one above them that there is none. */
function kindOf(code: string, syscall: unknown): Kind | undefined {
  return code === 'ENOENT' && syscall === 'mkdir' ? 'not writable' : KIND_OF_ERRNO[code]
}

function told(kind: Kind, place: string, cause: Error): DiskFault {
  const why = messageOf(cause)
  if (kind === 'full') {
    return new DiskFault(
      'NF_DISK_FULL',
      `the disk is full: ${place} cannot be written (${why})`,
      'Make room (`df -h` shows the disks) and run it again: what was written before is kept, and not asked or paid again.',
      { cause },
    )
  }
  if (kind === 'not writable') {
    return new DiskFault(
      'NF_DISK_NOT_WRITABLE',
      `${place} cannot be written (${why})`,
      'Give this user the right to write there, or name another folder (`data` in ninefold.yaml for the pipeline, --out for an export).',
      { cause },
    )
  }
  return brokenFile(place, cause)
}

/** The fault of a file that holds something else than what was written. */
export function brokenFile(place: string, cause: Error): DiskFault {
  return new DiskFault(
    'NF_DISK_BROKEN',
    `${place} cannot be read or written (${messageOf(cause)})`,
    'See whether the disk is full or failing (`df -h`, `dmesg`). What is damaged in the data folder may be deleted: answers and states are made again from the topics.',
    { cause },
  )
}

/** Runs what reads or writes at a place. @throws {DiskFault} in the place of what a disk made it throw */
export function onDisk<T>(place: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw diskFault(error, place) ?? error
  }
}
