/** Where the lookup of a question ended, counted by kind: what would follow is estimated from these. */
import { TIERS, type Tier } from '../../schemas/topics.ts'

/** The steps behind triage that ask models, in the order of the dataflow. */
export const LATER_STEPS = ['rank', 'refine', 'regenerate', 'summarize', 'score'] as const
/** One of them. */
export type LaterStep = (typeof LATER_STEPS)[number]

/** Questions of a tier whose lookup ended at the same step, after equally many calls. */
export interface EndedLater {
  readonly tier: Tier
  /** The first step with a call that nobody has answered. */
  readonly step: LaterStep
  /** Calls of each of {@link LATER_STEPS}: those answered, and those to be made. */
  readonly calls: readonly number[]
  questions: number
}

/** Where a question stands in the edition the new one is built on: `waiting` is all that is not decided. */
export type TierNow = Tier | 'waiting'

/** Questions whose tier hangs on verdicts yet to be given. */
export interface Undecided {
  readonly now: TierNow
  /** Verdicts that are known. */
  readonly correct: number
  readonly wrong: number
  readonly missing: number
  /** Verdicts that are not: of paths that have to be generated, and of paths that are there. */
  readonly toGenerate: number
  readonly toVerify: number
  questions: number
}

/** The calls of one record and of all that comes of it: answered ones and those to be made. */
export class CallsOfRecord {
  readonly #answered = new Map<string, number>()
  readonly #toMake = new Map<string, number>()
  /** Of the first record behind triage with a call to be made. */
  tier: Tier | null = null

  note(step: string, isAnswered: boolean, tier: unknown): void {
    const calls = isAnswered ? this.#answered : this.#toMake
    calls.set(step, (calls.get(step) ?? 0) + 1)
    if (!isAnswered) this.tier ??= TIERS.find((one) => one === tier) ?? null
  }

  /** Calls of a step to be made. */
  toMake(step: string): number {
    return this.#toMake.get(step) ?? 0
  }

  /** Calls of a step, answered or not. */
  of(step: string): number {
    return (this.#answered.get(step) ?? 0) + this.toMake(step)
  }

  get hasToMake(): boolean {
    return this.#toMake.size > 0
  }
}

/** All of them. */
export class OpenEnds {
  readonly #later = new Map<string, EndedLater>()
  readonly #undecided = new Map<string, Undecided>()

  /** A record was followed to its ends. */
  addLater(calls: CallsOfRecord): void {
    const step = LATER_STEPS.find((one) => calls.toMake(one) > 0)
    if (step === undefined || calls.tier === null) return
    const counts = LATER_STEPS.map((one) => calls.of(one))
    grouped(this.#later, { tier: calls.tier, step, calls: counts })
  }

  addUndecided(question: Omit<Undecided, 'questions'>): void {
    grouped(this.#undecided, question)
  }

  get later(): readonly EndedLater[] {
    return [...this.#later.values()]
  }

  get undecided(): readonly Undecided[] {
    return [...this.#undecided.values()]
  }
}

function grouped<G extends { questions: number }>(groups: Map<string, G>, like: Omit<G, 'questions'>): void {
  const key = JSON.stringify(like)
  const group = groups.get(key) ?? ({ ...like, questions: 0 } as G)
  groups.set(key, group)
  group.questions++
}
