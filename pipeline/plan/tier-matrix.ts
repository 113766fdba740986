/** Questions by the tier they have now and the tier they will have. */
import { TIERS } from '../../schemas/topics.ts'
import type { TierNow } from './open-ends.ts'

/** Where a question will stand: `open` hangs on calls that are yet to be made. */
export type TierThen = TierNow | 'open'

/** Rows and columns, in the order they are shown. */
export const TIERS_NOW: readonly TierNow[] = [...TIERS, 'waiting']
export const TIERS_THEN: readonly TierThen[] = [...TIERS_NOW, 'open']

/** One field of the matrix. */
export interface TierCount {
  readonly now: TierNow
  readonly then: TierThen
  readonly questions: number
}

/** Counts revisions of questions, each once. */
export class TierMatrix {
  readonly #counts = new Map<string, number>()

  add(now: TierNow, then: TierThen): void {
    const key = keyOf(now, then)
    this.#counts.set(key, this.countOf(now, then) + 1)
  }

  countOf(now: TierNow, then: TierThen): number {
    return this.#counts.get(keyOf(now, then)) ?? 0
  }

  /** All fields that are not empty. */
  get counts(): TierCount[] {
    return TIERS_NOW.flatMap((now) =>
      TIERS_THEN.map((then) => ({ now, then, questions: this.countOf(now, then) })),
    ).filter(({ questions }) => questions > 0)
  }
}

function keyOf(now: TierNow, then: TierThen): string {
  return `${now} ${then}`
}
