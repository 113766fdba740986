/** Uploads an exported folder to a dataset repository on the Hugging Face Hub: one commit, which holds all or nothing. */
import { openAsBlob } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type CommitOperation, commit, createRepo, HubApiError, listFiles } from '@huggingface/hub'
import { messageOf, NinefoldError } from '../errors.ts'

/** What to upload, and where to. */
export interface PushOptions {
  readonly folder: string
  /** `owner/name`. */
  readonly repository: string
  /** Of a repository that is made; one that is there stays as it is. */
  readonly isPrivate: boolean
  readonly branch: string
  readonly message: string
  readonly token: string
  /** The Hub's address. */
  readonly hubUrl: string
  readonly signal?: AbortSignal
  /** Told, a line at a time, what takes long. */
  readonly onProgress?: (line: string) => void
}

/** What was uploaded. */
export interface PushSummary {
  readonly url: string
  readonly commit: string
  readonly files: number
  readonly bytes: number
  /** Data files of an earlier upload that are no longer part of the dataset. */
  readonly removed: readonly string[]
}

/** The repository is there already. */
const CONFLICT = 409
const DATA_FOLDER = 'data/'

/**
 * Uploads the folder.
 * @throws {NinefoldError} NF_PUSH_FOLDER when it is no dataset, NF_PUSH_REFUSED when the Hub does not take it
 */
export async function pushFolder(options: PushOptions): Promise<PushSummary> {
  const { folder, repository, branch, hubUrl, token, message, signal, onProgress } = options
  const paths = await filesOf(folder)
  const hub: Hub = {
    repo: { type: 'dataset', name: repository },
    accessToken: token,
    hubUrl,
    fetch: abortedBy(signal),
  }
  try {
    await ensureRepository(options, hub)
    const removed = await leftovers(hub, branch, new Set(paths))
    const files = await Promise.all(
      paths.map(async (path) => ({ path, content: await openAsBlob(join(folder, path)) })),
    )
    onProgress?.(`uploading ${files.length} files to ${repository}`)
    const operations: CommitOperation[] = [
      ...files.map((file) => ({ operation: 'addOrUpdate' as const, ...file })),
      ...removed.map((path) => ({ operation: 'delete' as const, path })),
    ]
    const made = await commit({ ...hub, branch, title: message, operations, abortSignal: signal })
    return {
      url: `${hubUrl}/datasets/${repository}`,
      commit: made?.commit.oid ?? '',
      files: files.length,
      bytes: files.reduce((sum, { content }) => sum + content.size, 0),
      removed,
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw refused(error, options)
  }
}

interface Hub {
  readonly repo: { readonly type: 'dataset'; readonly name: string }
  readonly accessToken: string
  readonly hubUrl: string
  readonly fetch: typeof fetch
}

/** The Hub's client takes a signal for a commit only; what goes before one ends with it, too. */
function abortedBy(signal: AbortSignal | undefined): typeof fetch {
  if (signal === undefined) return fetch
  return (input, init) =>
    fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([signal, init.signal]) : signal })
}

async function ensureRepository({ isPrivate }: PushOptions, hub: Hub): Promise<void> {
  try {
    await createRepo({ ...hub, visibility: isPrivate ? 'private' : 'public' })
  } catch (error) {
    if (!(error instanceof HubApiError && error.statusCode === CONFLICT)) throw error
  }
}

/** Data files there that are not here: cut otherwise, they would be read beside the new ones. */
async function leftovers(hub: Hub, revision: string, here: ReadonlySet<string>): Promise<string[]> {
  const gone: string[] = []
  for await (const { type, path } of listFiles({ ...hub, revision, recursive: true })) {
    if (type === 'file' && path.startsWith(DATA_FOLDER) && !here.has(path)) gone.push(path)
  }
  return gone.sort()
}

/** Everything in the folder that is not hidden, seen from it, in the order of names. */
async function filesOf(folder: string): Promise<string[]> {
  try {
    await access(join(folder, 'README.md'))
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'))
      .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
      .sort()
  } catch (cause) {
    throw new NinefoldError(
      'NF_PUSH_FOLDER',
      `${folder} holds no dataset with a card: ${messageOf(cause)}`,
      'Write it first, with `ninefold export --hugging-face --out <folder>`.',
      { cause },
    )
  }
}

function refused(error: unknown, { repository, hubUrl, token }: PushOptions): NinefoldError {
  const status = error instanceof HubApiError ? ` (${error.statusCode})` : ''
  const what = messageOf(error).replaceAll(token, '…')
  return new NinefoldError(
    'NF_PUSH_REFUSED',
    `${hubUrl} did not take the dataset ${repository}${status}: ${what}`,
    'Check the name, and that the token may write to it; nothing was changed unless all of it was.',
    { cause: error },
  )
}
