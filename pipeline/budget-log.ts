/**
 * Limits of spending as records in the log: set, raised, lowered, removed (before a worker starts under them), and
 * reached (before it ends for it).
 *
 * Many workers notice one change at the same time, and exactly one record is to come of it. So whoever has something
 * to say takes over the edition's one transactional id for budgets, reads the topic again, and writes only what it does
 * not say by then. Taking over aborts what the one before had open and refuses whatever it still sends, and what it
 * had committed is read: a compare-and-set, with nothing but what Kafka has. The workers of a machine go one after the
 * other, under a lock; machines that fence each other try again.
 */
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BudgetReached } from '../models/budget-reached.ts'
import { budgetPath } from '../models/budget-store.ts'
import { topicsOf } from '../plugins/topics.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { BudgetEvent } from '../schemas/types.ts'
import { readTopic } from '../sinks/session-records.ts'
import { waitForLock } from '../stack/lock.ts'
import { limitsOf } from '../streams/open-budget.ts'
import { RecordCodec } from '../streams/record-codec.ts'
import { TransactionalProducer } from '../streams/transport/transaction.ts'
import { BudgetState, type EventMaker } from './budget-state.ts'
import type { Session } from './session.ts'

const MAX_ATTEMPTS = 20
/** Rests between attempts are drawn from up to this many ms: machines that met once must not meet again. */
const REST_MS = 400
const LOCK_TIMEOUT_MS = 60_000

/** What a session needs for it. */
export type BudgetLogSession = Pick<
  Session,
  'config' | 'client' | 'reader' | 'codec' | 'unreadable' | 'fullName'
>

/** What the log says about the limits now. */
export async function readBudgetState(
  session: Pick<Session, 'reader' | 'codec' | 'unreadable' | 'fullName'>,
): Promise<BudgetState> {
  const state = new BudgetState()
  for await (const event of readTopic(session, 'budget-events')) state.add(event)
  return state
}

/** Records what the configuration has changed of the limits. @returns what was recorded by this call */
export function recordLimits(session: BudgetLogSession): Promise<BudgetEvent[]> {
  const limits = limitsOf(session.config)
  return recordWhatIsNew(session, null, (state, by) => state.changesTo(limits, by))
}

/** Records that a limit was reached, unless the log says so. @param slot the worker that noticed */
export function recordReached(
  session: BudgetLogSession,
  reached: BudgetReached,
  slot: string,
): Promise<BudgetEvent[]> {
  return recordWhatIsNew(session, slot, (state, by) => state.reached(reached, by))
}

async function recordWhatIsNew(
  session: BudgetLogSession,
  slot: string | null,
  newIn: (state: BudgetState, by: EventMaker) => BudgetEvent[],
): Promise<BudgetEvent[]> {
  const { config } = session
  const by = { edition: config.edition, slot, host: hostname(), at: Date.now() }
  const isNews = async () => newIn(await readBudgetState(session), by).length > 0
  if (!(await isNews())) return []
  using _lock = await waitForLock(`${budgetPath(config)}.events`, { timeoutMs: LOCK_TIMEOUT_MS })
  for (let attempt = 1; ; attempt++) {
    // Another worker may have said it meanwhile: nobody is fenced for nothing.
    if (!(await isNews())) return []
    try {
      return await compareAndAppend(session, (state) => newIn(state, by))
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS) throw error
      await sleep(Math.random() * REST_MS)
    }
  }
}

/** Refused when another machine begins the same before this one ends; nothing of this one is in the log then. */
async function compareAndAppend(
  session: BudgetLogSession,
  newIn: (state: BudgetState) => BudgetEvent[],
): Promise<BudgetEvent[]> {
  const { config, client, codec, fullName } = session
  const producer = await TransactionalProducer.open(client, groupName(config, 'budget'))
  try {
    const events = newIn(await readBudgetState(session))
    const records = new RecordCodec(codec, fullName, topicsOf(config), config.kafka.partitions)
    const encoded = events.map((value) =>
      records.encode({ topic: 'budget-events', key: config.edition, value }),
    )
    if (encoded.length > 0) await producer.commit(encoded, [])
    return events
  } finally {
    await producer.close()
  }
}
