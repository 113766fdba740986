import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StoreSpec } from '../../../streams/processor.ts'
import {
  StateDatabase,
  StateStore,
  type StoreChanges,
  type StoreSource,
} from '../../../streams/state-store.ts'

interface Entry {
  readonly key: string
  readonly text: string
  readonly needs: readonly number[]
}

const spec: StoreSpec<Entry> = {
  changelog: 'triage-state',
  logged: true,
  restore: (value) => (value === null ? null : { key: (value as Entry).key, value: value as Entry }),
  toRecord: (_key, value) => value,
  retains: ({ needs }) => needs,
}
const bodyAt = (offset: number) => Buffer.from(`record ${offset}`)

let folder: string
let database: StateDatabase
let changelog: (Entry | null)[]
let source: StoreSource & { reads: number[]; learned: string[]; changelogReads: [number, number][] }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-store-'))
  database = new StateDatabase(join(folder, 'state.db'))
  changelog = []
  source = {
    signal: new AbortController().signal,
    reads: [],
    learned: [],
    changelogReads: [],
    end: async () => changelog.length,
    async *changelog(from, to) {
      source.changelogReads.push([from, to])
      for (let at = from; at < to; at += 2) {
        yield { values: changelog.slice(at, Math.min(to, at + 2)), next: Math.min(to, at + 2) }
      }
    },
    async *inputs(offsets) {
      source.reads.push(...offsets)
      for (const offset of offsets) yield { offset, bytes: bodyAt(offset) }
    },
    async learn(head) {
      source.learned.push(head.toString())
    },
    decode: (bytes) => bytes.toString(),
  }
})

afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

function newStore(name = 'group/0'): StateStore<Entry> {
  return new StateStore(database, name, spec, source)
}

async function restored(name?: string): Promise<StateStore<Entry>> {
  const store = newStore(name)
  await store.restore()
  return store
}

function entry(text: string, needs: readonly number[] = [], key = 'k'): Entry {
  return { key, text, needs }
}

/** One record that puts these entries; what it did is in the changelog as it would be after its transaction. */
function work(store: StateStore<Entry>, offset: number, ...entries: Entry[]): StoreChanges {
  store.begin(offset, bodyAt(offset))
  for (const one of entries) store.put(one.key, one)
  return store.end()
}

function commit(store: StateStore<Entry>, ...changes: StoreChanges[]): void {
  changelog.push(...changes.flatMap(({ puts }) => puts.map(({ value }) => value as Entry)))
  store.apply(changes, changelog.length)
}

describe('a store', () => {
  it('shows what was put at once, and keeps it only when it was committed', async () => {
    const store = await restored()
    const first = work(store, 0, entry('one'))
    expect(store.get('k')?.text).toBe('one')
    commit(store, first)
    work(store, 1, entry('two'))
    expect(store.get('k')?.text).toBe('two')
    expect((await restored()).get('k')?.text).toBe('one')
  })

  it('writes only what is left of changes that commit together', async () => {
    const store = await restored()
    const changes = [work(store, 0, entry('one', [0])), work(store, 1, entry('two', [0, 1]))]
    commit(store, ...changes)
    expect(database.places('group/0').sort()).toEqual([0, 1])
    const written = vi.spyOn(database, 'setBody')
    const values = vi.spyOn(database, 'setValue')
    commit(store, work(store, 2, entry('three', [0, 1, 2])), work(store, 3, entry('four')))
    expect(database.places('group/0')).toEqual([])
    expect(database.value('group/0', 'k')).toMatchObject({ text: 'four' })
    expect(written).not.toHaveBeenCalled()
    expect(values).toHaveBeenCalledOnce()
  })

  it('shows the newest of several uncommitted puts while the older ones are being committed', async () => {
    const store = await restored()
    const changes = ['one', 'two', 'three'].map((text, offset) => work(store, offset, entry(text)))
    commit(store, changes[0]!)
    expect(store.get('k')?.text).toBe('three')
    commit(store, changes[1]!, changes[2]!)
    expect(store.get('k')?.text).toBe('three')
    expect((await restored()).get('k')?.text).toBe('three')
  })

  it.each([false, true])(
    'takes back what a failed record has put, ended or not (%s), and nothing else',
    async (ended) => {
      const store = await restored()
      const before = work(store, 0, entry('before', [0]))
      store.begin(1, bodyAt(1))
      store.put('k', entry('failed', [0, 1]))
      store.put('k', entry('failed twice', [1]))
      store.put('other', entry('new', [], 'other'))
      if (ended) store.end()
      store.rollback()
      expect([store.get('k')?.text, store.get('other')]).toEqual(['before', undefined])
      expect(store.retained(0)).toBe('record 0')
      expect(() => store.retained(1)).toThrow('does not hold the record at offset 1')
      commit(store, before)
      expect(store.get('k')?.text).toBe('before')
    },
  )

  it('keeps the records its entries name, and lets go of them', async () => {
    const store = await restored()
    store.begin(5, bodyAt(5))
    expect(() => store.retained(4)).toThrow('offset 4')
    store.put('k', entry('open', [5]))
    expect(store.retained(5)).toBe('record 5')
    const first = store.end()
    expect(store.retained(5)).toBe('record 5')
    commit(store, first)
    expect(store.retained(5)).toBe('record 5')
    expect(database.places('group/0')).toEqual([5])
    commit(store, work(store, 6, entry('settled')))
    expect(database.places('group/0')).toEqual([])
    expect(() => store.retained(5)).toThrow()
  })

  it('knows how many entries wait: those whose records are committed, neither more nor less after a restart', async () => {
    const store = await restored()
    const first = work(store, 0, entry('open', [0]), entry('open', [0], 'other'))
    expect(store.unsettled).toBe(0)
    commit(store, first)
    expect(store.unsettled).toBe(2)
    commit(store, work(store, 1, entry('open', [0, 1]), entry('settled', [], 'third')))
    expect([store.unsettled, (await restored()).unsettled]).toEqual([2, 2])
    work(store, 2, entry('settled'))
    store.rollback()
    commit(store, work(store, 3, entry('open again', [3]), entry('settled')))
    expect([store.unsettled, (await restored()).unsettled]).toEqual([1, 1])
  })

  it('is apart from the stores of other partitions', async () => {
    const [zero, one] = [await restored('group/0'), await restored('group/1')]
    store(zero, 'zero')
    expect(one.get('k')).toBeUndefined()
    expect(database.position('group/1')).toBe(undefined)

    function store(into: StateStore<Entry>, text: string): void {
      into.apply([work(into, 0, entry(text, [0]))], 1)
    }
  })
})

describe('restoring', () => {
  it('begins where the local copy stands, and ends at the end', async () => {
    const store = await restored()
    commit(store, work(store, 0, entry('one')), work(store, 1, entry('two')))
    changelog.push(entry('from elsewhere'), null, entry('another', [], 'other'))
    const again = await restored()
    expect([again.get('k')?.text, again.get('other')?.text]).toEqual(['from elsewhere', 'another'])
    expect(source.changelogReads).toEqual([
      [0, 0],
      [2, 5],
    ])
    expect(database.position('group/0')).toBe(5)
  })

  it('is right when a commit was applied without its position: the changelog is read again', async () => {
    const store = await restored()
    commit(store, work(store, 0, entry('one')))
    const second = work(store, 1, entry('two'))
    changelog.push(...second.puts.map(({ value }) => value as Entry))
    store.apply([second], null)
    expect(database.position('group/0')).toBe(1)
    expect((await restored()).get('k')?.text).toBe('two')
  })

  it('reads again the records that the local copy has lost, and only those', async () => {
    const store = await restored()
    commit(store, work(store, 3, entry('open', [3])), work(store, 7, entry('open', [7, 3])))
    database.removeBody('group/0', 3)
    const again = await restored()
    expect(source.reads).toEqual([3])
    expect([again.retained(3), again.retained(7)]).toEqual(['record 3', 'record 7'])
    expect(source.learned).toEqual(['recor'])
  })

  it('lets go of records that an entry no longer names, as others have settled it', async () => {
    const store = await restored()
    commit(store, work(store, 3, entry('open', [3])))
    changelog.push(entry('settled elsewhere'))
    await restored()
    expect(database.places('group/0')).toEqual([])
  })

  it('rebuilds all of it from the changelog when the folder is lost', async () => {
    changelog.push(entry('old', [1]), entry('new', [1, 2]), entry('other', [], 'other'))
    const store = await restored()
    expect([store.get('k')?.text, store.get('other')?.text]).toEqual(['new', 'other'])
    expect(source.reads).toEqual([1, 2])
  })

  it('begins anew when the changelog is another one, made anew under the same name', async () => {
    const store = await restored()
    commit(store, work(store, 0, entry('gone', [0])), work(store, 1, entry('gone', [], 'gone')))
    changelog = [entry('new')]
    const again = await restored()
    expect([again.get('k')?.text, again.get('gone')]).toEqual(['new', undefined])
    expect([database.position('group/0'), database.places('group/0')]).toEqual([1, []])
  })

  it('writes nothing more once the partition went elsewhere', async () => {
    const abort = new AbortController()
    source = { ...source, signal: abort.signal }
    changelog.push(entry('one'), entry('two'), entry('three'))
    const store = newStore()
    const restoring = store.restore()
    abort.abort(new Error('went elsewhere'))
    await expect(restoring).rejects.toThrow('went elsewhere')
    expect(database.position('group/0')).toBeUndefined()
  })

  it('survives the process', async () => {
    const store = await restored()
    commit(store, work(store, 4, entry('kept', [4])))
    database.close()
    database = new StateDatabase(join(folder, 'state.db'))
    const again = await restored()
    expect([again.get('k')?.text, again.retained(4)]).toEqual(['kept', 'record 4'])
    expect(source.reads).toEqual([])
  })
})
