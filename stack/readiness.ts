/** Waiting for a part of the stack, and explaining with its own log why it did not come. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { NinefoldError } from '../errors.ts'
import type { Component } from './component.ts'
import { isAlive, type ProcessIdentity } from './process.ts'

/** How waiting for a part ended. */
export type ReadyOutcome = 'ready' | 'died' | 'timeout'

/**
 * Asks again and again until the part answers, its process is gone, or the time is over.
 * @param logOffset where its log begins, bytes: until it says there that it listens, it is the port's other owner that
 *   answers, such as another stack that was started at the same moment; null when it has listened before
 */
export async function waitUntilReady(
  component: Component,
  identity: ProcessIdentity,
  timeoutMs: number,
  logOffset: number | null,
): Promise<ReadyOutcome> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    // Dead first: when it died because its port was taken, it is the port's other owner that answers.
    if (!isAlive(identity)) return 'died'
    const listens = logOffset === null || textFrom(component.logFile, logOffset).includes(component.listens)
    if (listens && (await component.isReady())) return isAlive(identity) ? 'ready' : 'died'
    if (performance.now() > deadline) return 'timeout'
    await sleep(150)
  }
}

/**
 * The error for a part that died or did not answer within `timeoutMs`: where its log is, and the end of it
 * (only what was written from byte `logOffset` on).
 */
export function notReadyError(
  component: Component,
  outcome: 'died' | 'timeout',
  timeoutMs: number,
  logOffset: number,
): NinefoldError {
  const { name, address, logFile } = component
  if (lastLines(logFile, Number.POSITIVE_INFINITY, logOffset).includes(NO_ROOM)) {
    return new NinefoldError(
      'NF_DISK_FULL',
      `${name} found no room left on its disk, and ended; ${logFile} tells where`,
      'Make room (`df -h` shows the disks) and run it again: its data is kept, and it goes on from there.',
    )
  }
  const what =
    outcome === 'died'
      ? `${name} ended while it was starting`
      : `${name} did not answer at ${address} within ${Math.round(timeoutMs / 1000)} s`
  const remedy =
    outcome === 'died'
      ? 'Mend what the log names and run "ninefold up" again.'
      : 'Run "ninefold up" again to wait on, or "ninefold down" first to begin anew; the data stays.'
  const tail = lastLines(logFile, 20, logOffset)
  return new NinefoldError('NF_STACK_NOT_READY', `${what}. The end of ${logFile}:\n${tail}`, remedy)
}

/** What Java and ClickHouse say of a full disk. */
const NO_ROOM = 'No space left on device'
const TAIL_BYTES = 64 * 1024

/** The last lines of a file, none from before byte `from`; empty when there is no such file. */
export function lastLines(path: string, count: number, from = 0): string {
  return textFrom(path, from, TAIL_BYTES).trimEnd().split('\n').slice(-count).join('\n')
}

/** What stands in a file from byte `from` on, of it at most the end; empty when there is no such file. */
function textFrom(path: string, from: number, mostBytes = Number.POSITIVE_INFINITY): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const { size } = fstatSync(file)
    const start = Math.max(Math.min(from, size), size - mostBytes)
    const buffer = Buffer.alloc(size - start)
    const read = readSync(file, buffer, 0, buffer.length, start)
    return buffer.toString('utf8', 0, read)
  } finally {
    closeSync(file)
  }
}
