import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Budget, Reservation } from '../../../models/budget.ts'
import { BudgetReached } from '../../../models/budget-reached.ts'
import { BudgetStore } from '../../../models/budget-store.ts'
import { Journal, JournalShelves, readPayments } from '../../../models/journal.ts'
import type { Order } from './budget-child.ts'
import { Account, callOf, NANO, never, paid } from './budget-fixtures.ts'

/** The most a call can cost where workers spend all there is. */
const CALL_USD = 0.01

const accounts: Account[] = []
const budgets: Budget[] = []
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const budget of budgets.splice(0)) budget.close()
  for (const account of accounts.splice(0)) account[Symbol.dispose]()
})

function newAccount(): Account {
  const account = new Account()
  accounts.push(account)
  return account
}

async function openBudget(account: Account, slot: string, limitUsd: number): Promise<Budget> {
  const budget = await account.open(slot, limitUsd)
  budgets.push(budget)
  return budget
}

/** Ends a budget before its test does. */
function closeBudget(budget: Budget): void {
  budgets.splice(budgets.indexOf(budget), 1)
  budget.close()
}

/** `waiting`, while a promise is neither. */
async function stateOf(promise: Promise<unknown>): Promise<'granted' | 'refused' | 'waiting'> {
  const known = promise.then(
    () => 'granted' as const,
    () => 'refused' as const,
  )
  for (let i = 0; i < 5; i++) await turn()
  return Promise.race([known, Promise.resolve('waiting' as const)])
}

describe('a call', () => {
  it('sets aside the most it can cost, and is settled with what it did cost', async () => {
    const account = newAccount()
    const budget = await openBudget(account, 'a-0', 10)
    const reservation = await budget.reserve(callOf(4), never)
    expect(await account.spending()).toEqual({ spent: 0, assumed: 0, reserved: 4 * NANO })
    reservation.settle(paid('main-a-0', 0, 1.5, 4))
    await turn()
    await turn()
    expect(await account.spending()).toEqual({ spent: 1.5 * NANO, assumed: 0, reserved: 0 })
  })

  it('counts with what was set aside when its cost is unknown, or nothing could be entered', async () => {
    const account = newAccount()
    const budget = await openBudget(account, 'a-0', 10)
    const [first, second, third] = [
      await budget.reserve(callOf(4), never),
      await budget.reserve(callOf(1), never),
      await budget.reserve(callOf(2), never),
    ]
    first.settle(paid('main-a-0', 0, null, 4))
    second.lose()
    third.release()
    third.settle(paid('main-a-0', 1, 2, 2))
    closeBudget(budget)
    expect(await account.spending()).toEqual({ spent: 5 * NANO, assumed: 5 * NANO, reserved: 0 })
  })

  it('is refused when it would not fit even if all others cost nothing', async () => {
    const budget = await openBudget(newAccount(), 'a-0', 5)
    ;(await budget.reserve(callOf(3), never)).settle(paid('main-a-0', 0, 3, 3))
    const error = await budget.reserve(callOf(2.5), never).catch((reason) => reason)
    expect(error).toBeInstanceOf(BudgetReached)
    expect(error).toMatchObject({ code: 'NF_BUDGET_REACHED', othersMayGoOn: true })
    expect(error.message).toBe(
      'the budget of $5.00 is reached: $3.00 spent, $0.00 reserved for calls under way; ' +
        'the next call (step verify, model some-model) may cost $2.50',
    )
    expect(error.remedy).toContain('Raise `budget.usd` in the configuration, to $5.50 at the least')
    expect(await stateOf(budget.reserve(callOf(2), never))).toBe('granted')
  })

  it('waits, in the order of asking, for calls under way that may leave enough', async () => {
    const budget = await openBudget(newAccount(), 'a-0', 5)
    const first = await budget.reserve(callOf(4), never)
    const large = budget.reserve(callOf(3), never)
    const small = budget.reserve(callOf(1), never)
    expect(await stateOf(large)).toBe('waiting')
    expect(await stateOf(small)).toBe('waiting')
    first.settle(paid('main-a-0', 0, 1, 4))
    expect(await stateOf(large)).toBe('granted')
    expect(await stateOf(small)).toBe('granted')
  })

  it('is refused after waiting when the others have left too little', async () => {
    const budget = await openBudget(newAccount(), 'a-0', 5)
    const first = await budget.reserve(callOf(4), never)
    const waiting = budget.reserve(callOf(3), never)
    waiting.catch(() => {})
    first.settle(paid('main-a-0', 0, 3, 4))
    await expect(waiting).rejects.toBeInstanceOf(BudgetReached)
  })

  it('that is given up waits no longer, and lets others pass', async () => {
    const budget = await openBudget(newAccount(), 'a-0', 5)
    await budget.reserve(callOf(4), never)
    const giveUp = new AbortController()
    const waiting = budget.reserve(callOf(3), giveUp.signal)
    const behind = budget.reserve(callOf(1), never)
    expect(await stateOf(behind)).toBe('waiting')
    giveUp.abort(new Error('given up'))
    await expect(waiting).rejects.toThrow('given up')
    expect(await stateOf(behind)).toBe('granted')
  })
})

describe('a restart', () => {
  it('knows what was spent, and under a higher limit goes on', async () => {
    const account = newAccount()
    const budget = await openBudget(account, 'a-0', 2)
    ;(await budget.reserve(callOf(2), never)).settle(paid('main-a-0', 0, 2, 2))
    closeBudget(budget)
    const again = await openBudget(account, 'a-0', 2)
    await expect(again.reserve(callOf(1), never)).rejects.toBeInstanceOf(BudgetReached)
    closeBudget(again)
    const raised = await openBudget(account, 'a-0', 3)
    expect(await stateOf(raised.reserve(callOf(1), never))).toBe('granted')
  })

  it('counts a payment once, be it settled, in the journal, or read from the topic', async () => {
    const account = newAccount()
    const { journal: name, journalFolder } = account.placesOf('a-0')
    const journal = new Journal(name, journalFolder, new JournalShelves(account.folder, ''))
    const budget = await openBudget(account, 'a-0', 100)
    const costs = [1, null, 3, 4] as const
    for (const [index, cost] of costs.entries()) {
      const reservation = await budget.reserve(callOf(5), never)
      const costNanoUsd = cost === null ? null : cost * NANO
      const record = {
        requestHash: String(index),
        step: 'verify',
        costNanoUsd,
        atMostNanoUsd: reservation.nanoUsd,
      }
      const { sequence } = await journal.append(record as Parameters<typeof journal.append>[0])
      // The worker was killed before it could settle the second and the last.
      if (index % 2 === 0) reservation.settle(paid(name, sequence, cost, 5))
    }
    closeBudget(budget)
    journal.close()
    closeBudget(await openBudget(account, 'a-0', 100))
    const all = { spent: (1 + 5 + 3 + 4) * NANO, assumed: 5 * NANO, reserved: 0 }
    expect(await account.spending()).toEqual(all)

    const published = costs.map((cost, sequence) => paid(name, sequence, cost, 5))
    const store = await BudgetStore.open(account.path)
    store.countRead('completions/0', published.slice(0, 3), 7)
    store.countRead('completions/1', [...published.slice(3), paid('main-b-0', 0, 10, 10)], 3)
    expect([store.positionOf('completions/0'), store.positionOf('completions/2')]).toEqual([7, 0])
    store.close()
    expect(await account.spending()).toEqual({ ...all, spent: all.spent + 10 * NANO })
  })

  it('after the account was lost finds the same in the topic', async () => {
    const account = newAccount()
    const payments = [paid('main-a-0', 0, 2, 3), paid('main-a-0', 1, null, 3), paid('main-b-0', 0, 1, 1)]
    const read = async () => {
      const store = await BudgetStore.open(account.path)
      store.countRead('completions/0', payments, 3)
      store.close()
      return account.spending()
    }
    const before = await read()
    for (const end of ['', '-wal', '-shm']) rmSync(account.path + end, { force: true })
    expect(await read()).toEqual(before)
    expect(before).toEqual({ spent: 6 * NANO, assumed: 3 * NANO, reserved: 0 })
  })
})

describe('workers of one machine', () => {
  it('never spend more than the limit together', async () => {
    const account = newAccount()
    const workers = await Promise.all(['a-0', 'a-1'].map((slot) => startChild(account, slot, 1)))
    // So many calls that none is through with them before the other one begins, on however busy a machine.
    const calls = await Promise.all(workers.map((worker) => worker.order({ spendAll: 0.001 })))
    // Each call costs half of what it may cost: the last that fits leaves less than a whole one.
    expect(calls.map(Number).reduce((sum, count) => sum + count)).toBe(1_999)
    expect(Math.min(...calls.map(Number))).toBeGreaterThan(0)
    expect(await account.spending()).toEqual({ spent: 0.9995 * NANO, assumed: 0, reserved: 0 })
  })

  it('wait for each other, but not for one that was killed: its journal counts, the rest is free', async () => {
    const account = newAccount()
    const worker = await startChild(account, 'a-1', 10)
    expect(await worker.order({ reserve: 6 })).toBe('reserved')
    expect(await worker.order({ journal: 2 })).toBe('journaled')
    const budget = await openBudget(account, 'a-0', 10)
    const waiting = budget.reserve(callOf(7), never)
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(await stateOf(waiting)).toBe('waiting')
    worker.child.kill('SIGKILL')
    await waiting
    expect(await account.spending()).toEqual({ spent: 2 * NANO, assumed: 0, reserved: 7 * NANO })
  })

  it('take over a slot with its journal, and without what its last owner had set aside', async () => {
    const account = newAccount()
    const worker = await startChild(account, 'a-0', 10)
    await worker.order({ reserve: 6 })
    await worker.order({ journal: 2 })
    expect(await account.spending()).toMatchObject({ spent: 0, reserved: 6 * NANO })
    worker.child.kill('SIGKILL')
    await once(worker.child, 'exit')
    await openBudget(account, 'a-0', 10)
    expect(await account.spending()).toEqual({ spent: 2 * NANO, assumed: 0, reserved: 0 })
  })

  it('killed while they spend, one after the other, lose nothing of what is journaled and leave nothing set aside', async () => {
    const account = newAccount()
    for (const share of [0.2, 0.4, 0.6]) {
      const worker = await startChild(account, 'a-0', 1)
      worker.child.send({ spendAll: CALL_USD } satisfies Order)
      while ((await account.spending()).spent < share * NANO) await sleep(20)
      worker.child.kill('SIGKILL')
      await once(worker.child, 'exit')
    }
    const last = await startChild(account, 'a-0', 1)
    await last.order({ spendAll: CALL_USD })
    const journaled = [...readPayments(account.placesOf('a-0').journalFolder, 0)]
    const spent = journaled.reduce((sum, { costNanoUsd }) => sum + Number(costNanoUsd), 0)
    expect(await account.spending()).toEqual({ spent, assumed: 0, reserved: 0 })
    // Up to the last call that fits.
    expect(spent).toBeLessThanOrEqual(NANO)
    expect(spent).toBeGreaterThan(NANO * (1 - CALL_USD))
  }, 120_000)
})

/** Starts a worker in a process of its own. */
async function startChild(account: Account, slot: string, limitUsd: number) {
  const path = fileURLToPath(new URL('./budget-child.ts', import.meta.url))
  const child = fork(path, [account.folder, slot, String(limitUsd)], { execArgv: [] })
  children.push(child)
  await once(child, 'message')
  return {
    child,
    async order(order: Order): Promise<string> {
      child.send(order)
      const [answer] = await once(child, 'message')
      return String(answer)
    },
  }
}

type Step =
  | { readonly kind: 'ask'; readonly worker: number; readonly cents: number }
  | { readonly kind: 'end'; readonly which: number; readonly share: number | null }
  | { readonly kind: 'turn' }

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('ask' as const),
      worker: fc.nat({ max: 2 }),
      cents: fc.integer({ min: 1, max: 60 }),
    }),
    fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(),
      share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    fc.record({ kind: fc.constant('turn' as const) }),
  ),
  { maxLength: 60 },
)

describe('whatever the interleaving', () => {
  it('spent and reserved never exceed the limit, and every call is granted or refused in the end', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        using account = new Account()
        const workers = await Promise.all(['a', 'b', 'c'].map((slot) => account.open(slot, 1)))
        const store = await BudgetStore.open(account.path)
        try {
          await play(script as Step[], workers, store)
        } finally {
          for (const worker of workers) worker.close()
          store.close()
        }
      }),
      { numRuns: 40 },
    )
  })
})

async function play(script: readonly Step[], workers: readonly Budget[], store: BudgetStore): Promise<void> {
  const open: Reservation[] = []
  let asked = 0
  let answered = 0
  let sequence = 0
  const check = (): void => {
    const { spent, reserved } = store.spending()
    expect(spent + reserved).toBeLessThanOrEqual(NANO)
  }
  const end = (reservation: Reservation, share: number | null): void => {
    const cost = share === null ? null : Math.floor(reservation.nanoUsd * share)
    const payment = { journal: 'j', sequence: sequence++, step: 'verify', costNanoUsd: cost }
    reservation.settle({ ...payment, atMostNanoUsd: reservation.nanoUsd })
  }
  for (const step of script) {
    if (step.kind === 'ask') {
      asked++
      const granted = workers[step.worker]!.reserve(callOf(step.cents / 100), never)
      granted
        .then((reservation) => open.push(reservation))
        .catch(() => {})
        .finally(() => answered++)
    } else if (step.kind === 'end' && open.length > 0) {
      end(open.splice(step.which % open.length, 1)[0]!, step.share)
    } else await turn()
    check()
  }
  const deadline = Date.now() + 10_000
  while (answered < asked && Date.now() < deadline) {
    for (const reservation of open.splice(0)) end(reservation, 0.5)
    await new Promise((resolve) => setTimeout(resolve, 1))
    check()
  }
  expect(answered).toBe(asked)
}
