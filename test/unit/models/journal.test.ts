import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Journal, JournalShelves } from '../../../models/journal.ts'
import type { CallRecord } from '../../../models/journal-port.ts'
import { RebuiltJournal } from '../../../models/rebuilt-journal.ts'
import type { Completion } from '../../../schemas/types.ts'
import { callRecord } from './fixtures.ts'

let folder: string
const open: { close(): void }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-journal-'))
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  for (const one of open.splice(0)) one.close()
  rmSync(folder, { recursive: true })
})

function placeOf(name: string, edition = 'test.main'): string {
  return join(folder, edition, name)
}

function journal(name = 'machine-0', onAppend?: () => void): Journal {
  const own = placeOf(name)
  const opened = new Journal(`main-${name}`, own, new JournalShelves(folder, own), onAppend)
  open.push(opened)
  return opened
}

/** The process ends, and another one opens the journal. */
function reopened(old: Journal, name?: string): Journal {
  old.close()
  open.splice(open.indexOf(old), 1)
  return journal(name)
}

function call(requestHash: string, text = `answer to ${requestHash}`, status = 'answered'): CallRecord {
  return { ...callRecord(requestHash, text), status }
}

const textsOf = (entries: readonly Completion[]) => entries.map(({ requestHash }) => requestHash)

describe('a journal', () => {
  it('finds an answer as soon as it is written, and not before', async () => {
    const paid = journal()
    const writing = paid.append(call('a'))
    expect(paid.find('a')).toBeNull()
    await writing
    expect(paid.find('a')).toEqual({
      requestHash: 'a',
      model: 'model',
      reasoning: 'because',
      text: 'answer to a',
      finishReason: 'stop',
      promptTokens: 3,
      completionTokens: 4,
    })
    expect(paid.find('b')).toBeNull()
  })

  it('numbers its entries, names their payments, and tells that there are new ones', async () => {
    const told = vi.fn()
    const paid = journal('machine-0', told)
    await Promise.all(['a', 'b'].map((hash) => paid.append(call(hash))))
    expect(told).toHaveBeenCalledTimes(1)
    expect(paid.end).toBe(2)
    expect(paid.entriesFrom(0, 1_000_000)).toMatchObject([
      { paymentId: 'main-machine-0/0', journal: 'main-machine-0', sequence: 0, requestHash: 'a' },
      { paymentId: 'main-machine-0/1', journal: 'main-machine-0', sequence: 1, requestHash: 'b' },
    ])
  })

  it('answers with the newest of several answers, and never with a failure', async () => {
    const paid = journal()
    await paid.append(call('a', 'first'))
    await paid.append(call('a', 'second'))
    await paid.append(call('a', '', 'failed'))
    await paid.append(call('b', '', 'failed'))
    expect([paid.find('a')?.text, paid.find('b')]).toEqual(['second', null])
  })

  it('hands out entries from a number on, about as many bytes as asked for, at least one', async () => {
    const paid = journal()
    for (const hash of ['a', 'b', 'c', 'd']) await paid.append(call(hash))
    const [size] = paid.entriesFrom(0, 1).map((entry) => JSON.stringify(entry).length)
    expect(textsOf(paid.entriesFrom(1, 1_000_000))).toEqual(['b', 'c', 'd'])
    expect(textsOf(paid.entriesFrom(1, size! + 1))).toEqual(['b', 'c'])
    expect(textsOf(paid.entriesFrom(1, 1))).toEqual(['b'])
    expect(paid.entriesFrom(4, 1_000_000)).toEqual([])
  })

  it('goes on where it was after a restart, from the disk', async () => {
    const first = journal()
    for (const hash of ['a', 'b']) await first.append(call(hash))
    const second = reopened(first)
    expect([second.end, second.find('a')?.text]).toEqual([2, 'answer to a'])
    await second.append(call('c'))
    // From memory what this process wrote, from the disk what its predecessor did, in one order.
    expect(textsOf(second.entriesFrom(2, 1_000_000))).toEqual(['c'])
    expect(textsOf(second.entriesFrom(0, 1_000_000))).toEqual(['a', 'b', 'c'])
  })

  it('has written what was appended right before it is closed', async () => {
    const first = journal()
    const writing = first.append(call('a'))
    const second = reopened(first)
    await writing
    expect(second.find('a')?.text).toBe('answer to a')
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('never gives a number twice, also when it was lost', async () => {
    const lost = journal()
    lost.continueFrom(500)
    const { paymentId } = await lost.append(call('a'))
    expect([paymentId, lost.end]).toEqual(['main-machine-0/500', 501])
    lost.continueFrom(3)
    expect(lost.end).toBe(501)
    expect(textsOf(reopened(lost).entriesFrom(500, 1_000_000))).toEqual(['a'])
  })

  it('is not asked when the kill test takes it away', async () => {
    vi.stubEnv('NINEFOLD_NEGATIVE_CONTROL', 'no-journal')
    const paid = journal()
    await paid.append(call('a'))
    expect(paid.find('a')).toBeNull()
  })
})

describe('other journals', () => {
  it('are found by who was there before them, of any edition, and go on being read while they are written', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    const mine = journal('machine-0')
    expect(mine.find('a')).toBeNull()
    const theirs = journal('machine-1')
    const place = placeOf('machine-0', 'test.other')
    const older = new Journal('other-machine-0', place, new JournalShelves(folder, place))
    open.push(older)
    await theirs.append(call('a'))
    await older.append(call('b'))
    vi.advanceTimersByTime(5_000)
    // Whatever the machine's date says by then.
    vi.setSystemTime(0)
    expect([mine.find('a')?.text, mine.find('b')?.text]).toEqual(['answer to a', 'answer to b'])
    await theirs.append(call('c'))
    expect(mine.find('c')?.text).toBe('answer to c')
  })

  it('come after one of its own', async () => {
    const theirs = journal('machine-1')
    await theirs.append(call('a', 'theirs'))
    const mine = journal('machine-0')
    expect(mine.find('a')?.text).toBe('theirs')
    await mine.append(call('a', 'mine'))
    expect(mine.find('a')?.text).toBe('mine')
  })
})

describe('a journal rebuilt from completions', () => {
  const completion = (hash: string, status?: string): Completion => ({
    ...call(hash, undefined, status),
    paymentId: `far/${hash}`,
    journal: 'far',
    sequence: 0,
  })

  it('answers whoever looks, and remembers how far it has read', async () => {
    const rebuilt = new RebuiltJournal(placeOf('rebuilt'))
    expect(rebuilt.positionOf('completions', 0)).toBe(0)
    rebuilt.add('completions', 0, [completion('a'), completion('b', 'failed')], 9)
    rebuilt.add('completions', 1, [completion('c')], 4)
    rebuilt.close()
    const again = new RebuiltJournal(placeOf('rebuilt'))
    open.push(again)
    expect([again.positionOf('completions', 0), again.positionOf('completions', 1)]).toEqual([9, 4])
    const mine = journal()
    expect([mine.find('a')?.text, mine.find('b'), mine.find('c')?.text]).toEqual([
      'answer to a',
      null,
      'answer to c',
    ])
    const shelves = new JournalShelves(folder, '')
    open.push(shelves)
    expect(['a', 'b', 'c', 'd'].map((hash) => shelves.has(hash))).toEqual([true, false, true, false])
  })

  it('is read anew where a journal is gone, or another one in its place, whose answers were not kept twice', () => {
    const numbers = () => {
      const shelves = new JournalShelves(folder, '')
      open.push(shelves)
      return shelves.numbers()
    }
    const rebuilt = new RebuiltJournal(placeOf('rebuilt'))
    open.push(rebuilt)
    const position = () => rebuilt.positionOf('completions', 0)
    const lost = journal()
    journal('machine-1')
    expect(numbers().size).toBe(2)
    rebuilt.relyOn(numbers())
    rebuilt.add('completions', 0, [], 9)
    const kept = reopened(lost)
    rebuilt.relyOn(numbers())
    expect(position()).toBe(9)

    kept.close()
    open.splice(open.indexOf(kept), 1)
    rmSync(placeOf('machine-0'), { recursive: true })
    journal()
    rebuilt.relyOn(numbers())
    expect(position()).toBe(0)
    rebuilt.add('completions', 0, [], 9)
    rebuilt.relyOn(numbers())
    expect(position()).toBe(9)
  })
})
