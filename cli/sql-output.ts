/** Where answers to SQL go: standard output, or a file that is whole or not there. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isBinary, isWhole } from '../analytics/sql/formats.ts'
import type { SqlAnswer } from '../analytics/sql/session.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import { printable } from '../terminal/fit.ts'

/**
 * Prints answers; it is no failure when nobody reads on, e.g. behind `| head`.
 * @throws {NinefoldError} NF_SQL_BINARY before anything of such an answer reaches a terminal
 */
export async function printAnswers(answers: AsyncIterable<SqlAnswer>): Promise<void> {
  const isTerminal = process.stdout.isTTY
  // As one stream: however many there are, the output is listened to once.
  async function* all(): AsyncGenerator<unknown> {
    for await (const answer of answers) yield* isTerminal ? forTerminal(answer) : answer.rows
  }
  try {
    await pipeline([Readable.from(all()), process.stdout], { end: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}

/**
 * An answer's text without what a terminal would take for a command: what stands in the tables comes from anywhere.
 * @throws {NinefoldError} NF_SQL_BINARY
 */
export async function* forTerminal({ format, rows }: SqlAnswer): AsyncGenerator<string> {
  if (isBinary(format)) {
    rows.destroy()
    throw new NinefoldError(
      'NF_SQL_BINARY',
      `${format} is not for reading on a terminal`,
      'Write it into a file with --out, or send it on to another program.',
    )
  }
  const decoder = new TextDecoder()
  for await (const chunk of rows) yield printable(decoder.decode(chunk, { stream: true }))
}

/**
 * Writes answers into a file. They stand beside it under another name until all have come: a file of that name is as it
 * was, or holds all of them.
 * @throws {NinefoldError} NF_SQL_OUT when it cannot be written, or the format takes one answer only
 */
export async function saveAnswers(answers: AsyncIterable<SqlAnswer>, path: string): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`)
  try {
    await write(answers, part)
    await onFile(path, () => rename(part, path))
  } finally {
    await rm(part, { force: true }).catch(() => {})
  }
}

async function write(answers: AsyncIterable<SqlAnswer>, path: string): Promise<void> {
  const handle = await onFile(path, () => open(path, 'wx'))
  const file = createWriteStream(path, { fd: handle.fd, autoClose: false })
  let bytes = 0
  const counted = async function* (rows: AsyncIterable<Buffer>) {
    for await (const chunk of rows) {
      bytes += chunk.length
      yield chunk
    }
  }
  try {
    for await (const { format, rows } of answers) {
      // What answers nothing, as SET does, takes no place.
      if (bytes > 0 && isWhole(format)) throw severalAnswers(format)
      await onFile(path, () => pipeline(rows, counted, file, { end: false }))
    }
    file.end()
    await once(file, 'finish')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function severalAnswers(format: string | null): NinefoldError {
  return new NinefoldError(
    'NF_SQL_OUT',
    `a file holds one answer in ${format}, and here are several`,
    'Write each into a file of its own, or choose a format that goes on, e.g. CSVWithNames or JSONEachRow.',
  )
}

async function onFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof NinefoldError || typeof code !== 'string' || !code.startsWith('E')) throw error
    throw new NinefoldError(
      'NF_SQL_OUT',
      `${path} cannot be written: ${messageOf(error)}`,
      'Name a file in a folder you may write to, on a disk with room for it.',
      { cause: error },
    )
  }
}
