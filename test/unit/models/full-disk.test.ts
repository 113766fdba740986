/** The disk is full for a while: what was paid for is kept, nothing more is asked, and all goes on when there is room. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Journal, JournalShelves } from '../../../models/journal.ts'
import { DiskFault } from '../../../stack/disk-fault.ts'
import { Room } from '../../../stack/room.ts'
import { FullDisk } from '../../support/full-disk.ts'
import { fakeServer, reply } from './fake-server.ts'
import { askerAt, question, until } from './fixtures.ts'

const AT_ONCE = 8
const QUESTIONS = 40

let folder: string
const open: { close(): unknown }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-full-'))
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  rmSync(folder, { recursive: true })
})

async function start() {
  const room = new Room()
  const journal = new Journal('j', folder, new JournalShelves(folder, folder), () => {}, room)
  open.push(journal)
  const server = await fakeServer((body, response) => reply(response, `to ${body.messages[0]?.content}`))
  open.push(server)
  const { asker } = askerAt(server.baseURL, { journal, room, endpoint: { maxConcurrency: AT_ONCE } })
  open.push(asker)
  return { room, journal, server, asker }
}

it('no more than the calls in flight is asked, and each is asked once', async () => {
  const { room, journal, server, asker } = await start()
  const disk = new FullDisk()
  const questions = Array.from({ length: QUESTIONS }, (_, n) => question(`question ${n}`))
  const answers = Promise.all(questions.map((one) => asker.text(one)))
  try {
    await until(() => room.fault !== null && disk.refused > 2)
    // Those that had their turn before the first answer came, and found no room.
    expect(server.bodies.length).toBeLessThanOrEqual(2 * AT_ONCE)
    expect(journal.entriesFrom(0, 1e9)).toEqual([])
  } finally {
    disk[Symbol.dispose]()
  }
  expect((await answers).map(({ text }) => text)).toEqual(
    questions.map(({ messages }) => `to ${messages[0]?.content}`),
  )
  expect(server.bodies).toHaveLength(QUESTIONS)
  expect(journal.entriesFrom(0, 1e9).map(({ sequence }) => sequence)).toEqual([...Array(QUESTIONS).keys()])
  expect([room.fault, journal.lost]).toEqual([null, 0])
})

it('what could not be written to the end is told, and its numbers are given again', async () => {
  const { room, journal, server, asker } = await start()
  const disk = new FullDisk()
  try {
    const answer = asker.text(question('hi'))
    answer.catch(() => {})
    await until(() => room.fault !== null)
    room.close()
    await expect(answer).rejects.toThrow(DiskFault)
    expect([server.bodies.length, journal.lost, journal.end]).toEqual([1, 1, 0])
  } finally {
    disk[Symbol.dispose]()
  }
})
