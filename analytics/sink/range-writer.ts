/**
 * Brings a range of records into the database, each exactly once, however often it is tried: what is still under way
 * from an earlier try is waited for, or, on another server of a cluster, has the same token; what is there already is left
 * out. Where something went wrong before, it is looked afterwards whether the rows are there indeed.
 */
import type { RecordCodec } from '../../streams/record-codec.ts'
import { MOST_TRIES, tokenOfTry } from '../insert-token.ts'
import type { Table } from '../tables/table.ts'
import { undecodable } from '../tables/undecodable.ts'
import { type Database, DatabaseFailure } from './database.ts'
import type { Range } from './inflow.ts'
import { type Origin, type Row, type Rows, rowsOf, undecodableRow } from './rows.ts'
import type { Span } from './span.ts'

/** Longest reason that is told of a refused record, characters. */
const MAX_REASON = 2_000

/**
 * @returns how many records became rows of `undecodable`.
 * @throws what keeps the database from taking them; nothing is lost by it, the range is to be tried again, in doubt.
 */
export async function writeRange(
  database: Database,
  codec: Pick<RecordCodec, 'decodeAsync'>,
  origin: Origin,
  range: Range,
): Promise<number> {
  if (range.records.length === 0) return 0
  const decoded = await rowsOf(codec, origin, range.records)
  const { table } = decoded
  const span: Span = { origin, first: range.first, last: range.last }
  if (!range.inDoubt) return insertAll({ database, table, span, known: NONE, attempt: 1 }, decoded)
  let strays = 0
  for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
    const known = await database.offsetsIn([table, undecodable], span)
    if (range.records.every(({ offset }) => known.has(Number(offset)))) return strays
    strays += await insertAll({ database, table, span, known, attempt }, decoded)
    if (database.keepsTokensWithRows) return strays
  }
  throw new DatabaseFailure(
    'database',
    new Error(`it has confirmed rows of ${table.name} that are not there`),
  )
}

const NONE: ReadonlySet<number> = new Set()

/** @returns how many became rows of `undecodable` */
async function insertAll(target: Target, { rows, undecodable: strays }: Rows): Promise<number> {
  const { database, span, known, attempt } = target
  const refused = await insert(target, rows)
  const missing = [...strays.filter(({ offset }) => !known.has(offset)), ...refused]
  missing.sort((a, b) => a.offset - b.offset)
  if (missing.length > 0) {
    await database.insert(undecodable, missing, tokenOf(span.origin, missing, attempt), span)
  }
  return missing.length
}

/** Where rows are inserted, and which of them were there before. */
interface Target {
  readonly database: Database
  readonly table: Table
  readonly span: Span
  readonly known: ReadonlySet<number>
  /** Counted from 1; see insert-token.ts. */
  readonly attempt: number
}

/**
 * Inserts the rows at once, or, when one of them is refused, in halves, down to that one. Where some are there already
 * it goes on with the halves, too: whatever is still under way from an earlier try is one of these inserts then, and is
 * repeated under the same token.
 * @returns what was refused, as rows of `undecodable`
 */
async function insert(target: Target, rows: readonly Row[]): Promise<Row[]> {
  const { database, table, span, known, attempt } = target
  const missing = rows.filter(({ offset }) => !known.has(offset)).length
  if (missing === 0) return []
  if (missing === rows.length) {
    try {
      await database.insert(table, rows, tokenOf(span.origin, rows, attempt), span)
      return []
    } catch (error) {
      if (!isDivisible(error, rows)) throw error
      if (rows.length === 1) return [refusedRow(span.origin, rows[0]!, error)]
    }
  }
  const half = Math.ceil(rows.length / 2)
  const before = await insert(target, rows.slice(0, half))
  return [...before, ...(await insert(target, rows.slice(half)))]
}

/** Whether fewer of the rows may do. */
function isDivisible(error: unknown, rows: readonly Row[]): error is DatabaseFailure {
  if (!(error instanceof DatabaseFailure)) return false
  return error.blame === 'rows' || (error.blame === 'size' && rows.length > 1)
}

function refusedRow(origin: Origin, { record }: Row, error: DatabaseFailure): Row {
  return undecodableRow(origin, record, `ClickHouse refused it: ${error.message}`.slice(0, MAX_REASON))
}

/** Names these very rows: the same ones are inserted under the same name whenever they are tried again. */
function tokenOf({ edition, topic, partition }: Origin, rows: readonly Row[], attempt: number): string {
  const range = `${rows[0]!.offset}-${rows.at(-1)!.offset}`
  return tokenOfTry(`${edition}/${topic}/${partition}/${range}/${rows.length}`, attempt)
}
