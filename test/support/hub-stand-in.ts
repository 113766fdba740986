/** A Hugging Face Hub on loopback, as far as an upload needs one: repositories of files, large ones by LFS. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const CREATED = 201
const REFUSED = 401
const CONFLICT = 409
const UNKNOWN = 404

interface Answer {
  readonly status?: number
  readonly body?: unknown
}

/** One line of a commit. */
interface Operation {
  readonly key: string
  readonly value: Readonly<Record<'path' | 'content' | 'oid' | 'summary', string>>
}

/** The stand-in; dispose of it. */
export class HubStandIn {
  /** Files by repository and path. */
  readonly repositories = new Map<string, Map<string, Buffer>>()
  /** Repositories that are private. */
  readonly hidden = new Set<string>()
  /** Messages of the commits. */
  readonly commits: string[] = []
  readonly #objects = new Map<string, Buffer>()
  readonly #server: Server
  readonly #token: string

  private constructor(token: string) {
    this.#token = token
    this.#server = createServer((request, response) => {
      this.#answer(request).then(
        ({ status = 200, body = {} }) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
    })
  }

  /** @param token who has it may write */
  static async start(token: string): Promise<HubStandIn> {
    const hub = new HubStandIn(token)
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve))
    return hub
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { pathname } = new URL(request.url ?? '', this.url)
    const bytes = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    const upload = /^\/lfs\/([0-9a-f]{64})$/.exec(pathname)
    if (upload) return this.#store(upload[1] ?? '', bytes)
    if (request.headers.authorization !== `Bearer ${this.#token}`) {
      return { status: REFUSED, body: { error: 'Invalid credentials' } }
    }
    if (pathname === '/api/repos/create') return this.#create(JSON.parse(bytes.toString()))
    const [, name = '', what = ''] =
      /^\/(?:api\/)?datasets\/([^/]+\/[^/.]+)(?:\.git)?\/(.+)$/.exec(pathname) ?? []
    const files = this.repositories.get(name)
    if (files === undefined) return { status: UNKNOWN, body: { error: 'Repository not found' } }
    if (what.startsWith('tree/')) return this.#list(files)
    if (what.startsWith('preupload/')) return preupload(JSON.parse(bytes.toString()))
    if (what === 'info/lfs/objects/batch') return this.#batch(JSON.parse(bytes.toString()))
    if (what.startsWith('commit/')) return this.#commit(files, bytes.toString())
    return { status: UNKNOWN }
  }

  #create({ name, organization, visibility }: Record<string, string>): Answer {
    const full = `${organization}/${name}`
    if (this.repositories.has(full)) return { status: CONFLICT, body: { error: 'You already created this' } }
    this.repositories.set(full, new Map())
    if (visibility === 'private') this.hidden.add(full)
    return { status: CREATED, body: { url: `${this.url}/datasets/${full}`, id: full } }
  }

  #list(files: ReadonlyMap<string, Buffer>): Answer {
    return { body: [...files].map(([path, { length: size }]) => ({ type: 'file', path, size, oid: '0' })) }
  }

  #batch({ objects }: { objects: { oid: string; size: number }[] }): Answer {
    const upload = (oid: string) => ({ upload: { href: `${this.url}/lfs/${oid}` } })
    const answer = objects.map(({ oid, size }) => ({ oid, size, actions: upload(oid) }))
    return { body: { transfer: 'basic', objects: answer } }
  }

  #store(oid: string, bytes: Buffer): Answer {
    if (createHash('sha256').update(bytes).digest('hex') !== oid) return { status: 400 }
    this.#objects.set(oid, bytes)
    return {}
  }

  #commit(files: Map<string, Buffer>, text: string): Answer {
    const [head, ...operations] = text.split('\n').map((line) => JSON.parse(line) as Operation)
    for (const { key, value } of operations) {
      const { path, oid, content } = value
      if (key === 'deletedFile') files.delete(path)
      else if (key === 'file') files.set(path, Buffer.from(content, 'base64'))
      else if (this.#objects.get(oid) === undefined)
        return { status: 400, body: { error: `no object ${oid}` } }
      else files.set(path, this.#objects.get(oid)!)
    }
    this.commits.push(head?.value.summary ?? '')
    const commitOid = createHash('sha1').update(text).digest('hex')
    return {
      body: { commitOid, commitUrl: `${this.url}/commit/${commitOid}`, success: true, hookOutput: '' },
    }
  }
}

function preupload({ files }: { files: { path: string }[] }): Answer {
  const modes = files.map(({ path }) => ({
    path,
    uploadMode: path.endsWith('.parquet') ? 'lfs' : 'regular',
    shouldIgnore: false,
  }))
  return { body: { files: modes } }
}
