/** What is to be known of ClickHouse's formats. */
import { extname } from 'node:path'

/** The format of a file by its name's end. */
const FORMAT_OF_EXTENSION: Readonly<Record<string, string>> = {
  '.arrow': 'Arrow',
  '.csv': 'CSVWithNames',
  '.json': 'JSON',
  '.jsonl': 'JSONEachRow',
  '.ndjson': 'JSONEachRow',
  '.md': 'Markdown',
  '.parquet': 'Parquet',
  '.tsv': 'TabSeparatedWithNames',
}

/** Formats whose bytes are no text. */
const BINARY =
  /^(Parquet|Arrow|ORC|Native|RowBinary|Avro|MsgPack|BSON|Npy|Protobuf|CapnProto|RawBLOB|MySQLWire|PostgreSQLWire|Buffers)/i
/** Formats of which a file holds one answer: a second one behind it could not be read. */
const WHOLE = /^(Parquet|Arrow|ORC|Native|Avro|Npy|JSON$|JSONCompact$|JSONStrings$|JSONColumns|XML)/i

/** The format that a file's name asks for; null where it does not say. */
export function formatOfFile(path: string): string | null {
  return FORMAT_OF_EXTENSION[extname(path).toLowerCase()] ?? null
}

/** Whether a terminal must not be sent it. */
export function isBinary(format: string | null): boolean {
  return format !== null && BINARY.test(format)
}

/** Whether a file holds no more than one answer in it. */
export function isWhole(format: string | null): boolean {
  return format !== null && WHOLE.test(format)
}
