/** The files of one dataset: a file a part, or several of at most so many rows each. */
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Format } from '../format.ts'
import type { Row } from '../row.ts'
import type { Shape } from '../shapes.ts'
import { createJsonl } from './jsonl.ts'
import { createParquet } from './parquet.ts'
import type { RowFile } from './row-file.ts'

/** What kinds of files there are; also what their names end with. */
export const FILE_TYPES = ['jsonl', 'parquet'] as const

/** A kind of file. */
export type FileType = (typeof FILE_TYPES)[number]

/** What is written, and how. */
export interface Dataset {
  /** What its files' names begin with. */
  readonly name: string
  readonly format: Format
  /** null where the format has no shapes. */
  readonly shape: Shape | null
}

/** How files are written. */
export interface FileOptions {
  /** Where they are until they are whole. */
  readonly work: string
  readonly type: FileType
  /** The parts; [null] where there are none. */
  readonly parts: readonly (string | null)[]
  /** Rows a file at most; null: all in one, and no number in its name. */
  readonly shardRows: number | null
}

/** A file that was written. */
export interface WrittenFile {
  readonly part: string | null
  readonly name: string
  readonly rows: number
}

interface Shard {
  readonly path: string
  rows: number
}

/** Datasets' names hold no dot, so that a part is not taken for the ending of another dataset's name. */
const OWN_ENDING = /^(?:\.[a-z][a-z0-9_]*)?(?:-\d{5}-of-\d{5})?\.[a-z]+$/

/** Writes a dataset's files. Not for two rows at once. */
export class DatasetFiles {
  readonly dataset: Dataset
  readonly #options: FileOptions
  readonly #shards = new Map<string | null, Shard[]>()
  readonly #open = new Map<string | null, RowFile>()

  constructor(dataset: Dataset, options: FileOptions) {
    this.dataset = dataset
    this.#options = options
    for (const part of options.parts) this.#shards.set(part, [])
  }

  async write(part: string | null, row: Row): Promise<void> {
    const { shardRows } = this.#options
    const last = this.#shardsOf(part).at(-1)
    if (last === undefined || last.rows === shardRows) await this.#next(part)
    await this.#open.get(part)?.write(row)
    const current = this.#shardsOf(part).at(-1)
    if (current !== undefined) current.rows++
  }

  /** Ends all files; a part without rows has an empty one. */
  async finish(): Promise<void> {
    for (const part of this.#options.parts) {
      if (this.#shardsOf(part).length === 0) await this.#next(part)
      await this.#open.get(part)?.finish()
      this.#open.delete(part)
    }
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((file) => file.close()))
  }

  /** Moves the files into place, and away what an earlier export of the same dataset left there. */
  async moveTo(folder: string): Promise<WrittenFile[]> {
    const files = this.#options.parts.flatMap((part) =>
      this.#shardsOf(part).map(({ path, rows }, at, { length }) => ({
        ...{ path, part, rows },
        name: this.#nameOf(part, at, length),
      })),
    )
    for (const name of await readdir(folder)) {
      if (this.#isOwn(name) && !files.some((file) => file.name === name)) await rm(join(folder, name))
    }
    for (const { path, name } of files) await rename(path, join(folder, name))
    return files.map(({ part, name, rows }) => ({ part, name, rows }))
  }

  #shardsOf(part: string | null): Shard[] {
    return this.#shards.get(part) ?? []
  }

  async #next(part: string | null): Promise<void> {
    await this.#open.get(part)?.finish()
    const { work, type } = this.#options
    const shards = this.#shardsOf(part)
    const path = join(work, `${this.dataset.name}.${part ?? ''}.${shards.length}.${type}`)
    const { columns } = this.dataset.format
    this.#open.set(part, type === 'jsonl' ? await createJsonl(path) : await createParquet(path, columns))
    shards.push({ path, rows: 0 })
  }

  #nameOf(part: string | null, at: number, count: number): string {
    const { type, shardRows } = this.#options
    const number = shardRows === null ? '' : `-${fiveDigits(at)}-of-${fiveDigits(count)}`
    return `${this.dataset.name}${part === null ? '' : `.${part}`}${number}.${type}`
  }

  /** Whether a file has a name that an export of this dataset may give. */
  #isOwn(name: string): boolean {
    if (!name.startsWith(this.dataset.name)) return false
    const ending = name.slice(this.dataset.name.length)
    return ending.endsWith(`.${this.#options.type}`) && OWN_ENDING.test(ending)
  }
}

function fiveDigits(number: number): string {
  return String(number).padStart(5, '0')
}
