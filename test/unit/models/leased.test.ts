/** A call that gets its turn when the work may be another worker's by now does not begin. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { reply } from './fake-server.ts'
import { question, until } from './fixtures.ts'
import { startAsker } from './start-server.ts'

/** A lease that is lost and renewed when the test says so. */
class ToyLease {
  #renewal: PromiseWithResolvers<void> | null = null

  lose(): void {
    this.#renewal ??= Promise.withResolvers()
  }

  renew(): void {
    this.#renewal?.resolve()
    this.#renewal = null
  }

  renewed(): Promise<void> | null {
    return this.#renewal?.promise ?? null
  }
}

/** One place at the endpoint: the first call holds it until `answer` is called. */
async function start() {
  const lease = new ToyLease()
  const payers = new Set<string>()
  const held = Promise.withResolvers<void>()
  const { asker, server } = await startAsker(
    async (_, response, n) => {
      if (n === 0) await held.promise
      reply(response, `answer ${n}`)
    },
    {
      endpoint: { maxConcurrency: 1 },
      leased(payer) {
        payers.add(payer)
        return lease.renewed()
      },
    },
  )
  const task = new AbortController()
  const ask = asker.withSignal(task.signal)
  const first = ask.text(question('first', { payer: 'verify' }))
  await until(() => server.bodies.length === 1)
  const second = ask.text(question('second', { payer: 'verify' }))
  return { ask, asker, server, lease, payers, task, first, second, answer: held.resolve }
}

describe('a process that stood still', () => {
  it('goes on with what it still owns, once it knows', async () => {
    const { server, lease, payers, first, second, answer } = await start()
    lease.lose()
    answer()
    expect((await first).text).toBe('answer 0')
    await sleep(20)
    expect(server.bodies).toHaveLength(1)
    lease.renew()
    expect((await second).text).toBe('answer 1')
    expect(payers).toEqual(new Set(['verify']))
  })

  it('does not ask for what it has lost, and holds no place for it', async () => {
    const { asker, server, lease, task, first, second, answer } = await start()
    lease.lose()
    answer()
    await first
    await sleep(20)
    task.abort(new Error('lost'))
    lease.renew()
    await expect(second).rejects.toThrow('lost')
    expect((await asker.text(question('third'))).text).toBe('answer 1')
    expect(server.bodies).toHaveLength(2)
  })
})
