/** What asking does with the budget: calls to an endpoint that answers, fails and refuses. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { ModelSpec } from '../../../config/types.ts'
import { type Budget, USUAL_ANSWER_LIMIT } from '../../../models/budget.ts'
import { BudgetReached } from '../../../models/budget-reached.ts'
import { mostNanoUsd } from '../../../models/cost.ts'
import { answerLimit } from '../../../models/request.ts'
import { Account, NANO } from './budget-fixtures.ts'
import { fakeServer, refuse, reply, type Script } from './fake-server.ts'
import { askerAt, model, question } from './fixtures.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A question may cost 100 tokens of answer, and costs 5 when it is answered; prompts are free. */
const PRICE = { input: 0, output: 1 }
const priced = (more: Partial<ModelSpec> = {}): { model: ModelSpec } => ({
  model: { ...model, price: PRICE, ...more },
})
const MOST = 100 * 1000
const COST = 5 * 1000

async function start(script: Script, limitNanoUsd: number, maxConcurrency = 1) {
  const account = new Account()
  const server = await fakeServer(script)
  const budget: Budget = await account.open('a-0', limitNanoUsd / NANO)
  const { asker, journal } = askerAt(server.baseURL, { budget, endpoint: { maxConcurrency } })
  let open = true
  const close = async (): Promise<void> => {
    if (!open) return
    open = false
    await asker.close()
    budget.close()
  }
  ends.push(
    () => account[Symbol.dispose](),
    () => server.close(),
    close,
  )
  return { server, asker, journal, account, close }
}

const answering: Script = (_, response) => reply(response, 'B')

describe('a budget', () => {
  it('is asked before a call is sent; what is journaled needs none', async () => {
    const { asker, server, journal, account, close } = await start(answering, MOST + COST - 1)
    await asker.text(question('one', priced()))
    await expect(asker.text(question('two', priced()))).rejects.toBeInstanceOf(BudgetReached)
    expect(await asker.text(question('one', priced()))).toMatchObject({ text: 'B' })
    // The place at the endpoint was given back: a call that is free goes on.
    await asker.text(question('three', priced({ price: { input: 0, output: 0 } })))
    expect(server.bodies).toHaveLength(2)
    expect(journal.calls[0]).toMatchObject({ costNanoUsd: COST, atMostNanoUsd: MOST })
    await close()
    expect(await account.spending()).toEqual({ spent: COST, assumed: 0, reserved: 0 })
  })

  it('is charged with every call: failed ones and unknown usage as much as they may have cost', async () => {
    const { asker, journal, account, close } = await start((_, response, n) => {
      if (n === 0) refuse(response, 500, 'oops')
      else if (n === 1) refuse(response, 429, 'slow down')
      else reply(response, 'B', n === 2 ? { usage: undefined } : {})
    }, 100 * MOST)
    await asker.text(question('one', priced()))
    await asker.text(question('two', priced()))
    expect(journal.calls.map(({ costNanoUsd, atMostNanoUsd }) => [costNanoUsd, atMostNanoUsd])).toEqual([
      [null, MOST],
      [null, MOST],
      [COST, MOST],
    ])
    await close()
    expect(await account.spending()).toEqual({ spent: 2 * MOST + COST, assumed: 2 * MOST, reserved: 0 })
  })

  it.each([400, 401])('is not charged with a call refused with %i', async (status) => {
    const { asker, account, close } = await start((_, response) => refuse(response, status, 'no'), MOST)
    await expect(asker.text(question('one', priced()))).rejects.toThrow()
    await expect(asker.text(question('two', priced()))).rejects.not.toBeInstanceOf(BudgetReached)
    await close()
    expect(await account.spending()).toEqual({ spent: 0, assumed: 0, reserved: 0 })
  })

  it('is charged with calls under way that are given up', async () => {
    const sent = Promise.withResolvers<void>()
    const { asker, account, close } = await start(() => sent.resolve(), 10 * MOST)
    const waiting = asker.text(question('one', priced()))
    waiting.catch(() => {})
    await sent.promise
    await close()
    await expect(waiting).rejects.toMatchObject({ code: 'NF_ASK_CLOSED' })
    expect(await account.spending()).toEqual({ spent: MOST, assumed: MOST, reserved: 0 })
  })
})

describe('a worker that is about to end', () => {
  it('sends nothing that waited for money, when there is some again', async () => {
    const letGo = Promise.withResolvers<void>()
    const script: Script = async (_, response) => {
      await letGo.promise
      reply(response, 'B')
    }
    const { asker, server, account, close } = await start(script, 1.5 * MOST, 2)
    const paid = asker.text(question('one', priced()))
    await expect.poll(() => server.bodies.length).toBe(1)
    const waiting = asker.text(question('two', priced()))
    waiting.catch(() => {})
    await sleep(20)
    const hushed = asker.hush(6_000_000)
    letGo.resolve()
    expect(await hushed).toBe(0)
    await paid
    await sleep(20)
    expect(server.bodies).toHaveLength(1)
    await close()
    await expect(waiting).rejects.toMatchObject({ code: 'NF_ASK_CLOSED' })
    expect(await account.spending()).toEqual({ spent: COST, assumed: 0, reserved: 0 })
  })
})

describe('the most a call can cost', () => {
  it('is a token for every byte of the request, and the longest answer', () => {
    expect(mostNanoUsd(1_000, 500, { input: 0.15, output: 0.6 })).toBe(450_000)
    expect(mostNanoUsd(3, 0, { input: 0.0001, output: 0 })).toBe(1)
  })

  it('goes by the limit that is sent', () => {
    const limitOf = (params: ModelSpec['params'], maxTokens: number | null) =>
      answerLimit(question('hi', { model: { ...model, params }, maxTokens }))
    expect(limitOf({}, 100)).toBe(100)
    expect(limitOf({ max_completion_tokens: 4000 }, 100)).toBe(4000)
    expect(limitOf({ max_completion_tokens: null }, 100)).toBe(100)
    expect(limitOf({}, null)).toBeNull()
  })

  it('reckons with a usual limit where none is sent', async () => {
    const { asker, journal } = await start(answering, NANO)
    await asker.text(question('one', { ...priced(), maxTokens: null }))
    expect(journal.calls[0]?.atMostNanoUsd).toBe(USUAL_ANSWER_LIMIT * 1000)
  })
})
