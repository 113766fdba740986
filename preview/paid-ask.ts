/**
 * Asks models outside of a worker: journaled and within the budget as a worker's calls are, so that what a preview has
 * paid for, a run does not pay for again. The next worker publishes it to `completions`.
 */
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import { type Asker, createAsk } from '../models/asker.ts'
import type { Wait } from '../models/caller.ts'
import { systemClock } from '../models/clock.ts'
import { Journal, JournalShelves } from '../models/journal.ts'
import type { CallRecord, JournalPort } from '../models/journal-port.ts'
import { openBudget } from '../streams/open-budget.ts'
import { slotPlaces, takeSlot } from '../streams/slot.ts'

/** An asker that notes what it pays; close it. */
export interface PaidAsk extends AsyncDisposable {
  readonly asker: Asker
  /** Calls made, answered or not; what the journal answered is not among them. */
  readonly calls: readonly CallRecord[]
}

/** A slot of this machine's workers, without a cluster: no offsets are kept in it. */
const NO_CLUSTER = 'none'

/** Takes a free slot, opens its journal and the machine's budget. */
export async function openPaidAsk(config: Config, onWait: (wait: Wait) => void): Promise<PaidAsk> {
  await using opened = new AsyncDisposableStack()
  const slot = takeSlot(config, NO_CLUSTER)
  opened.defer(() => slot.release())
  const { journal: name, journalFolder } = slotPlaces(config, slot.name)
  const shelves = new JournalShelves(join(config.dataDir, 'journal'), journalFolder)
  const journal = opened.adopt(new Journal(name, journalFolder, shelves), (one) => one.close())
  const budget = await openBudget(config, slot)
  opened.defer(() => budget?.close())
  const calls: CallRecord[] = []
  const asker = createAsk({
    config,
    journal: noting(journal, calls),
    budget,
    clock: systemClock,
    priorityOf: () => 0,
    onWait,
  })
  opened.defer(() => asker.close())
  const kept = opened.move()
  return { asker, calls, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

function noting(journal: Journal, calls: CallRecord[]): JournalPort {
  return {
    find: (requestHash) => journal.find(requestHash),
    findElsewhere: (requestHash) => journal.findElsewhere(requestHash),
    append(call) {
      calls.push(call)
      return journal.append(call)
    },
  }
}
