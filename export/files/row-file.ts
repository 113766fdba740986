/** A file of rows that is being written. */
import type { Row } from '../row.ts'

/** Takes rows one after the other; not for two at once. */
export interface RowFile {
  write(row: Row): Promise<void>
  /** Everything written is on the disk after this. */
  finish(): Promise<void>
  /** Closes it as it is. */
  close(): Promise<void>
}
