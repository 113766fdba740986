import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../config/types.ts'
import { createAsk } from '../../../models/asker.ts'
import { type FakeServer, fakeServer, refuse, reply, type Script } from './fake-server.ts'
import { endpointAt, hastyClock, MemoryJournal, model, question, until } from './fixtures.ts'
import { closeLater, startServer } from './start-server.ts'

/** Asks one model served by several endpoints: lab1, lab2, … */
function askerOf(servers: readonly FakeServer[], more: Partial<Endpoint> = {}) {
  const names = servers.map((_, at) => `lab${at + 1}`)
  const spec = { ...model, endpoints: names }
  const endpoints = Object.fromEntries(
    servers.map(({ baseURL }, at) => [names[at]!, endpointAt(baseURL, { name: names[at]!, ...more })]),
  )
  const journal = new MemoryJournal()
  const config = { endpoints, models: { alias: spec } }
  const asker = closeLater(createAsk({ config, journal, clock: hastyClock, priorityOf: () => 0 }))
  return {
    asker,
    journal,
    ask: (text: string, rest = {}) => asker.text(question(text, { model: spec, ...rest })),
  }
}

const texts = (count: number) => Array.from({ length: count }, (_, at) => `text ${at}`)

describe('several endpoints behind one model', () => {
  it('get calls as they have room, and the completions name the one that answered', async () => {
    const held: (() => void)[] = []
    const hold: Script = (_, response) => held.push(() => reply(response, 'B'))
    const [one, two] = [await startServer(hold), await startServer(hold)]
    const { ask, journal } = askerOf([one, two], { maxConcurrency: 4 })
    const asked = texts(8).map((text) => ask(text))
    await until(() => held.length === 8)
    expect([one.bodies.length, two.bodies.length]).toEqual([4, 4])
    for (const answer of held) answer()
    await Promise.all(asked)
    expect(journal.calls.filter(({ endpoint }) => endpoint === 'lab1')).toHaveLength(4)
    expect(journal.calls.filter(({ endpoint }) => endpoint === 'lab2')).toHaveLength(4)
  })

  it('let whoever is faster do more', async () => {
    const slow: (() => void)[] = []
    const one = await startServer((_, response) => slow.push(() => reply(response, 'B')))
    const two = await startServer((_, response) => reply(response, 'B'))
    const { ask, journal } = askerOf([one, two], { maxConcurrency: 2 })
    const asked = texts(20).map((text) => ask(text))
    await until(() => journal.calls.length === 18)
    expect(one.bodies).toHaveLength(2)
    for (const answer of slow) answer()
    await Promise.all(asked)
  })

  it('keep their limits each', async () => {
    let [most, now] = [0, 0]
    const one = await startServer((_, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        reply(response, 'B')
      }, 5)
    })
    const two = await startServer((_, response) => reply(response, 'B'))
    const { ask } = askerOf([one, two], { maxConcurrency: 3 })
    await Promise.all(texts(40).map((text) => ask(text)))
    expect(most).toBeLessThanOrEqual(3)
  })

  it('give the same hashes as one', async () => {
    const answer: Script = (_, response) => reply(response, 'B')
    const [one, two] = [await startServer(answer), await startServer(answer)]
    const alone = await askerOf([one]).ask('hi')
    expect((await askerOf([one, two]).ask('hi')).requestHash).toBe(alone.requestHash)
    expect((await askerOf([two, one]).ask('hi')).requestHash).toBe(alone.requestHash)
  })
})

describe('an endpoint that fails', () => {
  const failures: Record<string, Script> = {
    'with 500': (_, response) => refuse(response, 500, 'oops'),
    'with 429': (_, response) => refuse(response, 429, 'slow down'),
    'by hanging': () => {},
    'by dropping connections': (_, response) => response.destroy(),
  }

  it.each(Object.keys(failures))('%s is avoided, and its calls go to the other', async (how) => {
    const bad = await startServer(failures[how]!)
    const good = await startServer((_, response) => setTimeout(() => reply(response, 'B'), 1))
    // Short only where it must pass: a busy machine's good endpoint may take a while, too.
    const timeoutSeconds = how === 'by hanging' ? 1 : 30
    const { ask, journal } = askerOf([bad, good], { maxConcurrency: 4, timeoutSeconds })
    const answers = await Promise.all(texts(60).map((text) => ask(text)))
    expect(answers.every(({ text }) => text === 'B')).toBe(true)
    expect(
      new Set(journal.calls.filter(({ status }) => status === 'answered').map((call) => call.endpoint)),
    ).toEqual(new Set(['lab2']))
    expect(bad.bodies.length).toBeLessThan(30)
  })

  it('that is not there is avoided at once', async () => {
    const gone = await fakeServer(() => {})
    await gone.close()
    const good = await startServer((_, response) => reply(response, 'B'))
    const { ask } = askerOf([gone, good], { maxConcurrency: 2 })
    await Promise.all(texts(20).map((text) => ask(text)))
    expect(good.bodies).toHaveLength(20)
  })

  it('gets calls again when it is well', async () => {
    let well = false
    const sick = await startServer((_, response) =>
      well ? reply(response, 'B') : refuse(response, 500, 'oops'),
    )
    const good = await startServer((_, response) => reply(response, 'B'))
    const { ask, journal } = askerOf([sick, good], { maxConcurrency: 2 })
    await Promise.all(texts(20).map((text) => ask(text)))
    well = true
    for (
      let n = 0;
      !journal.calls.some(({ endpoint, status }) => endpoint === 'lab1' && status === 'answered');
      n++
    ) {
      await Promise.all(texts(4).map((text) => ask(`${text}, round ${n}`)))
      await sleep(5)
    }
  })

  it('does not keep both from being waited for when both are away', async () => {
    let away = true
    const script: Script = (_, response) => (away ? refuse(response, 503, 'away') : reply(response, 'B'))
    const [one, two] = [await startServer(script), await startServer(script)]
    const { ask } = askerOf([one, two])
    const asked = Promise.all(texts(10).map((text) => ask(text)))
    await until(() => one.bodies.length > 3 && two.bodies.length > 3)
    away = false
    expect((await asked).every(({ text }) => text === 'B')).toBe(true)
  })
})
