/** Questions by the tier they have now and the tier they will have. */
import { TIERS } from '../../schemas/topics.ts'
import type { TierNow } from './open-ends.ts'

/** Where a question will stand: `open` hangs on calls that are yet to be made. */
export type TierAfter = TierNow | 'open'

/** Rows and columns, in the order they are shown. */
export const TIERS_NOW: readonly TierNow[] = [...TIERS, 'waiting']
export const TIERS_AFTER: readonly TierAfter[] = [...TIERS_NOW, 'open']

/** One field of the matrix. */
export interface TierCount {
  readonly now: TierNow
  readonly after: TierAfter
  readonly questions: number
}

/** Counts revisions of questions, each once. */
export class TierMatrix {
  readonly #counts = new Map<string, number>()

  add(now: TierNow, after: TierAfter): void {
    const key = keyOf(now, after)
    this.#counts.set(key, this.countOf(now, after) + 1)
  }

  countOf(now: TierNow, after: TierAfter): number {
    return this.#counts.get(keyOf(now, after)) ?? 0
  }

  /** All fields that are not empty. */
  get counts(): TierCount[] {
    return TIERS_NOW.flatMap((now) =>
      TIERS_AFTER.map((after) => ({ now, after, questions: this.countOf(now, after) })),
    ).filter(({ questions }) => questions > 0)
  }
}

function keyOf(now: TierNow, after: TierAfter): string {
  return `${now} ${after}`
}
