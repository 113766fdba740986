/** The body of a request: a query, or the data of one, which goes to disk as it comes. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pipeline as pipe, Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { EngineError } from './failures.ts'
import { type EngineRequest, settingsOf } from './request.ts'
import { type DataInsert, type OtherQuery, type RowsQuery, readInsert, readStatement } from './statement.ts'

/** A query with what belongs to it; dispose of it. */
export interface Received extends AsyncDisposable {
  /** What is to be run; an insert takes its data from the file. */
  readonly statement: RowsQuery | OtherQuery
  /** Where the data of an insert lies; null for any other query. */
  readonly dataFile: string | null
  /** Settings and parameters that came in a form. */
  readonly settings: ReadonlyMap<string, string>
}

/** A query that is no insert's data may be this long, bytes. */
const LONGEST_QUERY = 16 * 1024 * 1024
/** Within this the data of an insert begins, bytes: ClickHouse's usual max_query_size. */
const LONGEST_INSERT_HEAD = 256 * 1024
/** Data of one insert, uncompressed, bytes. */
const MOST_DATA = 4 * 1024 ** 3

const DECODERS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const

/**
 * Reads a request to its end. @param folder where data lies until it is inserted
 * @throws {EngineError} 62 or 307 when it is too long, 354 when it is not compressed as it says, 48 for an unknown way,
 * 164 for an insert of somebody who may only read: its data is not taken in.
 */
export async function receive(
  request: IncomingMessage,
  { query, isReadonly }: Pick<EngineRequest, 'query' | 'isReadonly'>,
  folder: string,
): Promise<Received> {
  const found = (sql: string): DataInsert | null => {
    const insert = readInsert(sql)
    if (insert === null || !isReadonly) return insert
    throw new EngineError(164, 'READONLY', 'Cannot execute query in readonly mode')
  }
  if (/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) return receiveForm(request, query)
  const inAddress = query === '' ? null : found(query)
  const body = decoded(request)
  if (inAddress !== null && inAddress.dataStart >= query.length) return toFile(inAddress, [], body, folder)
  const pieces: Buffer[] = query === '' ? [] : [Buffer.from(`${query}\n`)]
  let length = pieces[0]?.length ?? 0
  let looked = false
  // By hand: a loop over it would destroy what is left of it for the file.
  const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    pieces.push(next.value)
    length += next.value.length
    if (!looked && length > LONGEST_INSERT_HEAD) {
      looked = true
      const insert = found(Buffer.concat(pieces).toString())
      if (insert !== null) return toFile(insert, pieces, { [Symbol.asyncIterator]: () => iterator }, folder)
    }
    if (length > LONGEST_QUERY) {
      throw new EngineError(62, 'SYNTAX_ERROR', `Max query size exceeded: it may have ${LONGEST_QUERY} bytes`)
    }
  }
  const sql = Buffer.concat(pieces).toString()
  const insert = found(sql)
  if (insert !== null) return toFile(insert, pieces, [], folder)
  return {
    statement: readStatement(sql),
    dataFile: null,
    settings: new Map(),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Takes the query off the pieces, and writes what is left, and all that is still to come, into a file. */
async function toFile(
  insert: DataInsert,
  pieces: readonly Buffer[],
  rest: AsyncIterable<Buffer> | Iterable<Buffer>,
  folder: string,
): Promise<Received> {
  const path = join(folder, randomUUID())
  const dispose = () => rm(path, { force: true })
  const read = Buffer.concat(pieces)
  // The data may be in any encoding, or in none: only up to where it begins it is text.
  const headBytes = pieces.length === 0 ? 0 : Buffer.byteLength(read.toString().slice(0, insert.dataStart))
  async function* data(): AsyncGenerator<Buffer> {
    yield read.subarray(headBytes)
    yield* rest
  }
  try {
    await pipeline(Readable.from(data()), limited(MOST_DATA), createWriteStream(path, { flags: 'wx' }))
  } catch (error) {
    await dispose()
    throw error
  }
  const statement = { kind: 'other', format: null, sql: insert.from(path) } as const
  return { statement, dataFile: path, settings: new Map(), [Symbol.asyncDispose]: dispose }
}

/** Parameters too long for an address come as a form, with the query among them. */
async function receiveForm(request: IncomingMessage, query: string): Promise<Received> {
  const form = await new Response(Readable.toWeb(decoded(request)), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData()
  const fields = [...form].filter((field): field is [string, string] => typeof field[1] === 'string')
  const inForm = fields.find(([name]) => name === 'query')?.[1] ?? ''
  const statement = readStatement(`${query}${inForm}`)
  return { statement, dataFile: null, settings: settingsOf(fields), [Symbol.asyncDispose]: async () => {} }
}

function decoded(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding === 'identity') return request
  if (!Object.hasOwn(DECODERS, encoding)) {
    throw new EngineError(48, 'NOT_IMPLEMENTED', `Unknown Content-Encoding ${encoding}`)
  }
  const decoder = DECODERS[encoding as keyof typeof DECODERS]()
  const told = new Transform({ transform: (chunk, _, done) => done(null, chunk) })
  // Either side's failure ends what is read here.
  pipe(request, decoder, (error) => {
    if (!error) told.end()
    else
      told.destroy(
        new EngineError(354, 'ZLIB_INFLATE_FAILED', `The body is not ${encoding}: ${error.message}`),
      )
  })
  decoder.pipe(told, { end: false })
  return told
}

function limited(most: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      if (bytes <= most) done(null, chunk)
      else done(new EngineError(307, 'TOO_MANY_BYTES', `The data of one insert may have ${most} bytes`))
    },
  })
}
