/** Whatever an endpoint does for a while, a question that waits is answered when it is well again, and asked once. */
import { expect, it } from 'vitest'
import { EndpointRefusedKey } from '../../../models/errors.ts'
import { FaultyEndpoint } from '../../support/faulty-endpoint.ts'
import { reply } from './fake-server.ts'
import { askerAt, hastyClock, question, until } from './fixtures.ts'
import { closeLater, startServer } from './start-server.ts'

const AT_ONCE = 4

async function start() {
  const server = await startServer((_, response) => reply(response, 'B'))
  const endpoint = closeLater(await FaultyEndpoint.open(server.baseURL))
  const { asker, journal } = askerAt(endpoint.url, { endpoint: { giveUp: { failures: 1e6, minutes: 1e6 } } })
  closeLater(asker)
  return { server, endpoint, asker, journal }
}

const FAULTS: readonly (readonly [string, (endpoint: FaultyEndpoint) => unknown, string | null])[] = [
  ['429 with seconds', (one) => one.storm429({ retryAfter: 3 }), null],
  ['429 with a date', (one) => one.storm429({ retryAfter: 3, as: 'date' }), null],
  ['429 without a word', (one) => one.storm429({ retryAfter: null }), null],
  ['500', (one) => one.errors500(), 'failed'],
  ['hanging', (one) => one.hang(), 'failed'],
  ['cut answers', (one) => one.cut(), 'failed'],
  ['malformed answers', (one) => one.malformed(), 'failed'],
]

it.each(FAULTS)('%s', async (_, begin, entered) => {
  const { server, endpoint, asker, journal } = await start()
  begin(endpoint)
  const questions = Array.from({ length: AT_ONCE }, (_, n) => question(`question ${n}`))
  const answers = Promise.all(questions.map((one) => asker.text(one)))
  await until(() => endpoint.spoiled >= AT_ONCE)
  expect(server.bodies).toHaveLength(0)
  await endpoint.heal()
  expect((await answers).map(({ text }) => text)).toEqual(Array(AT_ONCE).fill('B'))
  expect(server.bodies).toHaveLength(AT_ONCE)
  const failures = new Set(
    journal.calls.map(({ status }) => status).filter((status) => status !== 'answered'),
  )
  expect([...failures]).toEqual(entered === null ? [] : [entered])
})

it('tells in the log how often a call was turned away before it, since the call before', async () => {
  const statuses = [429, 429, 429, 500, 429, 200]
  const server = await startServer((_, response, n) => {
    const status = statuses[n] ?? 200
    if (status === 200) reply(response, 'B')
    else response.writeHead(status, { 'retry-after': '0' }).end()
  })
  const { asker, journal } = askerAt(server.baseURL)
  closeLater(asker)
  expect((await asker.text(question('hi'))).text).toBe('B')
  expect(journal.calls.map(({ status, turnedAway }) => [status, turnedAway])).toEqual([
    ['failed', 3],
    ['answered', 1],
  ])
})

it('an endpoint that is gone and comes back at its address', async () => {
  const { server, endpoint, asker } = await start()
  await endpoint.gone()
  await expect(fetch(endpoint.url)).rejects.toThrow()
  const answer = asker.text(question('hi'))
  await hastyClock.sleep(2_000)
  await endpoint.heal()
  expect((await answer).text).toBe('B')
  expect(server.bodies).toHaveLength(1)
})

it('a key that one model is refused stops who asks that model, and nobody else', async () => {
  const { endpoint, asker } = await start()
  endpoint.wrongKey('another-model')
  expect((await asker.text(question('hi'))).text).toBe('B')
  endpoint.wrongKey('some-model')
  await expect(asker.text(question('you'))).rejects.toThrow(EndpointRefusedKey)
  await endpoint.heal()
  expect((await asker.text(question('you'))).text).toBe('B')
  expect([...endpoint.counts]).toEqual([['wrongKey', 1]])
})

it('a date to come back at is held against the server’s own clock, which may differ from this machine’s', async () => {
  const waits: number[] = []
  const server = await startServer((_, response, n) => {
    if (n > 0) return reply(response, 'B')
    const there = Date.now() - 3 * 3_600_000
    response.setHeader('date', new Date(there).toUTCString())
    response.writeHead(429, { 'retry-after': new Date(there + 4_000).toUTCString() }).end()
  })
  const { asker } = askerAt(server.baseURL, { onWait: ({ waitMs }) => waits.push(waitMs) })
  closeLater(asker)
  await asker.text(question('hi'))
  expect(waits[0]).toBeGreaterThanOrEqual(3_000)
  expect(waits[0]).toBeLessThan(6_000)
})
