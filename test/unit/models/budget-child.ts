/** A worker of its own process: holds a slot, takes what it is told to, and settles nothing until it is told. */
import { Journal, JournalShelves } from '../../../models/journal.ts'
import { acquireLock } from '../../../stack/lock.ts'
import { Account, callOf, never, paid } from './budget-fixtures.ts'

/** What it does, one after the other. */
export type Order =
  | { readonly reserve: number }
  /** Enters a call into the journal that is not settled. */
  | { readonly journal: number }
  /** Reserves and settles at half the price, over and over, until refused. */
  | { readonly spendAll: number }

const [folder, slot, limit] = process.argv.slice(2) as [string, string, string]
const account = new Account(folder)
const places = account.placesOf(slot)
if (acquireLock(places.lock) === null) throw new Error(`${slot} is taken`)
const journal = new Journal(places.journal, places.journalFolder, new JournalShelves(folder, ''))
const budget = await account.open(slot, Number(limit))

process.on('message', (order: Order) => void obey(order).then((answer) => process.send!(answer)))
process.send!('ready')

async function obey(order: Order): Promise<string> {
  if ('journal' in order) {
    await journal.append(entry(order.journal))
    return 'journaled'
  }
  if ('reserve' in order) {
    return budget.reserve(callOf(order.reserve), never).then(
      () => 'reserved',
      () => 'refused',
    )
  }
  let calls = 0
  for (;;) {
    const reservation = await budget.reserve(callOf(order.spendAll), never).catch(() => null)
    if (reservation === null) return String(calls)
    calls++
    const { journal: name, sequence } = await journal.append(entry(order.spendAll / 2))
    reservation.settle(paid(name, sequence, order.spendAll / 2, order.spendAll))
  }
}

function entry(usd: number) {
  return {
    requestHash: 'hash',
    step: 'verify',
    questionId: 'q',
    model: 'some-model',
    endpoint: 'lab',
    status: 'answered',
    reasoning: '',
    text: 'B',
    finishReason: 'stop',
    promptTokens: 1,
    completionTokens: 1,
    costNanoUsd: callOf(usd).nanoUsd,
    atMostNanoUsd: callOf(usd).nanoUsd,
    startedAt: 0,
    durationMs: 1,
    attempt: 1,
    turnedAway: 0,
    error: null,
  }
}
