/** Rows as a Parquet file, a row group at a time. */
import { FileWriter } from '../../sinks/file-writer.ts'
import type { Cell, Columns, ColumnType, Row } from '../row.ts'
import { parquetSchema } from './parquet-schema.ts'
import type { RowFile } from './row-file.ts'

/** Held in memory, as columns once more, while a group is written: some 10 MB of text. */
const GROUP_ROWS = 1000

/** @throws when the file is there already */
export async function createParquet(path: string, columns: Columns): Promise<RowFile> {
  // Only here: most commands write no Parquet.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer')
  const file = await FileWriter.create(path)
  const bytes = new ByteWriter()
  const parquet = new ParquetWriter({ writer: bytes, schema: parquetSchema(columns), createdBy: 'ninefold' })
  let rows: Row[] = []
  const writeGroup = async () => {
    const columnData = Object.entries(columns).map(([name, type]) => ({
      name,
      data: rows.map((row) => storedAs(type, row[name] ?? null)),
    }))
    rows = []
    await parquet.write({ columnData, rowGroupSize: GROUP_ROWS })
    await passOn()
  }
  /** What the writer has put together goes to the disk; offsets in the file count on. */
  const passOn = async () => {
    await file.write(Buffer.from(bytes.buffer.slice(0, bytes.index)))
    bytes.index = 0
  }
  return {
    async write(row) {
      rows.push(row)
      if (rows.length >= GROUP_ROWS) await writeGroup()
    },
    async finish() {
      if (rows.length > 0) await writeGroup()
      await parquet.finish()
      await passOn()
      await file.finish()
    },
    close: () => file.close(),
  }
}

/** A 64-bit column takes bigints. */
function storedAs(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return null
  if (type === 'int') return BigInt(cell as number)
  if (typeof type === 'string') return cell
  if ('list' in type) return (cell as readonly Cell[]).map((one) => storedAs(type.list, one))
  const fields = cell as Readonly<Record<string, Cell>>
  return Object.fromEntries(
    Object.entries(type.struct).map(([name, field]) => [name, storedAs(field, fields[name] ?? null)]),
  )
}
