/** Rows as lines of JSON. */
import { FileWriter } from '../../sinks/file-writer.ts'
import type { RowFile } from './row-file.ts'

/** @throws when the file is there already */
export async function createJsonl(path: string): Promise<RowFile> {
  const writer = await FileWriter.create(path)
  return {
    write: (row) => writer.write(Buffer.from(`${JSON.stringify(row)}\n`)),
    finish: () => writer.finish(),
    close: () => writer.close(),
  }
}
