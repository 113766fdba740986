/** Parquet files, a row group at a time: memory is bounded by the largest one. */
import { open } from 'node:fs/promises'
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { messageOf } from '../../errors.ts'
import { LineError } from '../line-problem.ts'
import { type Fields, type Place, problemAt, type RowItem } from '../row.ts'

/** What a Parquet file begins and ends with. */
export const PARQUET_MAGIC = Buffer.from('PAR1')
/** The footer is at least a magic and its length. */
const SMALLEST = 12

/** Whether a file begins as Parquet files do. */
export async function isParquet(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(PARQUET_MAGIC.length), 0, PARQUET_MAGIC.length, 0)
    return buffer.equals(PARQUET_MAGIC)
  } finally {
    await handle.close()
  }
}

/** The rows of a file. Reading ends where the file is damaged. @param name what problems call the file */
export async function* parquetRows(file: string, name: string): AsyncGenerator<RowItem> {
  const handle = await open(file)
  let done = 0
  try {
    const { size } = await handle.stat()
    const buffer: AsyncBuffer = {
      byteLength: size,
      async slice(start, end = size) {
        if (!(start >= 0 && start <= end && end <= size))
          throw new Error('it points to a place outside of it')
        const bytes = Buffer.alloc(end - start)
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
        if (bytesRead < bytes.length) throw new Error('the file is shorter than it was')
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
      },
    }
    const metadata = await metadataOf(buffer)
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows)
      const read = { file: buffer, metadata, compressors, rowStart: done, rowEnd: done + rows }
      for (const row of await parquetReadObjects(read)) {
        done++
        yield { kind: 'row', at: rowPlace(name, done), fields: plain(row) as Fields }
      }
    }
  } catch (error) {
    yield problemAt(
      rowPlace(name, done),
      error instanceof LineError
        ? error
        : new LineError(
            `reading broke off after this row: ${messageOf(error)}`,
            'The file is damaged: fetch it again.',
          ),
    )
  } finally {
    await handle.close()
  }
}

async function metadataOf(buffer: AsyncBuffer): Promise<FileMetaData> {
  const { byteLength } = buffer
  const end =
    byteLength < SMALLEST ? null : Buffer.from(await buffer.slice(byteLength - PARQUET_MAGIC.length))
  if (end?.equals(PARQUET_MAGIC) !== true) {
    throw new LineError('the Parquet file is cut off: its end is missing', 'Fetch the file again.')
  }
  try {
    const metadata = await parquetMetadataAsync(buffer)
    refuseContradiction(metadata)
    return metadata
  } catch (error) {
    throw new LineError(
      `its footer cannot be read: ${messageOf(error)}`,
      'The file is damaged: fetch it again.',
    )
  }
}

/**
 * Every row group must hold the columns of the schema, each once and in their order (as the format has it). The library
 * begins to read a column of any other name and forgets it: should that fail, nobody would catch it.
 */
function refuseContradiction(metadata: FileMetaData): void {
  const leaves = leavesOf(parquetSchema(metadata)).join('\n')
  for (const { columns } of metadata.row_groups) {
    const held = columns.map(({ meta_data: column }) => column?.path_in_schema.join('.'))
    if (held.join('\n') !== leaves) throw new Error('a row group has other columns than the schema')
  }
}

function leavesOf({ children, path }: SchemaTree): string[] {
  return children.length === 0 ? [path.join('.')] : children.flatMap(leavesOf)
}

function rowPlace(file: string, row: number): Place {
  return row === 0 ? { file, line: 0 } : { file, line: row, place: `row ${row}` }
}

/**
 * Values as JSON would have them: whole numbers of 64 bits as numbers, where they fit; and without what is null inside
 * of a structure, which has the same entries in every row.
 */
function plain(value: unknown, inside = false): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, true))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (ArrayBuffer.isView(value)) return value
  const entries = Object.entries(value).filter(
    ([, inner]) => !inside || (inner !== null && inner !== undefined),
  )
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner, true)]))
}
