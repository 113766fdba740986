/** How much a statement may take, and what its user is told when it was too much. */
import { ClickHouseError } from '@clickhouse/client'
import { NinefoldError } from '../../errors.ts'

/** What a statement may take. */
export interface SqlLimits {
  /** 0 = as long as it takes. */
  readonly seconds: number
  /** null = what the server allows; the local engine a quarter of this machine's memory. */
  readonly memoryBytes: number | null
}

/** Five minutes: longer than any view takes, shorter than anybody waits for a mistake. */
export const USUAL_LIMITS: SqlLimits = { seconds: 300, memoryBytes: null }

/** ClickHouse's codes: TIMEOUT_EXCEEDED, TOO_SLOW (it would exceed it), MEMORY_LIMIT_EXCEEDED. */
const TIME = new Set(['159', '160'])
const MEMORY = '241'
/** Bytes by the letter behind a size. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
}

/** The error to show where a limit was reached: NF_SQL_TIME or NF_SQL_MEMORY; null for any other. */
export function explainLimit(error: unknown, { seconds, memoryBytes }: SqlLimits): NinefoldError | null {
  if (!(error instanceof ClickHouseError)) return null
  if (TIME.has(error.code)) {
    const most = seconds > 0 ? `than ${seconds} seconds` : 'than the server allows'
    return new NinefoldError(
      'NF_SQL_TIME',
      `this takes longer ${most}, and was ended`,
      'Ask for less (a WHERE, a LIMIT, fewer columns of text), or give it longer with --max-seconds; 0 = no limit.',
      { cause: error },
    )
  }
  if (error.code !== MEMORY) return null
  const most = memoryBytes === null ? 'than the server allows' : `than --max-memory (${memoryBytes} bytes)`
  return new NinefoldError(
    'NF_SQL_MEMORY',
    `this takes more memory ${most}, and was ended`,
    'Ask for less (a WHERE, fewer groups, fewer columns of text), or allow more with --max-memory, e.g. 8G.',
    { cause: error },
  )
}

/** A size such as `500M` or `8GiB` in bytes; null when it is none. */
export function sizeOf(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? []
  const bytes = Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN))
  return number !== '' && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null
}
