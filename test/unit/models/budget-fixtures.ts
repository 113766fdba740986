import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Budget, type SlotPlaces } from '../../../models/budget.ts'
import type { BudgetLimits } from '../../../models/budget-limits.ts'
import { BudgetStore, type Payment, type Spending } from '../../../models/budget-store.ts'

/** Billionths in a US dollar. */
export const NANO = 1e9

/** A machine's folder with the account of one edition; dispose of it. */
export class Account {
  readonly folder: string
  readonly path: string

  /** @param folder one that exists, which then stays. */
  constructor(folder?: string) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'ninefold-budget-'))
    this.path = join(this.folder, 'budget.db')
  }

  /** A worker's budget: of the edition, or whatever limits are given. */
  open(slot: string, given: number | Partial<BudgetLimits>): Promise<Budget> {
    const limits = {
      usd: null,
      roles: {},
      runUsd: null,
      ...(typeof given === 'number' ? { usd: given } : given),
    }
    return Budget.open({ limits, path: this.path, slot, placesOf: (name) => this.placesOf(name) })
  }

  placesOf(slot: string): SlotPlaces {
    const journalFolder = join(this.folder, 'journal', slot)
    return { lock: join(this.folder, `${slot}.lock`), journal: `main-${slot}`, journalFolder }
  }

  async spending(): Promise<Spending> {
    const store = await BudgetStore.open(this.path)
    try {
      return store.spending()
    } finally {
      store.close()
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A call that can cost so much at most. */
export function callOf(usd: number, step = 'verify') {
  // Whole billionths, as all calls have them: a fraction too much would wait for ever.
  return { step, model: 'some-model', nanoUsd: Math.round(usd * NANO) }
}

/** A payment of a journal; `usd` null for an unknown cost. */
export function paid(
  journal: string,
  sequence: number,
  usd: number | null,
  atMostUsd: number,
  step = 'verify',
): Payment {
  return {
    journal,
    sequence,
    step,
    costNanoUsd: usd === null ? null : Math.round(usd * NANO),
    atMostNanoUsd: Math.round(atMostUsd * NANO),
  }
}

/** Never aborted. */
export const never = new AbortController().signal
