/** An archive as a foreign Avro library reads it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { pythonWith } from './python.ts'

const FOLDER = new URL('../consumers/archive/', import.meta.url).pathname

/** A file of it. */
export interface ForeignFile {
  readonly file: string
  readonly topic: string
  readonly partition: number
  readonly codec: string
  readonly offsets: readonly number[]
  readonly keys: readonly string[]
  /** null where it is plain bytes. */
  readonly values: readonly (Readonly<Record<string, unknown>> | null)[]
}

/** All files of an archive, by fastavro. */
export async function readArchive(folder: string): Promise<ForeignFile[]> {
  const python = await pythonWith(`${FOLDER}requirements.txt`, 'archive')
  const { stdout } = await promisify(execFile)(python, [`${FOLDER}read_archive.py`, folder], {
    maxBuffer: 256 * 1024 * 1024,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ForeignFile)
}
