/** Whether a log holds what an archive says. */
import type { StoredRecord } from '../streams/transport/reader.ts'
import type { LogRecord } from './partition-reader.ts'
import { headersOf } from './segment-writer.ts'

/** Which differences are none. */
export interface SameOptions {
  /** Whether the log may have fewer records. */
  readonly mayLack: boolean
}

/**
 * Compares records up to an offset.
 * @param log as fetched, in the order of offsets
 * @returns the first difference, in words; null when there is none
 */
export async function sameUpTo(
  log: AsyncIterable<readonly StoredRecord[]>,
  archived: AsyncGenerator<LogRecord>,
  to: number,
  { mayLack }: SameOptions,
): Promise<string | null> {
  const next = async (): Promise<LogRecord | null> => {
    const { done, value } = await archived.next()
    return done || value.offset >= to ? null : value
  }
  let expected = await next()
  try {
    for await (const records of log) {
      for (const found of records) {
        while (mayLack && expected !== null && expected.offset < found.offset) expected = await next()
        if (expected === null || found.offset < expected.offset) return `offset ${found.offset} is taken`
        if (found.offset > expected.offset) return `nothing stands at offset ${expected.offset}`
        const part = differing(found, expected)
        if (part !== null) return `the record at offset ${found.offset} has another ${part}`
        expected = await next()
      }
    }
    return expected === null || mayLack ? null : `nothing stands at offset ${expected.offset}`
  } finally {
    await archived.return(undefined)
  }
}

function differing(found: StoredRecord, expected: LogRecord): string | null {
  if (!isSame(found.key, expected.key)) return 'key'
  if (!isSame(found.value, expected.value)) return 'value'
  if (found.timestamp !== expected.timestamp) return 'time'
  const headers = headersOf(found.headers)
  const isEqual = headers.length === expected.headers.length && headers.every(sameHeader(expected.headers))
  return isEqual ? null : 'header'
}

type Headers = LogRecord['headers']

function sameHeader(expected: Headers): (header: Headers[number], at: number) => boolean {
  return ({ name, value }, at) => expected[at]!.name === name && isSame(value, expected[at]!.value)
}

function isSame(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b)
}
