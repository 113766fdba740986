/** Two workers of one machine: what one has under way when its partitions go is waited for by the other. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Asker, createAsk } from '../../../models/asker.ts'
import { Claims, ClaimsElsewhere } from '../../../models/claims.ts'
import { systemClock } from '../../../models/clock.ts'
import { Handover } from '../../../models/handover.ts'
import { Journal, JournalShelves } from '../../../models/journal.ts'
import { acquireLock, type Lock } from '../../../stack/lock.ts'
import { silentLog } from '../../../streams/log.ts'
import { type FakeServer, fakeServer, refuse, reply } from './fake-server.ts'
import { endpointAt, hastyClock, model, question, until } from './fixtures.ts'

const GROUP = 'verify'

let folder: string
let server: FakeServer
/** What the endpoint says to each call, in the order of their coming, once the test has said it. */
let answers: ((text: string | null) => void)[]
const closing: (() => Promise<void> | void)[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ninefold-handover-'))
  answers = []
  server = await fakeServer((_, response) => {
    answers.push((text) => {
      if (response.writableEnded) return
      if (text === null) refuse(response, 500, 'oops')
      else reply(response, text)
    })
  })
})

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await server.close()
  rmSync(folder, { recursive: true })
})

const placeOf = (slot: string, edition = 'main') => join(folder, 'journal', `test.${edition}`, slot)
const lockOf = (slot: string) => join(folder, `${slot}.lock`)

/** A worker's way to ask. */
class Side {
  readonly slot: string
  readonly place: string
  readonly handover: Handover
  readonly asker: Asker
  readonly lock: Lock
  /** Its task's. */
  readonly task = new AbortController()

  constructor(
    slot: string,
    others: readonly string[],
    { clock = systemClock, asksBy = hastyClock, edition = 'main' } = {},
  ) {
    this.slot = slot
    this.lock = acquireLock(lockOf(slot))!
    const place = placeOf(slot, edition)
    this.place = place
    const siblings = ['first', 'second'].filter((one) => one !== edition)
    const journal = new Journal(slot, place, new JournalShelves(join(folder, 'journal'), place))
    this.handover = new Handover({
      clock,
      log: silentLog,
      folder: place,
      others: () => others.map((name) => ({ lock: lockOf(name), journalFolder: placeOf(name) })),
      siblings: {
        arrivals: join(folder, 'arrivals'),
        // A slot is named after its edition here.
        list: () => siblings.map((name) => ({ lock: lockOf(name), journalFolder: placeOf(name, name) })),
      },
      journal,
    })
    const config = { endpoints: { lab: endpointAt(server.baseURL) }, models: { alias: model } }
    this.asker = createAsk({
      config,
      journal,
      handover: this.handover,
      clock: asksBy,
      priorityOf: () => 0,
    })
    closing.push(async () => {
      await this.asker.close()
      this.handover.close()
      journal.close()
      this.lock.release()
    })
  }

  ask(text: string): Promise<string> {
    const ready = () => this.handover.ready(GROUP)
    const asked = this.asker.withSignal(this.task.signal, ready).text(question(text))
    asked.catch(() => {})
    return asked.then((answer) => answer.text)
  }

  /** The group moves on. */
  move(): void {
    this.handover.moving(GROUP, this.asker.askedUnder(this.task.signal))
  }

  /** The partition went elsewhere. */
  lose(): void {
    this.task.abort(new Error('lost'))
    this.handover.settled(GROUP, false)
  }

  gain(): void {
    this.handover.settled(GROUP, true)
  }

  get claims(): string[] {
    const claims = ClaimsElsewhere.open(this.place, lockOf(this.slot))!
    try {
      return claims.requests()
    } finally {
      claims.close()
    }
  }
}

describe('a call whose partition goes to another worker', () => {
  it('is waited for there, and paid once', async () => {
    const [old, next] = [new Side('old', []), new Side('next', ['old'])]
    const given = old.ask('hi')
    await until(() => answers.length === 1)
    old.move()
    next.gain()
    const taken = next.ask('hi')
    old.lose()
    await expect(given).rejects.toThrow('lost')
    answers[0]!('B')
    expect(await taken).toBe('B')
    expect(server.bodies).toHaveLength(1)
    await until(() => old.claims.length === 0)
  })

  it('is made there when it has failed', async () => {
    const [old, next] = [new Side('old', []), new Side('next', ['old'])]
    old.ask('hi').catch(() => {})
    await until(() => answers.length === 1)
    old.move()
    next.gain()
    const taken = next.ask('hi')
    old.lose()
    answers[0]!(null)
    await until(() => answers.length === 2)
    answers[1]!('C')
    expect(await taken).toBe('C')
  })

  it('is made there when it had not been sent', async () => {
    const [old, next] = [new Side('old', []), new Side('next', ['old'])]
    const others = Array.from({ length: 8 }, (_, at) => old.asker.text(question(`other ${at}`)))
    for (const other of others) other.catch(() => {})
    await until(() => answers.length === 8)
    old.ask('hi').catch(() => {})
    old.move()
    expect(old.claims).toHaveLength(9)
    next.gain()
    const taken = next.ask('hi')
    old.lose()
    await until(() => answers.length === 9)
    answers[8]!('B')
    expect(await taken).toBe('B')
  })

  it('is made there when its worker has died', async () => {
    const [old, next] = [new Side('old', []), new Side('next', ['old'])]
    old.ask('hi').catch(() => {})
    await until(() => answers.length === 1)
    old.move()
    next.gain()
    const taken = next.ask('hi')
    old.lock.release()
    await until(() => answers.length === 2)
    answers[1]!('B')
    expect(await taken).toBe('B')
  })

  it('is made there when its worker stands still', async () => {
    mkdirSync(placeOf('stopped'), { recursive: true })
    const stopped = acquireLock(lockOf('stopped'))!
    const claims = new Claims(placeOf('stopped'))
    closing.push(() => {
      claims.close()
      stopped.release()
    })
    const next = new Side('next', ['stopped'], { clock: hastyClock })
    const { requestHash } = await answered(next, 'hi')
    claims.add([requestHash])
    // Its journal would answer.
    rmSync(placeOf('next'), { recursive: true })
    const after = new Side('after', ['stopped'], { clock: hastyClock })
    after.gain()
    const taken = after.ask('hi')
    await until(() => answers.length === 2)
    answers[1]!('C')
    expect(await taken).toBe('C')
  })

  async function answered(side: Side, text: string) {
    const asked = side.asker.text(question(text))
    await until(() => answers.length === 1)
    answers[0]!('B')
    return asked
  }
})

describe('a worker whose group moves on', () => {
  it('asks nothing new before it knows what it keeps', async () => {
    const side = new Side('one', [])
    side.move()
    const asked = side.ask('hi')
    await sleep(20)
    expect(server.bodies).toEqual([])
    side.gain()
    await until(() => answers.length === 1)
    answers[0]!('B')
    expect(await asked).toBe('B')
  })

  it('goes on with what it keeps', async () => {
    const side = new Side('one', [])
    const asked = side.ask('hi')
    await until(() => answers.length === 1)
    side.move()
    side.handover.settled(GROUP, false)
    answers[0]!('B')
    expect(await asked).toBe('B')
    await until(() => side.claims.length === 0)
  })

  it('claims no call that it waits for itself, and begins none of them meanwhile', async () => {
    const [old, next] = [new Side('old', []), new Side('next', ['old'])]
    old.ask('hi').catch(() => {})
    next.ask('own').catch(() => {})
    await until(() => answers.length === 2)
    old.move()
    next.gain()
    const taken = next.ask('hi')
    old.lose()
    next.move()
    expect(next.claims).toHaveLength(1)
    for (const answer of answers) answer(null)
    await until(() => old.claims.length === 0)
    await sleep(300)
    // Only what it had begun before is tried again.
    expect(server.bodies.filter(({ messages }) => messages[0]?.content === 'hi')).toHaveLength(1)
    next.handover.settled(GROUP, false)
    const isAgain = () => server.bodies.filter(({ messages }) => messages[0]?.content === 'hi').length === 2
    await until(isAgain)
    for (const answer of answers) answer('C')
    expect(await taken).toBe('C')
  })
})

describe('a call that two editions need', () => {
  const editions = ['first', 'second'] as const
  const sideOf = (edition: string) => new Side(edition, [], { edition })

  it.each([
    ['the first', 0],
    ['the second', 1],
  ])('is made by %s alone, which began with it', async (_, began) => {
    const sides = editions.map(sideOf)
    const [own, other] = began === 0 ? sides : [...sides].reverse()
    const made = own!.ask('hi')
    await until(() => answers.length === 1)
    const taken = other!.ask('hi')
    await sleep(300)
    answers[0]!('B')
    expect([await made, await taken]).toEqual(['B', 'B'])
    expect(server.bodies).toHaveLength(1)
  })

  it('is made once when both begin in the same moment', async () => {
    const asked = editions.map(sideOf).map((side) => side.ask('hi'))
    await until(() => answers.length === 1)
    await sleep(300)
    answers[0]!('B')
    expect(await Promise.all(asked)).toEqual(['B', 'B'])
    expect(server.bodies).toHaveLength(1)
  })

  it('is made by the other one while the first rests from a failure', async () => {
    const [first, second] = editions.map(sideOf)
    const made = first!.ask('hi')
    await until(() => answers.length === 1)
    const taken = second!.ask('hi')
    answers[0]!(null)
    await until(() => answers.length === 2)
    await sleep(300)
    answers[1]!('B')
    expect([await made, await taken]).toEqual(['B', 'B'])
    expect(server.bodies).toHaveLength(2)
  })

  it('is made by one when the other waited for its turn meanwhile, be it ever so short', async () => {
    const second = sideOf('second')
    const first = new Side('first', [], { edition: 'first', asksBy: systemClock })
    const others = Array.from({ length: 8 }, (_, at) => first.ask(`other ${at}`))
    await until(() => answers.length === 8)
    const waiting = first.ask('hi')
    const made = second.ask('hi')
    await until(() => answers.length === 9)
    answers[8]!('B')
    expect(await made).toBe('B')
    await until(() => second.claims.length === 0)
    for (const answer of answers) answer('C')
    await Promise.all(others)
    expect(await waiting).toBe('B')
    expect(server.bodies).toHaveLength(9)
  })

  it('is made by the other one when its worker has died', async () => {
    const [first, second] = editions.map(sideOf)
    first!.ask('hi').catch(() => {})
    await until(() => answers.length === 1)
    const taken = second!.ask('hi')
    first!.lock.release()
    await until(() => answers.length === 2)
    answers[1]!('C')
    expect(await taken).toBe('C')
  })

  it('is not waited for by work that is taken away', async () => {
    const [first, second] = editions.map(sideOf)
    const made = first!.ask('hi')
    await until(() => answers.length === 1)
    const taken = second!.ask('hi')
    await sleep(20)
    second!.lose()
    await expect(taken).rejects.toThrow('lost')
    answers[0]!('B')
    expect(await made).toBe('B')
  })
})

describe('claims', () => {
  it('end with the worker that made them', () => {
    const claims = new Claims(placeOf('one'))
    claims.add(['a', 'b', 'a'])
    const seen = ClaimsElsewhere.open(placeOf('one'), lockOf('one'))!
    expect([seen.requests(), seen.has('a'), seen.isAlive]).toEqual([['a', 'b'], true, false])
    const later = new Claims(placeOf('one'))
    expect(seen.requests()).toEqual([])
    later.close()
    seen.close()
    claims.close()
  })

  it('hold for a call that is asked again as soon as it has ended', async () => {
    const claims = new Claims(placeOf('one'))
    claims.add(['a', 'b'])
    claims.end('a')
    claims.end('b')
    claims.add(['a'])
    await sleep(5)
    const seen = ClaimsElsewhere.open(placeOf('one'), lockOf('one'))!
    await until(() => !seen.has('b'))
    expect(seen.requests()).toEqual(['a'])
    seen.close()
    claims.close()
  })

  it('are no file before there is one', () => {
    const claims = new Claims(placeOf('one'))
    claims.end('a')
    claims.add([])
    expect(ClaimsElsewhere.open(placeOf('one'), lockOf('one'))).toBeNull()
    claims.close()
  })
})
