/** What an audit found: counts a step, and every fault with its step and id. */

/** What can be wrong with a record. */
export type FaultKind =
  /** It must be there and is not. */
  | 'absent'
  /** It is there more than once. */
  | 'twice'
  /** Nothing it could have been made of is there. */
  | 'from nowhere'
  /** Another partition than its key's, or another key than its question's. */
  | 'misplaced'
  /** It contradicts what it was made of. */
  | 'wrong'
  /** It cannot be read, and no dead letter says so. */
  | 'undecodable'
  /** Two answers to the same request. */
  | 'paid twice'

/** One thing that is wrong, or waits. */
export interface Finding {
  /** The step that owes it or did it. */
  readonly step: string
  /** The record's id; the question's with its revision (`<id>@<revision>`) where the record has none yet. */
  readonly id: string
  readonly detail: string
}

/** One thing that is wrong. */
export interface Fault extends Finding {
  readonly kind: FaultKind
}

/** A step's line in the table. */
export interface StepCounts {
  in: number
  out: number
  missing: number
  deadLetters: number
  waiting: number
  faults: number
}

/** How findings are gathered. */
export interface FindingsOptions {
  /** Whether the pipeline runs: what is absent then waits, and is no fault. */
  readonly running: boolean
  /** How many faults and waiting records are kept to be shown; all are counted. */
  readonly limit: number
}

/** The steps in the order of the table. */
export const STEPS = [
  'admit',
  'generate',
  'verify',
  'control',
  'triage',
  'rank',
  'refine',
  'regenerate',
  'summarize',
  'withdraw',
  'score',
  'ask',
] as const

/** Gathers what an audit finds. */
export class Findings {
  readonly #options: FindingsOptions
  readonly #rows = new Map<string, StepCounts>()
  readonly faults: Fault[] = []
  readonly waiting: Finding[] = []
  faultCount = 0
  waitingCount = 0

  constructor(options: FindingsOptions) {
    this.#options = options
    for (const step of STEPS) this.row(step)
  }

  /** Whether what is absent waits. */
  get running(): boolean {
    return this.#options.running
  }

  /** The counts of a step; of `generate.<sampler>` those of `generate`. */
  row(step: string): StepCounts {
    const name = step.split('.', 1)[0] as string
    const row = this.#rows.get(name) ?? { in: 0, out: 0, missing: 0, deadLetters: 0, waiting: 0, faults: 0 }
    this.#rows.set(name, row)
    return row
  }

  /** All counts by step. */
  get rows(): ReadonlyMap<string, Readonly<StepCounts>> {
    return this.#rows
  }

  fault(step: string, kind: FaultKind, id: string, detail: string): void {
    this.faultCount++
    this.row(step).faults++
    if (this.faults.length < this.#options.limit) this.faults.push({ step, kind, id, detail })
  }

  /** Something is not there: a fault, or while the pipeline runs something that waits. */
  absent(step: string, id: string, detail: string): void {
    if (this.#options.running) this.wait(step, id, detail)
    else this.fault(step, 'absent', id, detail)
  }

  /** Something is not done, and visibly so. */
  wait(step: string, id: string, detail: string): void {
    this.waitingCount++
    this.row(step).waiting++
    if (this.waiting.length < this.#options.limit) this.waiting.push({ step, id, detail })
  }
}
