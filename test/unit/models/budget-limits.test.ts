/** Limits of single roles and of a run, beside the edition's. */
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Budget } from '../../../models/budget.ts'
import type { BudgetLimits } from '../../../models/budget-limits.ts'
import { BudgetReached } from '../../../models/budget-reached.ts'
import { BudgetStore } from '../../../models/budget-store.ts'
import { openDatabase } from '../../../stack/sqlite.ts'
import { Account, callOf, NANO, never, paid } from './budget-fixtures.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

async function start(limits: Partial<BudgetLimits>): Promise<{ account: Account; budget: Budget }> {
  const account = new Account()
  const budget = await account.open('a-0', limits)
  ends.push(
    () => account[Symbol.dispose](),
    () => budget.close(),
  )
  return { account, budget }
}

/** Spends so much, reserved for as much. @returns what it was refused with; null when it was not */
async function spend(budget: Budget, usd: number, step: string): Promise<unknown> {
  try {
    const reservation = await budget.reserve(callOf(usd, step), never)
    reservation.settle(paid('main-a-0', sequence++, usd, usd, step))
    return null
  } catch (error) {
    return error
  }
}
let sequence = 0

describe("a role's limit", () => {
  it('stops that role alone, and counts all its steps together', async () => {
    const { budget, account } = await start({ usd: 10, roles: { generate: 2 } })
    expect(await spend(budget, 1, 'generate.one')).toBeNull()
    expect(await spend(budget, 1, 'generate.two')).toBeNull()
    const error = await spend(budget, 1, 'generate')
    expect(error).toBeInstanceOf(BudgetReached)
    expect(error).toMatchObject({
      message: expect.stringContaining('the budget of $2.00 for generate is reached: $2.00 spent'),
      remedy: expect.stringContaining('Raise `budget.roles.generate` in the configuration, to $3.00 at'),
    })
    expect(await spend(budget, 5, 'verify')).toBeNull()
    // The edition's limit holds all of them.
    expect(await spend(budget, 4, 'verify')).toMatchObject({ limit: { of: { kind: 'edition', role: null } } })
    await turn()
    expect((await account.spending()).spent).toBe(7 * NANO)
  })

  it('lets calls of other roles pass who waits for it', async () => {
    const { budget } = await start({ usd: 100, roles: { verify: 2 } })
    const first = await budget.reserve(callOf(2, 'verify'), never)
    const waiting = budget.reserve(callOf(1, 'verify'), never)
    const behind = budget.reserve(callOf(0.5, 'verify'), never)
    await (await budget.reserve(callOf(3, 'rank'), never)).release()
    first.settle(paid('main-a-0', 9_000, 0.5, 2))
    expect((await waiting).nanoUsd).toBe(NANO)
    expect((await behind).nanoUsd).toBe(NANO / 2)
  })

  it('holds over restarts and between workers', async () => {
    const { budget, account } = await start({ roles: { verify: 2 } })
    expect(await spend(budget, 2, 'verify')).toBeNull()
    await turn()
    const other = await account.open('a-1', { roles: { verify: 2 } })
    ends.push(() => other.close())
    expect(await spend(other, 1, 'verify')).toBeInstanceOf(BudgetReached)
    expect(await spend(other, 1, 'rank')).toBeNull()
  })
})

describe("a run's limit", () => {
  it('counts what this worker has spent since it was opened, and nothing before', async () => {
    const { budget, account } = await start({ runUsd: 2 })
    expect(await spend(budget, 2, 'verify')).toBeNull()
    expect(await spend(budget, 1, 'rank')).toMatchObject({
      message: expect.stringContaining(
        'the limit of $2.00 for this run of this worker is reached: $2.00 spent',
      ),
      remedy: expect.stringContaining('Run again, with the same limit, a higher one or none'),
    })
    expect(budget.run).toEqual({ spent: 2 * NANO, assumed: 0, reserved: 0 })
    const next = await account.open('a-1', { runUsd: 2 })
    ends.push(() => next.close())
    expect(await spend(next, 1, 'verify')).toBeNull()
  })

  it('counts a call of unknown cost, and one that could not be entered, as the most it can cost', async () => {
    const { budget } = await start({ runUsd: 3 })
    ;(await budget.reserve(callOf(1), never)).settle(paid('main-a-0', 500, null, 1))
    ;(await budget.reserve(callOf(1), never)).lose()
    ;(await budget.reserve(callOf(1), never)).release()
    await turn()
    await turn()
    expect(budget.run).toEqual({ spent: 2 * NANO, assumed: 2 * NANO, reserved: 0 })
  })
})

describe('a model without a price', () => {
  it.each([
    [{ usd: 1 }, 'rank', true],
    [{ runUsd: 1 }, 'rank', true],
    [{ roles: { verify: 1 } }, 'verify', true],
    [{ roles: { verify: 1 } }, 'rank', false],
  ])('is asked under %j for %s: refused is %s', async (limits, step, isRefused) => {
    const { budget } = await start(limits)
    const check = () => budget.checkUnpriced(step, 'dear')
    if (isRefused) expect(check).toThrow(expect.objectContaining({ code: 'NF_BUDGET_PRICE' }))
    else expect(check).not.toThrow()
  })
})

describe('other machines', () => {
  it('are named in the message once their payments are known', async () => {
    const { budget, account } = await start({ usd: 1 })
    expect(await spend(budget, 2, 'verify')).toMatchObject({ limit: { othersLateMs: null } })
    const store = await BudgetStore.open(account.path)
    ends.push(() => store.close())
    store.countRead('completions/0', [paid('main-b-0', 0, 0.5, 1)], 1)
    expect(await spend(budget, 2, 'verify')).toMatchObject({
      message: expect.stringContaining('what other machines spend is known here about 5 s late'),
    })
  })
})

describe('an account of an older form', () => {
  it('is thrown away, to be made again from the topic', async () => {
    const account = new Account()
    ends.push(() => account[Symbol.dispose]())
    openDatabase(
      account.path,
      `CREATE TABLE totals (id INTEGER PRIMARY KEY, spent INTEGER, assumed INTEGER);
       INSERT INTO totals VALUES (1, 7, 7);
       CREATE TABLE positions (place TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
       INSERT INTO positions VALUES ('completions/0', 12);`,
    ).close()
    const store = await BudgetStore.open(account.path)
    ends.push(() => store.close())
    expect(store.spending()).toEqual({ spent: 0, assumed: 0, reserved: 0 })
    expect(store.positionOf('completions/0')).toBe(0)
  })
})
