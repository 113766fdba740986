/** Journals whose files were cut: what opens holds a beginning of what was durable, and nothing else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Journal, JournalShelves } from '../../../models/journal.ts'
import { DiskFault } from '../../../stack/disk-fault.ts'
import { callRecord } from './fixtures.ts'

/** Answers of many lengths: inside of a page, over several, and just around the end of one. */
const TEXTS = Array.from({ length: 12 }, (_, at) => `answer ${at} `.repeat(1 + ((at * 41) % 90) * (at % 3)))
/** Of SQLite's log: what stands before the first frame, and a frame of a page (https://sqlite.org/walformat.html). */
const LOG_HEADER_BYTES = 32
const FRAME_BYTES = 24 + 4_096

let folder = ''
/** The files as a killed process leaves them. */
let killed: { database: Buffer; log: Buffer }
/** How long the log was when each entry was durable. */
const durableAt: number[] = []
/** The database after its journal was closed: all in one file. */
let closed: Buffer
let copies = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-damage-'))
  const own = join(folder, 'whole', 'edition', 'own')
  const journal = new Journal('own', own, new JournalShelves(join(folder, 'whole'), own))
  const bytesOf = (file: string) => readFileSync(join(own, file))
  for (const [at, text] of TEXTS.entries()) {
    await journal.append(callRecord(`request ${at}`, text))
    durableAt.push(bytesOf('journal.db-wal').length)
  }
  killed = { database: bytesOf('journal.db'), log: bytesOf('journal.db-wal') }
  journal.close()
  closed = bytesOf('journal.db')
})

afterAll(() => rmSync(folder, { recursive: true }))

/** How many entries a journal with these files holds, each looked at; the fault when it is refused. */
function reopened(database: Uint8Array, log: Uint8Array | null): number | DiskFault {
  const root = join(folder, String(copies++))
  const own = join(root, 'edition', 'own')
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'journal.db'), database)
  if (log !== null) writeFileSync(join(own, 'journal.db-wal'), log)
  let journal: Journal | null = null
  try {
    journal = new Journal('own', own, new JournalShelves(root, own))
    const entries = journal.entriesFrom(0, Number.POSITIVE_INFINITY)
    expect(entries.map(({ sequence, text }) => ({ sequence, text }))).toEqual(
      TEXTS.slice(0, entries.length).map((text, sequence) => ({ sequence, text })),
    )
    expect(journal.end).toBe(entries.length)
    for (const [at, text] of TEXTS.entries()) {
      expect(journal.find(`request ${at}`)?.text).toBe(at < entries.length ? text : undefined)
    }
    return entries.length
  } catch (error) {
    if (error instanceof DiskFault) return error
    throw error
  } finally {
    journal?.close()
    rmSync(root, { recursive: true })
  }
}

/** What must be there of a log of which so many bytes are whole. */
const durableIn = (bytes: number) => durableAt.filter((end) => end <= bytes).length

/** The ends of frames, a byte before and behind, and every byte of the last so many. */
function telling(length: number): number[] {
  const ends = durableAt.flatMap((end) => [end - FRAME_BYTES, end - 1, end])
  const last = Array.from({ length: 16 }, (_, at) => length - at)
  return [...new Set([0, 1, LOG_HEADER_BYTES - 1, LOG_HEADER_BYTES, ...ends, ...last])].filter(
    (bytes) => bytes >= 0 && bytes <= length,
  )
}

describe('a journal whose process was killed', () => {
  it('holds everything durable when nothing is missing', () => {
    expect(reopened(killed.database, killed.log)).toBe(TEXTS.length)
    expect(reopened(closed, null)).toBe(TEXTS.length)
  })

  it('has lost only what the cut bytes of its log held', () => {
    for (const bytes of telling(killed.log.length)) {
      expect([bytes, reopened(killed.database, killed.log.subarray(0, bytes))]).toEqual([
        bytes,
        durableIn(bytes),
      ])
    }
  })

  it('takes nothing of a write that was torn: zeros, or anything else, from some byte on', () => {
    const torn = fc.record({
      from: fc.nat(killed.log.length - 1),
      length: fc.integer({ min: 1, max: 3 * FRAME_BYTES }),
      noise: fc.oneof(fc.constant(0), fc.integer()),
    })
    fc.assert(
      fc.property(torn, ({ from, length, noise }) => {
        const log = Buffer.from(killed.log)
        const end = Math.min(from + length, log.length)
        for (let at = from; at < end; at++) log[at] = noise === 0 ? 0 : Math.imul(noise | 1, at + 1) >>> 24
        const whole = log.findIndex((byte, at) => byte !== killed.log[at])
        expect(reopened(killed.database, log)).toBe(durableIn(whole < 0 ? log.length : whole))
      }),
      { numRuns: 25 },
    )
  })

  it('gets its whole content from the log where the file itself is cut, or is refused', () => {
    const { database, log } = killed
    for (const bytes of [0, 1, 15, 99, 100, 512, 1_024, database.length - 1]) {
      const found = reopened(database.subarray(0, bytes), log)
      if (typeof found === 'number') expect([bytes, found]).toEqual([bytes, TEXTS.length])
      else expect(found.code).toBe('NF_DISK_BROKEN')
    }
    expect(reopened(Buffer.alloc(0), log)).toMatchObject({
      code: 'NF_DISK_BROKEN',
      message: expect.stringContaining('journal.db'),
    })
  })
})

describe('a journal whose file was cut', () => {
  const places = () => Array.from({ length: 24 }, (_, at) => Math.max(1, closed.length - 1 - at * at * 151))

  it('is refused, wherever the cut is, with the file and what to do', () => {
    for (const bytes of places()) {
      if (bytes >= closed.length) continue
      const found = reopened(closed.subarray(0, bytes), null)
      // Zeros in the place of what was cut may be the very bytes that stood there.
      if (typeof found === 'number') expect([bytes, found]).toEqual([bytes, TEXTS.length])
      else expect(found).toMatchObject({ code: 'NF_DISK_BROKEN', remedy: expect.stringContaining('deleted') })
    }
    expect(reopened(closed.subarray(0, closed.length / 2), null)).toBeInstanceOf(DiskFault)
  })

  it('is refused where only its end came to be zeros', () => {
    for (const bytes of places()) {
      const zeroed = Buffer.concat([closed.subarray(0, bytes), Buffer.alloc(closed.length - bytes)])
      const found = reopened(zeroed, null)
      if (typeof found === 'number') expect([bytes, found]).toEqual([bytes, TEXTS.length])
    }
  })

  it('stops those who look for answers in it, too, before they pay again', async () => {
    const root = join(folder, 'others')
    const [own, other] = [join(root, 'edition', 'own'), join(root, 'edition', 'other')]
    mkdirSync(other, { recursive: true })
    writeFileSync(join(other, 'journal.db'), closed.subarray(0, closed.length / 2))
    const journal = new Journal('own', own, new JournalShelves(root, own))
    try {
      expect(() => journal.find('request 1')).toThrow(
        expect.objectContaining({ code: 'NF_DISK_BROKEN', message: expect.stringContaining(other) }),
      )
      rmSync(other, { recursive: true })
      expect(journal.find('request 1')).toBeNull()
    } finally {
      journal.close()
    }
  })
})
