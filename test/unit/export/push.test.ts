import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PushOptions, pushFolder } from '../../../export/push.ts'
import { HubStandIn } from '../../support/hub-stand-in.ts'

const TOKEN = 'hf_secret'

let folder: string
let hub: HubStandIn

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ninefold-push-'))
  hub = await HubStandIn.start(TOKEN)
})

afterEach(async () => {
  await hub[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  await rm(folder, { recursive: true })
  await mkdir(join(folder, 'data'), { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
}

function push(changes: Partial<PushOptions> = {}) {
  const target = { repository: 'someone/set', isPrivate: true, branch: 'main', message: 'A dataset' }
  return pushFolder({ folder, ...target, token: TOKEN, hubUrl: hub.url, ...changes })
}

/** What the repository holds, as text. */
function held(): Record<string, string> {
  const files = hub.repositories.get('someone/set') ?? new Map<string, Buffer>()
  return Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString()]))
}

describe('pushFolder', () => {
  it('makes the repository and uploads the folder as one commit', async () => {
    const files = { 'README.md': '# A', 'data/a.train-00000-of-00001.parquet': 'PAR1' }
    await put({ ...files, '.hidden': 'not this' })
    const summary = await push()
    expect(summary).toMatchObject({ url: `${hub.url}/datasets/someone/set`, files: 2, bytes: 7, removed: [] })
    expect(held()).toEqual(files)
    expect([...hub.hidden]).toEqual(['someone/set'])
    expect(hub.commits).toEqual(['A dataset'])
  })

  it('takes away data files of an earlier upload, and nothing else', async () => {
    await put({ 'README.md': '# A', 'data/a.train-00000-of-00002.parquet': '1', 'notes.txt': 'mine' })
    await push()
    const now = { 'README.md': '# B', 'data/a.train-00000-of-00001.parquet': '2' }
    await put(now)
    expect((await push()).removed).toEqual(['data/a.train-00000-of-00002.parquet'])
    expect(held()).toEqual({ ...now, 'notes.txt': 'mine' })
  })

  it('says what the Hub said, without the token', async () => {
    await put({ 'README.md': '# A' })
    const refused = await push({ token: 'hf_wrong' }).catch((error: unknown) => error as Error)
    expect(refused).toMatchObject({ code: 'NF_PUSH_REFUSED' })
    expect(String(refused)).toContain('401')
    expect(String(refused)).not.toContain('hf_wrong')
    expect(hub.repositories.size).toBe(0)
  })

  it('refuses a folder that is no dataset', async () => {
    await expect(push()).rejects.toMatchObject({ code: 'NF_PUSH_FOLDER' })
  })
})
